/** The order of the nodes' table. */
import { carrierKinds } from '../../../../common/carrier-kinds.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../../common/contract/system.ts';
import type { ColumnId } from './columns.ts';
import { stateRank } from './node-state.ts';
import { compareVersions } from './versions.ts';

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

/** Columns whose values come live, every second. */
export const liveColumns: ReadonlySet<ColumnId> = new Set(['calls', 'p95', 'events', 'cpu']);

/** The way a column is sorted when it is first asked for: numbers largest first, words from A. */
export function firstDirection(column: ColumnId): Sort {
  return { column, descending: liveColumns.has(column) || column === 'rtt' || column === 'running' || column === 'seen' };
}

/** The next sort after a click on a column's head: the other way round, or that column. */
export function toggledSort(sort: Sort, column: ColumnId): Sort {
  return sort.column === column ? { column, descending: !sort.descending } : firstDirection(column);
}

/**
 * The nodes in order. What has no value stands last both ways; equals stand by name.
 *
 * @param metricsOf the last second of a node, undefined when there is none
 */
export function sortNodes(
  nodes: readonly NodeInfo[],
  sort: Sort,
  metricsOf: (nodeId: string) => MetricPoint | undefined,
): readonly NodeInfo[] {
  const sign = sort.descending ? -1 : 1;
  const byName = (a: NodeInfo, b: NodeInfo) => compareWords(a.name, b.name) || compareWords(a.nodeId, b.nodeId);
  const compare = comparison(sort.column);
  if (compare !== undefined) return [...nodes].sort((a, b) => sign * compare(a, b) || byName(a, b));
  const values = new Map(nodes.map((node) => [node.nodeId, numberOf(sort.column, node, metricsOf(node.nodeId))]));
  return [...nodes].sort((a, b) => {
    const left = values.get(a.nodeId) ?? null;
    const right = values.get(b.nodeId) ?? null;
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return sign * (left - right) || byName(a, b);
  });
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const compareWords = (a: string, b: string): number => collator.compare(a, b);

/** The best way first, the own node before all, those without a way last. */
function wayRank({ self, via }: NodeInfo): number {
  if (self) return -1;
  return via === null ? carrierKinds.length : carrierKinds.indexOf(via);
}

function comparison(column: ColumnId): ((a: NodeInfo, b: NodeInfo) => number) | undefined {
  switch (column) {
    case 'name':
      return (a, b) => compareWords(a.name, b.name);
    case 'state':
      return (a, b) => stateRank(a) - stateRank(b);
    case 'via':
      return (a, b) => wayRank(a) - wayRank(b);
    case 'capabilities':
      return (a, b) => compareWords(a.capabilities.join(' '), b.capabilities.join(' '));
    case 'version':
      return (a, b) => compareVersions(a.version, b.version);
    default:
      return undefined;
  }
}

function numberOf(column: ColumnId, node: NodeInfo, metrics: MetricPoint | undefined): number | null {
  switch (column) {
    case 'rtt':
      return node.rttMs;
    case 'running':
      return node.status === 'online' ? node.load : null;
    case 'seen':
      // A node that is there was seen now, whenever its status last came.
      return node.status === 'online' ? Number.POSITIVE_INFINITY : node.lastSeenAt;
    case 'calls':
      return metrics?.rpcPerSecond ?? null;
    case 'p95':
      return metrics?.rpcP95Ms ?? null;
    case 'events':
      return metrics?.eventsPerSecond ?? null;
    case 'cpu':
      return metrics?.cpuPercent ?? null;
    default:
      return null;
  }
}
