/** What waits for a peer, the most urgent first. */
import { type PeerInfo, type PeerPriority, peerPriorities } from '../../../../../common/contract/peers.ts';

export const urgentFirst: readonly PeerPriority[] = [...peerPriorities].reverse();

export interface Backlog {
  readonly messages: number;
  readonly sizeBytes: number;
}

/** All that waits, whatever its priority. */
export function totalQueued({ queued }: Pick<PeerInfo, 'queued'>): Backlog {
  return peerPriorities.reduce(
    (sum, priority) => ({
      messages: sum.messages + queued[priority].messages,
      sizeBytes: sum.sizeBytes + queued[priority].sizeBytes,
    }),
    { messages: 0, sizeBytes: 0 },
  );
}

/** Orders backlogs: one urgent message weighs more than any number of less urgent ones. Below 0: `a` is smaller. */
export function compareQueued(a: Pick<PeerInfo, 'queued'>, b: Pick<PeerInfo, 'queued'>): number {
  for (const priority of urgentFirst) {
    const difference = a.queued[priority].messages - b.queued[priority].messages;
    if (difference !== 0) return difference;
  }
  return 0;
}
