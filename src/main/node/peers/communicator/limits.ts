/** Every bound of the messages between peers, in one place. */
export const communicatorLimits = {
  /** Messages that travel together, their bytes, and how long one waits for others (security.md 2.5). */
  batchMessages: 256,
  batchBytes: 262_144,
  batchMs: 50,
  /** Largest content of one message; one that is larger than a batch travels alone. */
  messageBytes: 393_216,
  /** The same of a type whose handler asks for no more (security.md row 50). */
  handledBytes: 262_144,
  /** Life of a message in seconds, when its sender says nothing, and at most (wire.md 3). */
  defaultTtlSeconds: 300,
  ttlSeconds: 604_800,
  /** Times that a message is sent with others: after that it goes alone, for it may be what the peer cannot take. */
  aloneAfter: 3,
  /** How long a message for the live session alone is tried (wire.md 3, ttl 0). */
  liveMs: 60_000,
  /** Urgent messages of one source a second that go before all others; more are treated as High (security.md row 40). */
  criticalPerSecond: 20,
  /** What waits for one peer in one priority, for one peer, and for all. */
  laneMessages: 131_072,
  laneBytes: 67_108_864,
  peerMessages: 196_608,
  peerBytes: 100_663_296,
  queuedMessages: 393_216,
  queuedBytes: 201_326_592,
  /** Bytes on their way to one peer and not acknowledged: at first, at least and at most, as the measured delay lets them grow. */
  windowBytes: 65_536,
  windowLeastBytes: 16_384,
  windowMostBytes: 1_048_576,
  /** Urgent messages on their way to one peer, beside that. */
  urgentInFlight: 64,
  /** How long an acknowledgement is waited for: before any was measured, at least and at most. */
  firstAckMs: 3_000,
  leastAckMs: 250,
  mostAckMs: 10_000,
  /** Later batches whose acknowledgement says that an earlier one was lost. */
  passedBy: 2,
  /** Messages that are sent while one of them is not acknowledged: fewer than the other end remembers ids of. */
  sentPastOne: 1_536,
  /** Messages that leave for one peer in a second, and at once: fewer than it looks at. */
  sentPerSecond: 48_000,
  sentBurst: 4_000,
  /** Batches that were sent again and may still be acknowledged. */
  lateBatches: 64,
  /** Pause after a peer said that it has no room, doubled each time, and at most. */
  busyMs: 250,
  busyAtMostMs: 30_000,
  /** Messages of one peer a second that are looked at, and how many may come at once (security.md row 51). */
  receivedPerSecond: 50_000,
  receivedBurst: 100_000,
  /** What one peer sent and no handler has taken yet. */
  inboxMessages: 4_096,
  inboxBytes: 16_777_216,
  /** Handlers that run at once for one peer, and for all. */
  handlersPerPeer: 64,
  handlers: 512,
  /** Messages handed out before other work of the node has its turn. */
  sliceMessages: 128,
  /** Ids of messages that are remembered of one peer, and of all, so that a repeat has no effect. */
  seenPerPeer: 65_536,
  seenAtLeastPerPeer: 4_096,
  seen: 262_144,
  /** Ids of durable messages on the disk, of one peer and of all, until nobody can send them again (security.md 2.6); of one no more than there is room left. */
  durableSeenPerPeer: 20_000,
  durableSeen: 100_000,
  /** Messages that wait on the disk, for one peer and for all, and their bytes. */
  durablePerPeer: 10_000,
  durableMessages: 50_000,
  durableBytes: 67_108_864,
  /** Messages nobody here can read, kept for a look (security.md row 50). */
  deadLetters: 100,
  deadLetterBytes: 262_144,
  /** Requests to peers that wait for their answer. */
  requests: 4_096,
  /** Answers that wait for one peer to take them, and their bytes: whoever asks on and on and takes nothing fills no more. */
  answersPerPeer: 1_024,
  answerBytes: 8_388_608,
  /** Peers that are counted. */
  peers: 1_000,
  /** How far another clock may be off while it has not been measured (wire.md 3). */
  clockToleranceMs: 120_000,
  /** How often what is too old is looked for, and among how many messages before other work of the node has its turn. */
  sweepMs: 5_000,
  sweptMessages: 2_048,
  /** How often ids that nobody can send any more are removed from the disk. */
  pruneMs: 600_000,
} as const;
