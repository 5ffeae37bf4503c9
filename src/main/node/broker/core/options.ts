import type { LogImage } from '../log/types.ts';
import type { BrokerId } from './types.ts';

/** How long a group waits before it believes that a leader is gone. All in milliseconds. */
export interface TimingProfile {
  readonly heartbeatMs: number;
  /** Silence of a leader after which a vote may go to another; also the least time before a broker stands. */
  readonly electionMinMs: number;
  /** The most time before it stands; a leader that has not heard of a quorum for so long gives up. */
  readonly electionMaxMs: number;
}

/** For brokers in one place (queue.md 5.1: shorter ones flap on two processors), and for brokers over thin links (the seed's 5 s and 15 s). */
export const timingProfiles = {
  lan: { heartbeatMs: 150, electionMinMs: 1_000, electionMaxMs: 2_000 },
  field: { heartbeatMs: 5_000, electionMinMs: 15_000, electionMaxMs: 30_000 },
} as const satisfies Record<string, TimingProfile>;

/** Bounds of what one core keeps and sends. */
export interface CoreLimits {
  /** Entries on the way to one member and not yet on its disk; then it has to answer first. */
  readonly inFlightMessages: number;
  readonly inFlightBytes: number;
  /** Of the entries in one REPLICATE; one larger entry goes alone. */
  readonly messageBytes: number;
  /** Entries that a leader has taken and not committed; beyond, it refuses with BUSY. */
  readonly uncommittedEntries: number;
  readonly uncommittedBytes: number;
  /** The end of the log that is kept in memory; what is not yet on the disk is kept beyond it. */
  readonly tailEntries: number;
  readonly tailBytes: number;
}

export const coreLimits: CoreLimits = {
  inFlightMessages: 256,
  inFlightBytes: 8 * 1024 * 1024,
  messageBytes: 1024 * 1024,
  uncommittedEntries: 4_096,
  uncommittedBytes: 32 * 1024 * 1024,
  tailEntries: 8_192,
  tailBytes: 16 * 1024 * 1024,
};

/** What a core is made from, at the start of a broker and again after a failed disk. */
export interface CoreOptions {
  readonly brokerId: BrokerId;
  /** What the log store found. */
  readonly image: LogImage;
  /** Last index that the state machine holds: entries after it come again in `committed`, as soon as they are known to be committed. */
  readonly appliedIndex: number;
  readonly timing: TimingProfile;
  /** From 0 (inclusive) to 1 (exclusive); seeded in simulations. */
  readonly random: () => number;
  /** By the clock of `step`, which must be monotonic. */
  readonly nowMs: number;
  readonly limits?: Partial<CoreLimits>;
}
