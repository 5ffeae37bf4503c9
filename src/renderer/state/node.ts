/** The console's one client of the node, and what the frame shows of it. */
import { create } from 'zustand';
import type { ConnectionState } from '../../common/client/connection.ts';
import { NodeClient } from '../../common/client/node-client.ts';
import type { ResultOf } from '../../common/contract/index.ts';
import type { NodeStatus } from '../../common/contract/node.ts';
import type { CatalogueEntry } from '../../common/contract/rpc.ts';
import type { MetricPoint } from '../../common/contract/system.ts';
import { followCluster } from './cluster.ts';
import { connectToNode, desktop } from './host.ts';
import { followLedger } from './ledger.ts';
import { followMembership } from './membership.ts';
import { endSession, keepSignedIn } from './session.ts';

interface NodeState {
  readonly connection: ConnectionState;
  /** The last answer of `node.status`; kept while the node is away. */
  readonly status: NodeStatus | undefined;
  readonly statusAtMs: number | undefined;
  /** The last second's measures, live from `/metrics`. */
  readonly metrics: MetricPoint | undefined;
  readonly me: ResultOf<'users.me'> | undefined;
  readonly catalogue: readonly CatalogueEntry[] | undefined;
}

export const useNode = create<NodeState>(() => ({
  connection: { kind: 'connecting', attempt: 1 },
  status: undefined,
  statusAtMs: undefined,
  metrics: undefined,
  me: undefined,
  catalogue: undefined,
}));

const statusEveryMs = 5_000;
let client: NodeClient | undefined;

/** The client. @throws Error before {@link openNode}: a bug of the console */
export function nodeClient(): NodeClient {
  if (client === undefined) throw new Error('The node client is used before it is opened.');
  return client;
}

/** Connects and keeps status, measures and catalogue fresh, as long as it is not closed. Returns how to close. */
export function openNode(): () => void {
  const opened = new NodeClient({ connect: connectToNode });
  client = opened;
  useNode.setState({ connection: opened.state });
  const stopState = opened.onState((connection) => {
    useNode.setState({ connection });
    if (connection.kind === 'connected') void refreshAll(opened);
    if (connection.kind === 'closed' && connection.error.code === 'UNAUTHENTICATED' && desktop === undefined) endSession();
  });
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && opened.state.kind === 'connected') void refreshStatus(opened);
  }, statusEveryMs);
  const stopRenewing = desktop === undefined ? keepSignedIn() : undefined;
  const metrics = opened.subscribe('/metrics', { maxQueuedEvents: 4 });
  void followMetrics(metrics);
  const stopCluster = followCluster(opened);
  const stopMembership = followMembership(opened);
  const stopLedger = followLedger(opened);
  return () => {
    stopState();
    stopRenewing?.();
    clearInterval(timer);
    metrics.dispose();
    stopCluster();
    stopMembership();
    stopLedger();
    opened.close();
    if (client === opened) client = undefined;
  };
}

async function followMetrics(events: AsyncIterable<{ readonly data: unknown }>): Promise<void> {
  try {
    for await (const event of events) useNode.setState({ metrics: event.data as MetricPoint });
  } catch {
    // The connection's own state tells the person; measures come back with it.
    useNode.setState({ metrics: undefined });
  }
}

async function refreshAll(from: NodeClient): Promise<void> {
  await Promise.all([
    refreshStatus(from),
    from.call('users.me', {}).then((me) => useNode.setState({ me }), ignoreLoss),
    from.call('rpc.catalogue', {}).then(({ methods }) => useNode.setState({ catalogue: methods }), ignoreLoss),
  ]);
}

/** Reads `node.status` now. */
export function refreshStatus(from: NodeClient = nodeClient()): Promise<void> {
  return from.call('node.status', {}).then((status) => useNode.setState({ status, statusAtMs: Date.now() }), ignoreLoss);
}

/** Values that could not be refreshed stay as last seen; the frame shows their age. */
function ignoreLoss(): void {}
