/** The table of peers: its columns, what they are ordered by, what its filter looks through. */
import type { PeerInfo, PeerPriority } from '../../../../../common/contract/peers.ts';
import type { TableColumn, TableModel } from '../../../shared/table/table-model.ts';
import { rankOf } from './peer-health.ts';

/** Four have the name of the priority whose messages they count. */
export type PeerColumnId = 'name' | 'health' | 'way' | 'latency' | 'p95' | 'success' | 'standing' | PeerPriority | 'seen';

/** The way of a peer as the table writes it. */
export type WayOf = (peer: PeerInfo) => string;
export type PeerColumn = TableColumn<PeerInfo, PeerColumnId, WayOf>;

const number = { right: true, largestFirst: true } as const;

/** The messages of one priority that wait. */
const queued = (id: PeerPriority, minPx: number): PeerColumn => ({
  id,
  minPx,
  leaves: 0,
  by: (peer) => peer.queued[id].messages,
  ...number,
});

/** Name, health, way and what waits stay. */
export const peerTable: TableModel<PeerInfo, PeerColumnId, WayOf> = {
  keyOf: ({ nodeId }) => nodeId,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 120, share: 2, leaves: 0, by: ({ name }) => name },
    { id: 'health', minPx: 132, share: 3, leaves: 0, by: rankOf },
    { id: 'way', minPx: 148, share: 3, leaves: 0, by: (peer, wayOf) => wayOf(peer) },
    { id: 'latency', minPx: 60, leaves: 1, by: ({ latencyMs }) => latencyMs, ...number },
    { id: 'p95', minPx: 60, leaves: 5, by: ({ latencyP95Ms }) => latencyP95Ms, ...number },
    { id: 'success', minPx: 52, leaves: 2, by: ({ successRate }) => successRate, right: true },
    { id: 'standing', minPx: 124, leaves: 4, by: ({ standing }) => standing.score },
    queued('Critical', 46),
    queued('High', 40),
    queued('Medium', 46),
    queued('Low', 40),
    { id: 'seen', minPx: 64, leaves: 6, by: ({ lastSeenAt }) => lastSeenAt, ...number },
  ],
};

/** What the filter looks through. @param words health and way as the table writes them */
export function peerWords({ name, nodeId, reason }: PeerInfo, ...words: readonly string[]): readonly (string | null)[] {
  return [name, nodeId, reason, ...words];
}
