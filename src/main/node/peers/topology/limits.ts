/** Every bound of the topology of peers, in one place. */
export const topologyLimits = {
  /** How often it is looked at who is missing when nothing tells. */
  reviewMs: 10_000,
  /** How long a member is missing before others are asked about it: a node that restarts is none. */
  settleMs: 15_000,
  /** Members lost within that time of each other were lost for one reason. */
  togetherMs: 60_000,
  /** A member that was not heard of for longer before it was missed is away, and no sign of a partition. */
  recentMs: 86_400_000,
  /** Members that are asked who they see, those of the best standing first (security.md 2.7: ask two others), how many they are asked for, and for how long. */
  witnesses: 3,
  askedAbout: 64,
  answerMs: 5_000,
  /** Nodes in a list of whom a node reaches. */
  listed: 1_000,
  /** How often others are asked again about the same members. */
  askAgainMs: 60_000,
  /** Answers a second to one node that asks who is there, and how many at once. */
  answersPerSecond: 2,
  answerBurst: 20,
  /** Longest pause before the members that are missing are dialled again once the network has changed: not all nodes at one moment. */
  redialJitterMs: 2_000,
  /** Connections in one view. */
  edges: 5_000,
} as const;

export type TopologyLimits = { readonly [K in keyof typeof topologyLimits]: number };
