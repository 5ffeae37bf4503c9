/** Bounds of the public side (wire.md 5, security.md rows 1 to 4 and 57). Every one that is met is counted by its reason. */
export interface FrontLimits {
  /** Connections of clients at once, and of them those of one address (an IPv6 /64 counts as one). */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Requests on their way at once: all together, and to one agent. */
  readonly inFlight: number;
  readonly inFlightPerAgent: number;
  /** Requests that wait for an agent in grace: all together, and for one agent. */
  readonly waiting: number;
  readonly waitingPerAgent: number;
  /** Longest wait for an agent in grace. */
  readonly waitMs: number;
  /** For the whole TLS handshake and the whole head of a request, however slowly the bytes come. */
  readonly headMs: number;
  /** From the request, or from the last piece of its body that was taken, to the head of the answer (seed 5 section 5). */
  readonly answerMs: number;
  /**
   * A client that sends nothing of its body, or reads nothing of its answer, for so long is let go. So is an exchange whose service takes
   * nothing of a body that waits for it, while nothing of its answer moves.
   */
  readonly stalledMs: number;
  /** After which the gateway itself says 100 Continue when the agent has said nothing. */
  readonly continueMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveMs: number;
  /** Head of a request or of an answer, bytes. */
  readonly headBytes: number;
  /** Lines of a head. */
  readonly headers: number;
  /** What the chunks of a body may bring in all besides its bytes, their sizes and line ends: extensions, for the most part. */
  readonly chunkFramingBytes: number;
  /** What is kept of a client that sends on before its WebSocket is agreed on; then it is not read. */
  readonly earlyBytes: number;
  /** What is still read of a connection after the answer to its upload was given. */
  readonly leftoverBytes: number;
  /** For requests on their way when the gateway stops. */
  readonly drainMs: number;
}

export const defaultFrontLimits: FrontLimits = {
  connections: 8_192,
  connectionsPerAddress: 1_024,
  inFlight: 4_096,
  inFlightPerAgent: 1_024,
  waiting: 1_024,
  waitingPerAgent: 256,
  waitMs: 10_000,
  headMs: 8_000,
  answerMs: 10_000,
  stalledMs: 60_000,
  continueMs: 1_000,
  keepAliveMs: 15_000,
  headBytes: 32_768,
  headers: 128,
  chunkFramingBytes: 131_072,
  earlyBytes: 65_536,
  leftoverBytes: 1_048_576,
  drainMs: 5_000,
};
