/** Bounds of one link (docs/limits.md; tunnel.md, advice 3; security.md row 57). */
export const linkLimits = {
  /** Open at a time. */
  streams: 1_024,
  /** What a stream may send without being asked: promised to each. */
  firstWindowBytes: 65_536,
  /** What a stream is given once it has sent a part of the first window, while the shared room lasts. */
  openWindowBytes: 262_144,
  /** What a stream that is held up by the round trip alone grows to. */
  largestWindowBytes: 4_194_304,
  /** Shared by all streams for what is above their first windows. */
  sharedWindowBytes: 8_388_608,
  /** Given to the socket and not on the wire: more would hold up what is urgent. */
  socketBytes: 262_144,
  /** Data given to the connection and not taken at the other end: at first, and the bounds of what it becomes by what is measured. */
  firstFlightBytes: 1_048_576,
  leastFlightBytes: 524_288,
  mostFlightBytes: 8_388_608,
  /** Data after which a ping tells that they have been taken. */
  flightMarkBytes: 131_072,
  /** Above this a gateway opens no more streams: the other end does not read. */
  busySocketBytes: 4_194_304,
  /** Above this the link ends: the other end does not read, and asks for more. */
  stuckSocketBytes: 16_777_216,
  /**
   * Of a frame of several messages. Half of what is read at once: a frame that spans two reads is copied at the other end, and one of 64 KiB
   * always does.
   */
  batchBytes: 32_768,
  /** Frames up to this are copied, so that they keep no block of {@link batchBytes} while they wait. */
  copiedFrameBytes: 4_096,
  /** Bodies of the first system that are in memory, of all streams of a link: above this nothing is read. */
  legacyBufferedBytes: 1_048_576,
  /** Data for streams that were never there; those that were reset may have been sent what they had credit for. */
  strayBytes: 1_048_576,
  /** What a message for a stream that is no more counts besides its data. */
  strayMessageBytes: 64,
  /** Credit that the other end may pile up for one stream. */
  creditBytes: 67_108_864,
} as const;

/** Times of a link, milliseconds. */
export interface LinkTiming {
  /** Between heartbeats. */
  readonly heartbeatMs: number;
  /** Heartbeats without a word after them until the link counts as lost. */
  readonly missedHeartbeats: number;
  /** A stream on which nothing moves although something could is ended. */
  readonly stalledMs: number;
}

export const linkTiming: LinkTiming = { heartbeatMs: 15_000, missedHeartbeats: 2, stalledMs: 60_000 };
