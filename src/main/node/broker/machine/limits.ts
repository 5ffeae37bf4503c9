/** Bounds of the state machine. Every broker of a group must have the same: a change of one is a new version of the commands it concerns. */
export const machineLimits = {
  queues: 1_000,
  clientsPerQueue: 10_000,
  /** The one that was idle longest is forgotten for a new one. */
  producersPerQueue: 1_000,
  /** How long a queue remembers a producer that appends nothing, milliseconds of log time. */
  producerIdleMs: 86_400_000,
  /** Runs of messages of a producer whose place is known for a repeat. */
  rangesPerProducer: 128,
  /** Highest epoch of a producer. */
  epoch: 0x7fff_ffff,
  /** Reads of a client that can be repeated. */
  requestsPerClient: 16,
  /** Commands of one bundle. */
  bundleCommands: 4_096,
  /** Bytes of one bundle, unless it holds a single command. */
  bundleBytes: 1_048_576,
  /** Messages of one append. */
  batchMessages: 4_096,
  /** Bytes of the records of one append: the largest message with its key and headers. */
  batchBytes: 8_454_144,
  /** Data of one message. */
  messageBytes: 8_388_608,
  keyCharacters: 256,
  headers: 64,
  headerNameCharacters: 128,
  headerValueCharacters: 4_096,
  /** Of all headers of a message together. */
  headersBytes: 65_536,
  /** Messages of a block, the unit in which age is judged and sizes are kept. */
  blockMessages: 256,
  /** Time that a block of a queue without an age limit may span. */
  blockSpanMs: 3_600_000,
} as const;
