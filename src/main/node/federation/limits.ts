/** Every bound of federation, in one place. */
export const federationLimits = {
  /** Largest MQTT packet once the hub has accepted a connection (security.md row 22). */
  packetBytes: 1_048_576,
  /** Largest MQTT packet before that: enough for CONNECT with a will. */
  connectPacketBytes: 16_384,
  /** Time a new connection has for its CONNECT (security.md row 21). */
  connectMs: 5_000,
  /** Time a packet has from its first byte to its last. */
  packetMs: 30_000,
  /** Unsent bytes at which the hub closes a connection that does not read (security.md section 6, invariants). */
  unsentBytes: 16_777_216,
  /** Connections the hub accepts at once, and those among them that have not been accepted by MQTT yet. */
  connections: 512,
  pendingConnections: 64,
  /** MQTT client ids. */
  clientIdBytes: 128,
  /** MQTT topics: the four levels of ours before a topic of a node, and the node id in it, come on top of a client's bounds. */
  topicBytes: 448,
  topicLevels: 20,
  /** Subscriptions of one MQTT connection (security.md row 24). */
  subscriptions: 128,
  /** QoS 2 messages of one connection that wait for their release (security.md row 27). */
  inflight: 100,
  /** Retained status messages the hub keeps, and their bytes. */
  retainedStatuses: 2_000,
  retainedBytes: 4_194_304,
  /** Largest message a node sends: a packet of the hub less room for its topic. */
  messageBytes: 1_047_552,
  /** Nesting and keys of a message from another node: gathered answers are larger than what a client sends. */
  jsonDepth: 40,
  jsonKeys: 200_000,
  /** Router messages joined into one envelope, and their bytes. */
  batchMessages: 256,
  batchBytes: 262_144,
  /** Router messages for one node after which they leave, though the turn may bring more. */
  liveBatchMessages: 32,
  /** Nodes that are remembered; the longest gone is forgotten first, and none before it is gone that long (wire.md 3). */
  nodes: 1_000,
  keepGoneMs: 300_000,
  /** Largest epoch: 32 bits of what is signed (security.md 2.5). */
  epoch: 4_294_967_295,
  /** Starts that a node can have forgotten when its data folder was restored; more is no epoch of its own (security.md row 43). */
  epochJump: 1_048_576,
  /** Largest status message. */
  statusBytes: 8_192,
  /** Calls that wait for one node, and for all nodes. */
  pendingPerNode: 4_096,
  pendingTotal: 16_384,
  /** Calls of one other node that run here, and of all: fewer than may run at once, so that the node's own clients always get through. */
  runningPerNode: 2_048,
  runningTotal: 3_072,
  /** Other nodes whose calls and subscriptions are held here. */
  remoteClients: 1_024,
  /** Message ids remembered of one sender (security.md 2.6). */
  messageIds: 4_096,
  /** Topics of other nodes whose sequence is watched. */
  watchedTopics: 10_000,
  /** Filters one other node may follow here. */
  filtersPerNode: 256,
  /** Filters that all other nodes together may follow here; ids of nodes are easily made up. */
  follows: 20_000,
  /** Topics whose newest event is kept for one member while the way to it does not keep up. */
  heldTopics: 1_000,
  /** How long a sender without a status follows topics here without asking again. */
  strangerFollowMs: 600_000,
  /** Messages kept while the broker is away, by count, bytes and age. */
  outboxMessages: 1_000,
  outboxBytes: 4_194_304,
  outboxMs: 60_000,
  /** Unsent bytes to the broker above which calls are refused and events dropped. */
  linkUnsentBytes: 8_388_608,
  /** Unsent bytes to the broker at which the connection is given up. */
  linkLostBytes: 33_554_432,
  /** Retained messages taken before the subscriptions of a new connection are granted. */
  earlyMessages: 4_096,
  /** How far another clock may be off while it has not been measured (security.md 2.6). */
  clockToleranceMs: 120_000,
  /** Longest life of an envelope in seconds (security.md 2.5). */
  ttlSeconds: 604_800,
} as const;
