/** Bounds of the queue broker. Every one has a visible counter of what it refused or put off. */
export const brokerLimits = {
  /** One bundle of commands, that is, one entry of the log (queue.md 5.3). A larger single command goes alone. */
  bundleBytes: 1_048_576,
  bundleCommands: 4_096,
  /** Bundles of a group on their way to a majority at which the next one waits until it is full or one of them has arrived. */
  eagerBundles: 4,
  /** Same, full ones too. */
  bundlesInFlight: 64,
  /** Commands of a group that wait for a bundle or for their answer. */
  waitingCommands: 65_536,
  waitingBytes: 64 * 1_048_576,
  /** Reads of a group that wait for leadership to be confirmed. */
  waitingReads: 65_536,
  /** Recent messages of all groups, served from memory (queue.md 5.3). */
  tailBytes: 32 * 1_048_576,
  /** Applied and not yet in the state file of a group: beyond, new entries are put off. */
  unstoredBytes: 64 * 1_048_576,
  /** One write of applied entries to a state file; as much as that goes at once, less waits for the time below. */
  storeBatchBytes: 2 * 1_048_576,
  /** How often applied entries go to a state file, milliseconds. Off the way of acknowledgements. */
  storeEveryMs: 100,
  /** Log that is kept for followers that are behind; beyond, they get a snapshot. */
  logKeptBytes: 64 * 1_048_576,
  /** How often the state is flushed and the log is cut, milliseconds, when there is something to cut. */
  compactEveryMs: 5_000,
  /** How often the leader lets messages and producers expire, milliseconds. */
  expireEveryMs: 5_000,
  /** How often the disk is looked at for a stall, milliseconds. */
  stallLookEveryMs: 100,
  /** Between a broken disk and the next try, milliseconds. */
  reopenAfterMs: 2_000,
  /** Time that clients have to take their last answers when the broker stops, milliseconds. */
  stopGraceMs: 2_000,
  /** Time that the whole broker has to stop before its thread is ended, milliseconds. */
  stopMs: 8_000,
  /** Groups of one broker. */
  groups: 64,
  /** Connections of clients and brokers to the port. */
  connections: 1_024,
  /** Connections that have not yet shown who they are. */
  unprovenConnections: 128,
  /** Time a connection has to send its first byte and to complete TLS, milliseconds. */
  helloMs: 10_000,
  /** Time the rest of a frame may take, milliseconds. */
  frameMs: 30_000,
  /** Of requests that are not whole, of all clients together that have not shown who they are. */
  unprovenBytes: 64 * 1_048_576,
  /** Wrong tokens on one connection; then it is closed. */
  failedTokens: 5,
  /** Requests of one connection that are not answered; beyond, its socket is not read. */
  requestsInFlight: 2_048,
  requestBytesInFlight: 32 * 1_048_576,
  /** What a message of an answer is reckoned at before it is read. */
  usualMessageBytes: 65_536,
  /** Requests of one connection that are taken right when they come: about what one read of a socket brings, and one bundle of it. */
  requestsOfARead: 512,
  /** Same, of those that had to wait, before the next connection has its turn. */
  requestsInARow: 64,
  /** Answers that a client has not taken; beyond, it is not read. */
  unsentBytes: 1_048_576,
  /** A client that takes nothing of that much for that long is cut off. */
  unsentMs: 30_000,
  unsentBytesMost: 64 * 1_048_576,
  /** How long the other end has to close after the last answer, milliseconds. */
  lingerMs: 2_000,
  /** Clients that wait for a message to come, all together. */
  longPolls: 10_000,
  /** Subscriptions of one connection. */
  subscriptions: 64,
  /** Requests from the main thread that are not answered. */
  requestsOfNode: 4_096,
  /** Time such a request has when it names none, milliseconds. */
  requestOfNodeMs: 15_000,
} as const;
