/** Bounds of what passes between nodes about their chains. */
export const syncLimits = {
  /** Blocks of one page, and the bytes of its JSON (security.md row 36). */
  pageBlocks: 1_000,
  pageBytes: 245_760,
  /** Bytes of entries asked of the store for a page: their JSON is larger. */
  pageEntryBytes: 163_840,
  /** How long a page, or an answer to a question, is waited for. */
  requestMs: 15_000,
  /** Chains that are caught up with at once. */
  catchUps: 8,
  /** Other nodes that are asked where a chain begins, when a copy would begin late; blocks of one page when what is before it is filled in. */
  startWitnesses: 3,
  startPageBlocks: 256,
  /** Nodes that are remembered as a source of one chain. */
  sourcesPerChain: 16,
  /** How long a node that answered wrongly is not asked for a chain. */
  wrongSourceMs: 60_000,
  /** How often heads are compared, with how many nodes at once, and how long after the membership has changed. */
  headsMs: 30_000,
  headsPerRound: 16,
  soonMs: 500,
  /** How often the heads of the other chains are written into the own one. */
  witnessMs: 600_000,
  /** Heads that one witness entry names. */
  witnessHeads: 64,
  /** Places of one question. */
  places: 256,
  /** Pages, questions and offers of one node that are answered: a second, and at once. */
  servedPerSecond: 50,
  servedBurst: 200,
  /** Messages of one node with blocks or heads that are looked at: a second, and at once. */
  takenPerSecond: 500,
  takenBurst: 2_000,
  /** Notes of one node that are taken into the own chain: a second, and at once. */
  offeredPerSecond: 1,
  offeredBurst: 20,
  /** Nodes whose rates are counted. */
  countedNodes: 1_024,
} as const;
