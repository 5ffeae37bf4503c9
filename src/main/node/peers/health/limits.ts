/** Bounds and thresholds by which peers are judged; `docs/peers.md` shows them. */
export const healthLimits = {
  /** Milliseconds between two HealthReports to a peer (wire.md 3, Defaults). */
  heartbeatMs: 30_000,
  /** Share of that time by which each is earlier or later, so that a cluster does not beat at once. */
  heartbeatJitter: 0.1,
  /**
   * Peers up to which each gets heartbeats; above, only those that are linked or pinned, and so many at least: in a large cluster everybody is
   * watched by some, and seen by the others in what it says of itself.
   */
  watchedAll: 16,
  watchedLeast: 8,
  /** Milliseconds for which what a peer said of its health holds. */
  reportHoldsMs: 600_000,
  /** Missed heartbeats after which others are asked (security.md 2.7). */
  missedToSuspect: 3,
  /** Missed heartbeats that are shown as a warning. */
  missedToWarn: 2,
  /** How many others are asked. */
  asked: 2,
  /** Milliseconds that somebody who is asked has to reach the suspect. */
  askedProbeMs: 3_000,
  /** Questions of others that wait for the end of a probe. */
  lookedFor: 256,
  /** Milliseconds after which whoever did not answer about a suspect does not see it either. */
  askMs: 5_000,
  /** Milliseconds for which a peer that said good-bye is gone, whatever still comes of it or says that a way leads there: a node takes time to stop. */
  leavingMs: 30_000,
  /** Milliseconds after which a peer that nobody has seen leaves the list, unless it is pinned (wire.md 3, Defaults). */
  removedAfterMs: 300_000,
  /** Messages whose fate is remembered for the success rate. */
  outcomes: 100,
  /** Fewer outcomes say nothing. */
  leastOutcomes: 10,
  /** Round trips that are remembered. */
  latencies: 64,
  /** The last of them, which are compared with all. */
  recentLatencies: 8,
  /** Recent latency against the usual one that is a warning, from a latency on that somebody feels. */
  latencyGrowth: 3,
  noticeableLatencyMs: 250,
  /** A latency that is a warning by itself. */
  slowLatencyMs: 2_000,
  /** Success rates below which a peer is warned of, and is critical. */
  warnSuccessRate: 0.9,
  criticalSuccessRate: 0.5,
  /** Milliseconds between two samples of the history. */
  sampleMs: 30_000,
  /** Six hours. */
  samples: 720,
  /** Events remembered of a peer. */
  events: 200,
  /** Characters of what an event says. */
  eventDetail: 300,
  /** Peers pinned or removed by a person. */
  choices: 1_000,
} as const;

/** The formula of security.md 2.7. */
export const reputationLimits = {
  usefulWeight: 0.1,
  usefulAtMost: 50,
  invalidWeight: 1,
  timeoutWeight: 0.5,
  behaviourWeight: 2,
  decay: 0.9,
  decayMs: 10_000,
  /** A counter below counts as none. */
  least: 0.1,
  noRelayBelow: -10,
  noGossipBelow: -30,
  graylistBelow: -60,
  graylistMs: 300_000,
  graylistAtMostMs: 3_600_000,
  /** In a smaller cluster nobody is graylisted: too few are left to do without one, and to judge. */
  leastMembers: 5,
  /** Milliseconds without being graylisted after which the next time is a short one again. */
  forgetGraylistMs: 7_200_000,
  /** Peers that are judged. */
  peers: 2_048,
} as const;
