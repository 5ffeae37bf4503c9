/** Bounds of the ledger. */
export const ledgerLimits = {
  /** Entries of one block. */
  blockEntries: 256,
  /** Bytes of all entries of one block, so that a block fits a message between nodes however its texts are escaped. */
  blockBytes: 65_536,
  /** Largest entry. */
  entryBytes: 16_384,
  /** Characters of what a note, a refusal or a failure says. */
  entryTextCharacters: 1_000,
  /** Characters of what the node itself writes: heads of other chains, seals, evidence of forks. */
  entryRecordCharacters: 12_288,
  /** How far the time of a block may be ahead of the corrected clock of this node before it is put off. */
  blockAheadMs: 120_000,
  /** Entries that one search looks through, and a window of them at a time. */
  searchEntries: 65_536,
  searchStepEntries: 8_192,
  /** Blocks of one answer of the store. */
  pageBlocks: 1_000,
  /** Bytes of entries of one answer of the store. */
  pageBytes: 262_144,
  /** Blocks that verification reads at a time; what is to be written waits for so many at most. */
  verifyStepBlocks: 64,
  /** Blocks that are checked again in the background at a time. */
  checkBlocks: 128,
  /** Pause between those. */
  checkEveryMs: 2_000,
  /** How often the node looks whether anything is older than the retention. */
  retentionEveryMs: 3_600_000,
  /** Blocks kept as evidence of forks; the first ones stay, and the first fork of each chain is kept beyond that. */
  keptForks: 1_000,
  /** Blocks of one chain among them. */
  keptForksOfChain: 32,
  /** Chains held at once. */
  chains: 1_024,
  /** How long a copy that is over its share is left alone before it is tried again. */
  shareAgainMs: 3_600_000,
  /** Requests that may wait for the thread of the ledger. */
  pendingRequests: 4_096,
  /** Records of the audit table that are taken at a time. */
  feedRecords: 256,
  /** How long a node made from a backup waits for others to say how far its chain goes. */
  restoredWaitMs: 600_000,
  /** Entries of the node itself (notes, heads of other chains, seals) that may wait for a block. */
  waitingEntries: 1_024,
} as const;
