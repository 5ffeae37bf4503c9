/** Every bound of the client protocol, in one place. `docs/limits.md` is made from what is written here. */
export const limits = {
  /** Largest WebSocket or IPC frame a client may send. */
  clientFrameBytes: 1_048_576,
  /** Deepest nesting of a client's JSON (security.md row 18). */
  jsonDepth: 32,
  /** Most object keys in one client frame (security.md row 18). */
  jsonKeys: 1_000,
  /** Most requests in one array frame (wire.md 1). */
  batchRequests: 20,
  /** Malformed frames a minute before a connection is closed with 1007. */
  malformedFramesPerMinute: 5,
  /** Requests of one client that may be running at once. */
  inFlightPerClient: 256,
  /** Requests running at once on the node, all clients together. */
  inFlightTotal: 4_096,
  /** Subscriptions of one client (security.md row 20e). */
  subscriptionsPerClient: 64,
  /** Events waiting for one client, by count. */
  queuedEventsPerClient: 2_000,
  /** Events waiting for one client, by bytes. */
  queuedEventBytesPerClient: 1_048_576,
  /** Bytes a client's socket may hold unsent before it is closed with 1013 (security.md row 12). */
  socketBufferBytes: 4_194_304,
  /** WebSocket connections at once. */
  connections: 2_048,
  /** Default time a call may take. */
  defaultTimeoutMs: 10_000,
  /** Longest time a client may ask for. */
  maxTimeoutMs: 3_600_000,
  /** Topic length and depth (security.md row 24, applied to local topics too). */
  topicBytes: 256,
  topicLevels: 16,
  /** Largest event a client may publish. */
  publishBytes: 262_144,
  /** Largest result or event the node sends; a larger result answers TOO_LARGE. */
  resultBytes: 8_388_608,
  /** Unsent bytes of a socket above which its events wait in the queue (security.md row 12). */
  pausedSocketBytes: 1_048_576,
  /** Unsent bytes of a socket at which it is closed whatever it does. */
  largestSocketBufferBytes: 16_777_216,
  /** How long a socket may stay above `pausedSocketBytes` before it is closed with 1013 (security.md row 12). */
  slowClientMs: 30_000,
  /** Topics whose counts and sequence numbers are kept; the least recently used goes first. */
  trackedTopics: 2_000,
  /** Topics whose last value is kept for new subscribers, and the bytes of all such values. */
  retainedTopics: 1_000,
  retainedBytes: 8_388_608,
  /** Calls kept for the activity list. */
  activityEntries: 2_000,
  /** Answers kept for repeated idempotency keys, and for how long. */
  idempotencyEntries: 10_000,
  idempotencyMs: 86_400_000,
  /** Feeds of one client, how many events each keeps, and how many bytes they keep together. */
  feedsPerClient: 8,
  feedEvents: 10_000,
  feedBytes: 16_777_216,
  /** Largest answer of `feeds.read`. */
  feedReadBytes: 1_048_576,
  /** Bodies of sign-in, refresh and set-up. */
  signInBodyBytes: 16_384,
  /** HTTP connections of one address, and of all, that wait for a whole request; the oldest gives way. */
  pendingConnectionsPerAddress: 32,
  pendingConnections: 256,
  /** People who may sign in. */
  users: 1_000,
  /** Signed-in browsers and programs of one person; the one used least recently gives way. */
  sessionsPerUser: 32,
  /** Set-up links open at once; the oldest gives way. */
  setupLinks: 8,
} as const;

export type Limits = { readonly [K in keyof typeof limits]: number };
