/** Bounds of the broker protocol; docs/broker-protocol.md has them in words. */
export const protocolLimits = {
  /** Body of one frame, of clients and of brokers. */
  frameBytes: 16_777_216,
  /** One line in line mode. */
  lineBytes: 1_048_576,
  headerBytes: 65_535,
  jsonDepth: 64,
  jsonKeys: 100_000,
  /** Messages of one answer or delivery. */
  answerMessages: 500,
  /** Data of one answer or delivery; a single message may be larger. */
  answerBytes: 4_194_304,
  waitMs: 30_000,
  shortestTimeoutMs: 100,
  defaultTimeoutMs: 10_000,
  longestTimeoutMs: 60_000,
  filterCharacters: 512,
  /** Messages that one subscription may have open. */
  credit: 10_000,
  requestIdCharacters: 64,
  tokenCharacters: 8_192,
  /** Members of a group that a message may name. */
  members: 64,
} as const;
