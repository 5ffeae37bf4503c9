/** The table of nodes: its columns, what they are ordered by, what its filter looks through. */
import { carrierKinds } from '../../../../common/carrier-kinds.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../../common/contract/system.ts';
import type { TableColumn, TableModel } from '../../shared/table/table-model.ts';
import { stateRank } from './node-state.ts';
import { compareVersions } from './versions.ts';

export type NodeColumnId =
  | 'name'
  | 'state'
  | 'via'
  | 'capabilities'
  | 'version'
  | 'rtt'
  | 'calls'
  | 'p95'
  | 'events'
  | 'running'
  | 'cpu'
  | 'seen';

/** The last second of a node; undefined when there is none. */
export type MetricsOf = (nodeId: string) => MetricPoint | undefined;
export type NodeColumn = TableColumn<NodeInfo, NodeColumnId, MetricsOf>;

/** Columns whose values come live, every second. */
export const liveColumns: ReadonlySet<NodeColumnId> = new Set(['calls', 'p95', 'events', 'cpu']);

/** A figure of the last second. */
const live = (figure: (metrics: MetricPoint) => number | null): NodeColumn['by'] => {
  return ({ nodeId }, metricsOf) => {
    const metrics = metricsOf(nodeId);
    return metrics === undefined ? null : figure(metrics);
  };
};

const number = { right: true, largestFirst: true } as const;

/** Name, state and the numbers that may be wrong stay longest. */
export const nodeTable: TableModel<NodeInfo, NodeColumnId, MetricsOf> = {
  keyOf: ({ nodeId }) => nodeId,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 132, share: 3, leaves: 0, by: ({ name }) => name },
    { id: 'state', minPx: 152, leaves: 0, by: stateRank },
    { id: 'via', minPx: 104, leaves: 8, by: wayRank },
    { id: 'capabilities', minPx: 96, share: 2, leaves: 10, by: ({ capabilities }) => capabilities.join(' ') },
    { id: 'version', minPx: 92, leaves: 9, by: ({ version }) => version, compare: compareVersions },
    { id: 'rtt', minPx: 52, leaves: 2, by: ({ rttMs }) => rttMs, ...number },
    { id: 'calls', minPx: 52, leaves: 4, by: live(({ rpcPerSecond }) => rpcPerSecond), ...number },
    { id: 'p95', minPx: 52, leaves: 5, by: live(({ rpcP95Ms }) => rpcP95Ms), ...number },
    { id: 'events', minPx: 58, leaves: 6, by: live(({ eventsPerSecond }) => eventsPerSecond), ...number },
    { id: 'running', minPx: 52, leaves: 7, by: ({ status, load }) => (status === 'online' ? load : null), ...number },
    { id: 'cpu', minPx: 96, leaves: 1, by: live(({ cpuPercent }) => cpuPercent), largestFirst: true },
    // A node that is there was seen now, whenever its status last came.
    {
      id: 'seen',
      minPx: 72,
      leaves: 3,
      by: ({ status, lastSeenAt }) => (status === 'online' ? Number.POSITIVE_INFINITY : lastSeenAt),
      ...number,
    },
  ],
};

/** The best way first, the own node before all, those without a way last. */
function wayRank({ self, via }: NodeInfo): number {
  if (self) return -1;
  return via === null ? carrierKinds.length : carrierKinds.indexOf(via);
}

/** What the filter looks through. @param state of the node as the table writes it */
export function nodeWords({ name, nodeId, version, capabilities }: NodeInfo, state: string): readonly string[] {
  return [name, nodeId, version, ...capabilities, state];
}
