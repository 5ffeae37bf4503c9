/** Round trips that a person asked for, by node. */
import { create } from 'zustand';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { SignalboxError } from '../../../common/errors.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { nodeClient } from '../../state/node.ts';

export type Measurement =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly atMs: number; readonly result: ResultOf<'nodes.ping'> }
  | { readonly kind: 'failed'; readonly error: SignalboxError };

const roundTrips = 5;
/** Measurements kept; the oldest goes first. */
const mostKept = 50;

export const useMeasurements = create<{ readonly byNode: ReadonlyMap<string, Measurement> }>(() => ({ byNode: new Map() }));

/** Measures the way to a node and how far its clock is off; the node's row shows both from then on. */
export async function measureNode(nodeId: string): Promise<void> {
  if (useMeasurements.getState().byNode.get(nodeId)?.kind === 'running') return;
  keep(nodeId, { kind: 'running' });
  try {
    const result = await nodeClient().call('nodes.ping', { node: nodeId, count: roundTrips });
    keep(nodeId, { kind: 'done', atMs: Date.now(), result });
  } catch (error) {
    keep(nodeId, { kind: 'failed', error: asSignalboxError(error) });
  }
}

function keep(nodeId: string, measurement: Measurement): void {
  useMeasurements.setState(({ byNode }) => {
    const next = new Map(byNode);
    next.delete(nodeId);
    next.set(nodeId, measurement);
    for (const oldest of next.keys()) {
      if (next.size <= mostKept) break;
      next.delete(oldest);
    }
    return { byNode: next };
  });
}
