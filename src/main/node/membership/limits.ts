/** Every bound of membership on the wire, in one place. */
export const membershipLimits = {
  /** Time for joining: connecting, both proofs and the log. */
  joinMs: 15_000,
  /** Time for finding a node on the local network and joining there; and for the first ones to be found (security.md 2.4). */
  joinNearbyMs: 10_000,
  nearbySettleMs: 3_000,
  /** Nodes that wait at once until an admin lets them in, and how long one waits that has shown a code. */
  joinRequests: 8,
  confirmMs: 120_000,
  /** Time for saying that it was the admin who typed the number, at the node that asked. */
  acceptMs: 60_000,
  /** How far the clocks of a joining node and its inviter may differ (security.md 2.6). */
  joinClockMs: 600_000,
  /** Largest answer to a node that joins. */
  joinBodyBytes: 10_752_000,
  /** Addresses that are kept of one member. */
  addresses: 8,
  /** How often two linked nodes compare what they know of the membership (security.md 2.7). */
  compareMs: 30_000,
  /** Largest message about the membership over a link, and how many a second are taken of one member, and at once. */
  controlBytes: 262_144,
  controlPerSecond: 50,
  controlBurst: 500,
  /** Bytes of such messages of one member that may wait for the disk. */
  waitingControlBytes: 4_194_304,
  /** How often an admin signs that it was there (security.md 2.7). */
  checkpointMs: 600_000,
  /** Starts that a node can have forgotten when its data folder was restored from an older copy (security.md row 39). */
  epochJump: 1_048_576,
  /** How long members are waited for in a change of the group key before a person is told. */
  rotationPatienceMs: 600_000,
  /** Time after which another admin goes on with a change of the group key whose leader is not linked. */
  rotationTakeoverMs: 3_600_000,
  /** Members without a link that the membership is compared with, on each side in the order of keys. */
  farEachSide: 6,
  /** Pause before a member is dialled again that refused, or whose address answered as somebody else (security.md 2.7). */
  refusedRestMs: 300_000,
} as const;

/**
 * How many links a node keeps. Up to twelve members all are linked: eleven links cost little, and no message is relayed. Above that each keeps
 * about eight: four in the ring, so that any two neighbours may fail and the graph stays in one piece, and four that a hash picks, in or out,
 * with which 200 members are at most four links apart, as its test shows, while a message passes five. Sixteen at most bounds what a
 * node spends on heartbeats and lists of peers, and is twice the usual, so that a newcomer finds room almost everywhere.
 */
export const linkDegree = {
  /** Members up to which everybody is linked with everybody, this node included. */
  fullMembers: 12,
  least: 6,
  wanted: 8,
  most: 16,
  /** Neighbours in the order of keys, on each side. */
  ringEachSide: 2,
  /** Members that a hash picks; about as many pick this node. */
  far: 3,
  /** Members that much is sent to. */
  used: 4,
  /** Members that failed and are tried again, in each of the orders. */
  probed: 3,
  /** How long a failure counts for a member that is not tried again. */
  forgetFailureMs: 300_000,
  /** How long neither end has needed a link before it is let go of. */
  unneededMs: 600_000,
  /** Messages a minute at which a member is one that much is sent to, and below which it is no more. */
  usedFromPerMinute: 120,
  usedToPerMinute: 30,
} as const;
