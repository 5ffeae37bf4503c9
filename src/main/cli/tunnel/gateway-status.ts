import type { ResultOf } from '../../../common/contract/index.ts';
import type { Principal } from '../../../common/roles.ts';
import type { SignalboxNode } from '../../node/node.ts';

/** A thread, two listeners, certificates. */
const startsWithinMs = 15_000;
const lookEveryMs = 50;

/** How the gateway of a node of this process is, once it has started or failed to: the node does not wait for it. */
export async function settledGateway(node: SignalboxNode): Promise<ResultOf<'gateway.status'>> {
  // As whoever sits at the node.
  const principal: Principal = { user: `local@${node.nodeId}`, roles: ['admin'], via: 'cli' };
  const deadline = performance.now() + startsWithinMs;
  for (;;) {
    const status = await node.router.call('gateway.status', {}, { principal });
    if (status.state !== 'starting' || performance.now() > deadline) return status;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
