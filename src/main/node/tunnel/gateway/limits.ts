/** Bounds of a gateway's side of the agents. Every one has a visible counter of what it refused. */
export const gatewayLimits = {
  /** From the first byte to a proof, TLS included, milliseconds (security.md row 3). */
  handshakeMs: 5_000,
  /** Connections that have not proven who they are, of one address and of all (security.md row 4). */
  pendingPerAddress: 4,
  pending: 32,
  /** Handshakes a second that are let in, and as many at once (tunnel.md, advice 8). */
  handshakesPerSecond: 50,
  /** Largest message before the proof. */
  signInBytes: 65_536,
  /** How long a nonce is remembered, milliseconds: longer than its timestamp is good for. */
  nonceMs: 150_000,
  nonces: 10_000,
  /** Failures of one address in the window, then it waits as long (security.md row 55). */
  failuresPerAddress: 10,
  failureWindowSeconds: 60,
  /** Agents' sessions of one gateway. */
  sessions: 10_000,
  /** Sessions under one name. */
  sessionsPerAgent: 32,
  /** How long a session without a connection keeps its name, milliseconds. */
  graceMs: 10_000,
  /** How often the load of links is measured, milliseconds. */
  loadEveryMs: 1_000,
  /** A link that moved more than this in that time carries bulk: small requests go elsewhere. */
  bulkBytes: 1_048_576,
  /** Time that the whole gateway has to stop before its thread is ended, milliseconds. */
  stopMs: 9_000,
  tokens: 1_000,
  routes: 1_000,
  /** How often the files of certificates are looked at, milliseconds. */
  lookAtCertificatesMs: 30_000,
  certificates: 256,
} as const;
