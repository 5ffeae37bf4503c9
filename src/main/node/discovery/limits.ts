/** Every bound of finding nodes on the local network, in one place (security.md row 60). */
export const discoveryLimits = {
  /** Largest packet that is read: what one frame of a network holds. */
  packetBytes: 1_500,
  /** Records and questions of a packet that is read. */
  packetRecords: 64,
  /** What the system may hold of what came while the node was busy, as far as it grants it: full of a flood it holds nothing of others. */
  receiveBufferBytes: 1_048_576,
  /** Packets a second that are read of one address, and how many at once; and of all together. A flood of one leaves the others heard. */
  packetsPerSecond: 20,
  packetBurst: 60,
  allPacketsPerSecond: 500,
  packetSources: 1_024,
  /** Nodes that are known at once, and those of one address: a machine may run several. */
  nodes: 256,
  nodesPerAddress: 16,
  /** A node that was not heard of for so long is forgotten. */
  forgetMs: 150_000,
  /** How often others are asked once the first questions are out. */
  askMs: 60_000,
  /** How long the first answers are waited for. */
  answersMs: 1_000,
  /** Shortest time between two answers, and between two questions. */
  pauseMs: 1_000,
  /** Longest wait before an answer, so that not all answer at once (RFC 6762 section 6). */
  answerDelayMs: 120,
  /** How often the interfaces of the machine are looked at. */
  interfacesMs: 3_000,
  /** Addresses of this machine on which nodes are looked for. */
  interfaces: 16,
  /** How long others may keep what this node told, in seconds. */
  toldSeconds: 120,
} as const;
