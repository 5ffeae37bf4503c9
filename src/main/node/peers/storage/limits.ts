/** Every bound of the key-value store that is not a setting. */
export const storageLimits = {
  /** Largest value. */
  valueBytes: 262_144,
  /** Largest message: a value as base64 and what goes with it. */
  requestBytes: 393_216,
  /** Keys that one answer lists, whatever was asked for (security.md row 36). */
  listItems: 500,
  /** Pages of keys that are asked of a peer while copies are compared. */
  comparePages: 1_000,
  /** Deleted keys of which this node remembers the version; of those let go of, the highest. */
  tombstones: 2_000,
  /** The same of the copies of one owner. */
  copyTombstones: 1_000,
  /** Writes of peers that are told apart from their repeats, also over a restart. */
  rememberedWrites: 10_000,
  /** How far versions may count; a peer that names a higher one is refused. */
  largestVersion: 281_474_976_710_656,
  /** Highest version that an owner counts past at the word of a replica: changes that are left above it last for ever. */
  believedVersion: 140_737_488_355_328,
  /** Requests of one peer a second, and the burst above it. */
  requestsPerSecond: 400,
  requestBurst: 800,
  /** Requests of one peer that wait for the disk at once. */
  requestsAtOnce: 32,
  /** Peers whose rate is kept in mind. */
  ratedPeers: 1_024,
  /** Time a peer has to answer. */
  requestMs: 15_000,
  /** Copies under way to one peer at once. */
  copiesAtOnce: 4,
  /** Copies read from the disk in one go to be sent. */
  copyPage: 32,
  /** How often copies at reachable peers are compared anew. */
  compareEveryMs: 300_000,
} as const;
