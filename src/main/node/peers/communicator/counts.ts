import type { PeerPriority } from '../../../../common/contract/peers.ts';

/** What has passed between this node and one peer since the start. */
export interface PeerCounts {
  sent: number;
  /** Sent and acknowledged. */
  taken: number;
  received: number;
  /** Of the peer, come more than once. */
  repeated: number;
  expired: number;
  /** Refused because a queue was full, replaced or discarded. */
  dropped: number;
  /** Of the peer, by this node. */
  refused: number;
  /** Sent again, another way or the same. */
  moved: number;
}

export function noCounts(): PeerCounts {
  return { sent: 0, taken: 0, received: 0, repeated: 0, expired: 0, dropped: 0, refused: 0, moved: 0 };
}

/** The same of all peers together. */
export interface TotalCounts extends Omit<PeerCounts, 'sent' | 'refused' | 'moved'> {
  readonly sent: Record<PeerPriority, number>;
  /** Of peers, by this node: by code. */
  readonly refused: Map<string, number>;
  batches: number;
  /** Urgent ones above the quota of their source, treated as High. */
  demoted: number;
  /** Acknowledgements of what was never sent. */
  strayAnswers: number;
}

export function noTotals(): TotalCounts {
  return {
    sent: { Low: 0, Medium: 0, High: 0, Critical: 0 },
    taken: 0,
    received: 0,
    repeated: 0,
    expired: 0,
    dropped: 0,
    refused: new Map(),
    batches: 0,
    demoted: 0,
    strayAnswers: 0,
  };
}
