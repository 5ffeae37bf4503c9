/** Every bound of trust between nodes, in one place. */
export const trustLimits = {
  /** Largest payload of an envelope (security.md row 50). */
  payloadBytes: 1_048_576,
  /** Longest payload type. */
  payloadTypeBytes: 64,
  /** Items of a batch, and their bytes together (security.md 2.5). */
  batchItems: 256,
  batchBytes: 262_144,
  /** Longest life of an envelope in seconds. */
  ttlSeconds: 604_800,
  /** Relays a message may pass (security.md row 49). */
  hops: 4,
  /** How far another clock may be off while it has not been measured (security.md 2.6). */
  clockToleranceMs: 120_000,
  /** Sequence numbers below the highest of which it is known one by one whether they came. */
  replayWindow: 1_024,
  /** Message ids remembered of one source; when full, older messages are refused rather than ids forgotten. */
  replayIds: 20_000,
  /** How far a sequence may jump within an epoch (security.md row 43). */
  sequenceJump: 1_048_576,
  /** Envelopes a second that are taken from one peer before any signature is checked, and how many may come at once. */
  envelopesPerSecond: 2_000,
  envelopeBurst: 4_000,
  /** Life of session keys, by time and by messages of one direction (wire.md 3). */
  sessionKeyMs: 3_600_000,
  sessionMessages: 1_048_576,
  /** Messages of one direction after which its keys seal no more, whatever happened to the new ones. */
  sessionMessagesAtMost: 2_097_152,
  /** Largest message under session keys. */
  sessionMessageBytes: 1_048_576,
  /** How old an offer of session keys may be. */
  sessionOfferMs: 120_000,
  /** Life of a sealing key, and how long the one before it still opens what comes late (security.md 2.3). */
  sealingKeyMs: 2_592_000_000,
  formerSealingKeyMs: 604_800_000,
  /** Longest name of a cluster or a member in bytes of UTF-8. */
  nameBytes: 128,
  /** Operations of one cluster that are kept. */
  operations: 20_000,
  /** Operations that wait for one they follow. */
  waitingOperations: 1_000,
  /** Bytes of operations in one page of a pull (security.md row 61). */
  operationPageBytes: 65_536,
  /** Members of a cluster. */
  members: 1_000,
  /** Time without a checkpoint after which remote operators and admins are refused (security.md 2.7). */
  staleMembershipMs: 604_800_000,
  /** Wrong proofs after which a join code is burned (security.md 2.3). */
  inviteFailures: 5,
  /** Life of a join code: by default, and at most. */
  inviteMs: 900_000,
  inviteAtMostMs: 86_400_000,
  /** Joins with one invite file. */
  inviteUses: 1_000,
  /** Join codes that are open at once. */
  openInvites: 100,
  /** Time for comparing the short number, and requests of one address an hour (security.md 2.4). */
  comparisonMs: 60_000,
  comparisonsPerHour: 3,
  /** Addresses whose requests are counted at once. */
  comparisonAddresses: 1_000,
  /** Group keys a node holds at once: the present one, and those of rotations that overtook each other. The oldest makes room. */
  groupKeys: 5,
  /** How far a rotation may raise the number of the group key: a removed admin must not have used up all numbers. */
  groupKeyJump: 1_000,
  /** Life of a group key (security.md 2.3). */
  groupKeyMs: 7_776_000_000,
} as const;
