/** How a peer is: its shape, its rank, and how many are how. */
import { type PeerHealth, type PeerInfo, peerHealthSchema } from '../../../../../common/contract/peers.ts';
import type { StateKind } from '../../../../design/icons/index.ts';

/** What a row says of a peer: its health, or that a person took it out. */
export type PeerState = PeerHealth | 'Removed';

const shapes: Record<PeerState, StateKind> = {
  Healthy: 'online',
  Warning: 'warn',
  Critical: 'failed',
  Offline: 'offline',
  Removed: 'paused',
};

/** What needs a person stands first. */
const ranks: Record<PeerState, number> = { Critical: 0, Warning: 1, Offline: 2, Healthy: 3, Removed: 4 };

export function stateOf({ health, removed }: Pick<PeerInfo, 'health' | 'removed'>): PeerState {
  return removed ? 'Removed' : health;
}

export function rankOf(peer: Pick<PeerInfo, 'health' | 'removed'>): number {
  return ranks[stateOf(peer)];
}

/** @param stale the console has lost its own node: nothing is known of now */
export function shapeOf(state: PeerState, stale: boolean): StateKind {
  return stale && state !== 'Removed' ? 'unknown' : shapes[state];
}

/** How many peers are how, in the order that a head line says it. Removed ones are counted apart. */
export function countByState(peers: readonly PeerInfo[]): readonly (readonly [state: PeerState, count: number])[] {
  const counts = new Map<PeerState, number>([...peerHealthSchema.options, 'Removed' as const].map((state) => [state, 0]));
  for (const peer of peers) counts.set(stateOf(peer), (counts.get(stateOf(peer)) ?? 0) + 1);
  return [...counts];
}
