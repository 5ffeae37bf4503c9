/** Bounds of the agent. They are named in docs/tunnels.md. */
export const agentLimits = {
  /** Head of an answer of the local service, bytes. */
  responseHeadBytes: 65_536,
  responseHeaders: 256,
  /** Trailers, and the line of a chunk's size, bytes. */
  trailerBytes: 16_384,
  chunkLineBytes: 4_096,
  /** Body that is put into the message of its head, bytes. */
  bodyWithHeadBytes: 16_384,
  /** Connections to a local service that are kept for the next request. */
  idleConnections: 256,
  /** How long one is kept, milliseconds; shorter when the service says so. */
  idleMs: 4_000,
  /** Until the local service has taken a connection, milliseconds: well before the gateway gives up at 10 s. */
  connectMs: 5_000,
  /** Addresses of a name that are tried. */
  addresses: 8,
  /** Until a gateway has taken a connection and proved itself, milliseconds. */
  signInMs: 10_000,
  /** First and longest pause between tries, milliseconds (tunnel.md, advice 8). */
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  /** A connection that has lasted this long was a good one, milliseconds: the next pause is a short one again. */
  healthyMs: 10_000,
  /** After a good connection the gateway most likely only starts again: the longest pause meanwhile, and for how long, milliseconds. */
  returnRetryMs: 4_000,
  returnForMs: 60_000,
  /** Pause after what can only fail again unless somebody changes something, milliseconds. */
  failedRetryMs: 300_000,
  /** How long running requests have when a tunnel ends, milliseconds. */
  drainMs: 10_000,
  /** The same when the node stops, which may not take long. */
  stopDrainMs: 3_000,
  /** How long a gateway may take to answer the end of a connection, milliseconds. */
  closeMs: 1_000,
  /** Times of requests that are kept for the figures of the last minute. */
  timings: 2_048,
  /** Tunnels of a node. */
  tunnels: 64,
} as const;
