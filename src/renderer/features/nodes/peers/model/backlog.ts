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
