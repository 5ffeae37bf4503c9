import type { TopologyLimits } from './limits.ts';

/** A member other than this node, as it is seen now. */
export interface Sighting {
  readonly nodeId: string;
  readonly isReached: boolean;
  /** When it was last known to be there before this start of the node, milliseconds since the epoch. */
  readonly provenMs: number | undefined;
}

/** The cluster is in parts: so many members that nobody on this side reaches, none of which said that it leaves. */
export interface Partition {
  readonly sinceMs: number;
  readonly missing: readonly string[];
  /** This side, this node included, has at most half of the members that should be there: it holds no majority. */
  readonly isMinority: boolean;
  /** This node reaches nobody. */
  readonly isAlone: boolean;
}

/** What an observation has shown. */
export interface Findings {
  /** Members that others have to be asked about: missing for long enough. */
  readonly doubtful: readonly string[];
  /** Members that are reached again after they were missing in a partition, and since when the first of them was missed. */
  readonly returned: { readonly nodeIds: readonly string[]; readonly sinceMs: number } | undefined;
  /** The first member is reached after a time with none. */
  readonly isFirstContact: boolean;
}

interface MemberRecord {
  isReached: boolean;
  /** Undefined while it is reached. */
  missingSinceMs: number | undefined;
  aliveMs: number | undefined;
  hasLeft: boolean;
  /** The node that sees it though this one does not. */
  seenBy: string | undefined;
}

/** What a member is that is reached again: whatever was before does not count. */
const back = { isReached: true, missingSinceMs: undefined, hasLeft: false, seenBy: undefined } as const;

/**
 * Tells a node that is off from a cluster that is in parts. One member that is missing may be either, so it is taken for off; several that
 * were lost together without a word, and that nobody who is reached sees, are another part. Pure: time is given, nothing is sent.
 */
export class PartitionWatch {
  readonly #limits: Pick<TopologyLimits, 'settleMs' | 'togetherMs' | 'recentMs'>;
  readonly #records = new Map<string, MemberRecord>();
  #partition: Partition | null = null;
  /** Members of another part that have not been reached since, and since when they are missed: one may come back long after the others. */
  readonly #parted = new Map<string, number>();
  #wasAlone = false;

  constructor(limits: Pick<TopologyLimits, 'settleMs' | 'togetherMs' | 'recentMs'>) {
    this.#limits = limits;
  }

  /** Null while every member is reached, said that it leaves, or is taken for off. */
  get partition(): Partition | null {
    return this.#partition;
  }

  /** Members that this node does not reach but others do, and by whom. */
  hidden(): readonly { readonly nodeId: string; readonly by: string }[] {
    return [...this.#records].flatMap(([nodeId, { seenBy }]) => (seenBy === undefined ? [] : [{ nodeId, by: seenBy }]));
  }

  /** Takes what is seen now. @param nowMs milliseconds since the epoch, from a clock that does not go back */
  observe(sightings: readonly Sighting[], nowMs: number): Findings {
    this.#follow(sightings, nowMs);
    const reached = sightings.filter(({ isReached }) => isReached);
    const returned = this.#returned(reached.map(({ nodeId }) => nodeId));
    const isFirstContact = this.#wasAlone && reached.length > 0;
    this.#wasAlone = reached.length === 0;
    return { doubtful: this.#doubtful(nowMs), returned, isFirstContact };
  }

  /** Concludes from what was seen and testified whether the cluster is in parts. */
  judge(nowMs: number): Partition | null {
    const unseen = this.#doubtful(nowMs).filter((nodeId) => this.#records.get(nodeId)?.seenBy === undefined);
    const wasMissing = new Set(this.#partition?.missing);
    const together = unseen.filter((nodeId) => wasMissing.has(nodeId) || this.#hasCompany(nodeId, unseen));
    this.#partition = together.length < 2 ? null : this.#partitionOf(together, nowMs);
    for (const nodeId of this.#partition?.missing ?? []) this.#parted.set(nodeId, this.#missingSinceMs(nodeId) ?? nowMs);
    return this.#partition;
  }

  /** A node said that it leaves. */
  left(nodeId: string): void {
    const record = this.#records.get(nodeId);
    if (record !== undefined) record.hasLeft = true;
  }

  /** Others are asked anew: what they said before does not count any more. */
  asking(about: readonly string[]): void {
    for (const nodeId of about) {
      const record = this.#records.get(nodeId);
      if (record !== undefined) record.seenBy = undefined;
    }
  }

  /** A member that was asked reaches one that is missing here. */
  testified(nodeId: string, by: string): void {
    const record = this.#records.get(nodeId);
    if (record !== undefined && !record.isReached) record.seenBy = by;
  }

  #follow(sightings: readonly Sighting[], nowMs: number): void {
    const known = new Set(sightings.map(({ nodeId }) => nodeId));
    for (const map of [this.#records, this.#parted]) for (const nodeId of map.keys()) if (!known.has(nodeId)) map.delete(nodeId);
    for (const { nodeId, isReached, provenMs } of sightings) {
      const record = this.#records.get(nodeId);
      if (record === undefined) {
        const missingSinceMs = isReached ? undefined : nowMs;
        const aliveMs = isReached ? nowMs : provenMs;
        this.#records.set(nodeId, { isReached, missingSinceMs, aliveMs, hasLeft: false, seenBy: undefined });
      } else if (isReached !== record.isReached)
        Object.assign(record, isReached ? { ...back, aliveMs: nowMs } : { isReached, missingSinceMs: nowMs });
      else if (isReached) record.aliveMs = nowMs;
    }
  }

  #returned(reached: readonly string[]): Findings['returned'] {
    const back = reached.filter((nodeId) => this.#parted.has(nodeId));
    if (back.length === 0) return undefined;
    const sinceMs = Math.min(...back.map((nodeId) => this.#parted.get(nodeId) ?? Number.POSITIVE_INFINITY));
    for (const nodeId of back) this.#parted.delete(nodeId);
    return { nodeIds: back, sinceMs };
  }

  #doubtful(nowMs: number): readonly string[] {
    const { settleMs, recentMs } = this.#limits;
    return [...this.#records].flatMap(([nodeId, { missingSinceMs, aliveMs, hasLeft }]) => {
      if (missingSinceMs === undefined || hasLeft || nowMs - missingSinceMs < settleMs) return [];
      return aliveMs !== undefined && missingSinceMs - aliveMs <= recentMs ? [nodeId] : [];
    });
  }

  #partitionOf(missing: readonly string[], nowMs: number): Partition {
    const reached = [...this.#records.values()].filter(({ isReached }) => isReached).length;
    const here = reached + 1;
    return {
      sinceMs: this.#partition?.sinceMs ?? Math.min(...missing.map((nodeId) => this.#missingSinceMs(nodeId) ?? nowMs)),
      missing,
      isMinority: here * 2 <= here + missing.length,
      isAlone: reached === 0,
    };
  }

  /** Another one was lost at about the same time. */
  #hasCompany(nodeId: string, unseen: readonly string[]): boolean {
    const since = this.#missingSinceMs(nodeId) ?? 0;
    return unseen.some((other) => other !== nodeId && Math.abs((this.#missingSinceMs(other) ?? 0) - since) <= this.#limits.togetherMs);
  }

  #missingSinceMs(nodeId: string): number | undefined {
    return this.#records.get(nodeId)?.missingSinceMs;
  }
}
