/** Every bound of secured federation, in one place. */
export const secureLimits = {
  /** What waits for one node while keys are agreed on with it: messages, bytes, and time after which it is given up. */
  waitingMessages: 1_024,
  waitingBytes: 4_194_304,
  agreementMs: 10_000,
  /** Pause before an offer of keys is sent again; doubled each time. */
  offerAgainMs: 500,
  /** Pause after which keys that are due are offered anew when nobody answered. */
  renewalPauseMs: 30_000,
  /** Offers and answers a second of one node that are looked at, and how many may come at once: each costs a signature. */
  agreementsPerSecond: 20,
  agreementBurst: 40,
  /** Presence messages of nodes that are no members yet: kept until the membership says more. */
  unprovenStatuses: 256,
  /** How often one node is offered keys because messages came under keys that this one does not hold. */
  unknownKeysMs: 10_000,
  /** Nodes that are offered keys for one such message: over a broker nobody says who sent it. */
  unknownKeysNodes: 16,
} as const;
