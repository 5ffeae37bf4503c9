/** Every bound of the links between nodes, in one place (security.md 2.4 and section 6, rows 1 to 13). */
export const linkLimits = {
  /** Time a handshake may take as a whole, not by the byte. */
  handshakeMs: 5_000,
  /** Largest frame before both sides have proven who they are. */
  handshakeFrameBytes: 16_384,
  /** Connections that have not proven who they are: all of them, and those of one address. */
  pendingHandshakes: 32,
  pendingPerAddress: 4,
  /** Largest frame of a link. */
  frameBytes: 1_049_600,
  /** Unsent bytes above which nothing but control passes, and above which the link is closed. */
  pausedBytes: 1_048_576,
  unsentBytes: 4_194_304,
  /** How long the other side may leave so much unread before the link is closed. */
  pausedMs: 30_000,
  /** How often a link is asked whether it lives, and how many answers may be missing. */
  heartbeatMs: 10_000,
  missedHeartbeats: 3,
} as const;

export type LinkLimits = { readonly [K in keyof typeof linkLimits]: number };
