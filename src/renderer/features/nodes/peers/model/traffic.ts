/** What passed between this node and all its peers. */
import type { ResultOf } from '../../../../../common/contract/index.ts';
import { peerPriorities } from '../../../../../common/contract/peers.ts';

type Statistics = ResultOf<'peers.statistics'>;

export const trafficCountIds = [
  'taken',
  'received',
  'repeated',
  'batches',
  'refused',
  'dropped',
  'expired',
  'demoted',
  'deadLetters',
  'openWays',
] as const;
export type TrafficCountId = (typeof trafficCountIds)[number];

export interface TrafficCount {
  readonly id: TrafficCountId;
  readonly value: number;
  /** Above 0 it is worth a look. */
  readonly trouble: boolean;
}

const troubles: ReadonlySet<TrafficCountId> = new Set(['refused', 'dropped', 'expired', 'demoted', 'deadLetters', 'openWays']);

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** The figures over all peers and priorities, what went well first. */
export function trafficCounts(statistics: Statistics): readonly TrafficCount[] {
  return trafficCountIds.map((id) => ({
    id,
    value: id === 'refused' ? sum(statistics.refused) : statistics[id],
    trouble: troubles.has(id),
  }));
}

/** Whether anything was sent or came since the node started. */
export function hasPassed({ sent, received }: Pick<Statistics, 'sent' | 'received'>): boolean {
  return received > 0 || peerPriorities.some((priority) => sent[priority] > 0);
}

/** Counts by name, the largest first; what never happened is left out. */
export function namedCounts(counts: Readonly<Record<string, number>>): readonly (readonly [name: string, count: number])[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([left, a], [right, b]) => b - a || left.localeCompare(right));
}
