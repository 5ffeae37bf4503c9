import { trustLimits } from '../../trust/index.ts';

/** Every bound of the ways to other nodes, in one place. */
export const carrierLimits = {
  /** Relays that a message passes at most (security.md row 49). */
  relayHops: trustLimits.hops,
  /** Messages a second that are passed on for one neighbour, and how many may come at once. */
  relayedPerSecond: trustLimits.envelopesPerSecond,
  relayedBurst: trustLimits.envelopeBurst,
  /** Members in one list of whom a node reaches. */
  listedPeers: trustLimits.members,
  /** What nodes say of themselves and another one brings: so many signatures are checked a second for one neighbour. */
  presencesPerSecond: 100,
  /** How often a node says over its links that it is there, and whom it reaches (wire.md 3). */
  announceMs: 30_000,
  /** Changes of that time go out together. */
  listDelayMs: 100,
  /** How long a member whose last way broke counts as there: a cable that is plugged in again loses no call. */
  linkGraceMs: 3_000,
  /** Lists of others that a neighbour says while its standing is too low to be believed, kept until it is believed again. */
  withheldLists: 16,
  /** Calls in a row that a node leaves without an answer before it is left alone (wire.md 3). */
  circuitFailures: 5,
  /** The same as a share of the calls of so long a time, of so many at least (security.md 2.7). */
  circuitFailureShare: 0.5,
  circuitWindowMs: 30_000,
  circuitLeastCalls: 10,
  /** How long it is left alone, doubled each time it does not answer then, and at most. */
  circuitRestMs: 60_000,
  circuitRestAtMostMs: 300_000,
} as const;
