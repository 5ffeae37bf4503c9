import type { PeerPriority } from '../../../../common/contract/peers.ts';
import type { QueuedByPriority } from './channels.ts';
import type { PeerCounts } from './counts.ts';

/** What waits for a peer, is on its way to it, and has passed. */
export interface PeerFigures {
  readonly queued: QueuedByPriority;
  readonly inFlight: { readonly messages: number; readonly sizeBytes: number };
  readonly counts: Readonly<PeerCounts>;
}

/** The same of all peers together, as `peers.statistics` has it. */
export interface CommunicatorTotals extends Omit<PeerCounts, 'sent' | 'refused' | 'moved'> {
  readonly queued: QueuedByPriority;
  readonly durable: { readonly messages: number; readonly sizeBytes: number };
  readonly sent: Readonly<Record<PeerPriority, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly demoted: number;
  readonly batches: number;
  /** Messages that nobody could make anything of, since the start. */
  readonly deadLetters: number;
  /** Ways that are left alone now. */
  readonly openWays: number;
}
