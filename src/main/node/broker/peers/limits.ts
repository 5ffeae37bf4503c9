/** Every bound of the connections between brokers, in one place (security.md section 6, rows 36 to 39). */
import { protocolLimits } from '../protocol/index.ts';

export const peerLimits = {
  /** Connecting, TLS and both proofs together. */
  handshakeMs: 5_000,
  /** Largest frame before both ends have proven who they are. */
  handshakeFrameBytes: 16_384,
  /** Connections that have not proven who they are: all of them, and those of one address. */
  pendingHandshakes: 32,
  pendingPerAddress: 8,
  /** Proven connections at once. */
  connections: 64,
  /** Largest frame between proven brokers. */
  frameBytes: protocolLimits.frameBytes,
  /**
   * Unsent bytes to one broker; beyond it messages are dropped, and the broker is reported as disconnected. More than a leader has under
   * way to one member (8 MiB), so that only one that does not read comes to it.
   */
  unsentBytes: 12_582_912,
  /** Unsent bytes from which on nothing but what the connection itself needs passes; more than that ends the connection. */
  brokenBytes: 25_165_824,
  /** Silence after which the other side is asked whether it lives, and after which the connection is ended. */
  idleMs: 5_000,
  deadMs: 15_000,
  /** Pauses between attempts to dial: full jitter between these. */
  retryFirstMs: 100,
  retryLongestMs: 5_000,
  /** How long the broker with the higher id waits to be dialled before it dials itself. */
  dialGraceMs: 1_000,
  /** Requests to one broker that wait for their answer, and how long they may. */
  requests: 256,
  requestMs: 15_000,
  /**
   * How long a leader waits for members to answer before it refuses what would leave its group without a quorum, or without a leader. Two of the
   * longest elections in a local network; a call of a person, which tries again for 8 s and has 10 s, gets the refusal in time.
   */
  answerMs: 4_000,
  /** Groups that a hello may name. */
  groups: 1_000,
  /** One piece of a snapshot. Small, so that heartbeats never wait behind more than a few milliseconds of it. */
  snapshotChunkBytes: 262_144,
  /** Largest snapshot that is taken. */
  snapshotBytes: 1_099_511_627_776,
  /** Snapshots that are received at once. */
  snapshots: 4,
  /** Silence of the receiver after which a snapshot that is offered counts as not brought. */
  snapshotIdleMs: 30_000,
  /** Brokers whose incarnation is remembered; the one heard of longest ago makes room. */
  remembered: 1_024,
  /** Log entries that a learner may be behind to get its vote. */
  promotionLag: 64,
  /** How often a leader looks whether a learner has caught up. */
  promotionMs: 250,
  /** How long a leader waits before it tries again to change a group that it could not. */
  upkeepMs: 1_000,
} as const;

export type PeerLimits = { readonly [K in keyof typeof peerLimits]: number };
