import type { PeerInfo } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { verdictOf } from '../../trust/index.ts';
import type { PeerStanding } from '../oversight.ts';
import type { ConductKind } from '../types.ts';
import { reputationLimits as limits } from './limits.ts';

export type Standing = PeerInfo['standing'];

export interface ReputationOptions {
  /** A clock that is never set: nobody gets a better name by setting the time. */
  readonly monotonicMs: () => number;
  /** Members of the cluster, this node included. */
  readonly members: () => number;
  /** A person took it out of the peers: whatever its score, nothing is given to it. */
  readonly isRemoved?: (nodeId: string) => boolean;
  /**
   * A peer fell below the last threshold.
   *
   * @param forMs how long only control traffic is taken from it; 0: the cluster is too small, so it is only said
   * @param why the last thing it did
   */
  readonly onGraylisted?: (nodeId: string, forMs: number, why: string) => void;
}

type Counters = Record<ConductKind, number>;

/** What is known of one peer. */
interface Entry {
  counters: Counters;
  decayedMs: number;
  graylistedUntilMs: number;
  /** How long it was graylisted last; 0: never. */
  lastGraylistMs: number;
  /** It was said that it is below the last threshold; said again only after it rose above. */
  isTold: boolean;
}

/** Codes of refusals that tell a fault of whoever sent it: an honest node of any version does none of it. */
const faults: ReadonlySet<string> = new Set([
  'INVALID_PARAMS',
  'TOO_LARGE',
  'BAD_SIGNATURE',
  'REPLAYED',
  'DECRYPT',
  'KEY_WEAK',
  'CHANNEL_BINDING',
  'WRONG_CLUSTER',
]);

/** Whether a refusal counts against who sent what was refused: `reject` of the three outcomes of security.md 2.7. */
export function isFault(error: unknown): error is SignalboxError {
  return error instanceof SignalboxError && faults.has(error.code) && verdictOf(error).outcome === 'reject';
}

/**
 * How peers have behaved: good service counts for one, what it sent wrong, late or not at all against it, and all of it is forgotten, a tenth
 * every ten seconds. It decides whom work of others is given to, never who belongs to the cluster (security.md 2.7, after gossipsub 1.1).
 */
export class Reputation implements PeerStanding {
  readonly #options: ReputationOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ReputationOptions) {
    this.#options = options;
  }

  score(nodeId: string): number {
    const entry = this.#decayed(nodeId);
    return entry === undefined ? 0 : scoreOf(entry.counters);
  }

  mayRelay(nodeId: string): boolean {
    const isRemoved = this.#options.isRemoved?.(nodeId) === true;
    return !isRemoved && this.score(nodeId) >= limits.noRelayBelow && !this.isGraylisted(nodeId);
  }

  mayGossip(nodeId: string): boolean {
    return this.score(nodeId) >= limits.noGossipBelow && !this.isGraylisted(nodeId);
  }

  isGraylisted(nodeId: string): boolean {
    return this.#graylistedMs(this.#entries.get(nodeId)) > 0;
  }

  conduct(nodeId: string, kind: ConductKind, why: string): void {
    const entry = this.#decayed(nodeId) ?? this.#add(nodeId);
    if (entry === undefined) return;
    // More would keep a good name long after the service has ended.
    if (kind !== 'useful' || entry.counters.useful < limits.usefulAtMost) entry.counters[kind]++;
    this.#judge(nodeId, entry, why);
  }

  refused(nodeId: string, error: unknown): void {
    if (isFault(error)) this.conduct(nodeId, 'invalid', error.message.replace(/\.$/, ''));
  }

  /** A person forgives: nothing is known of the peer. */
  forgive(nodeId: string): void {
    this.#entries.delete(nodeId);
  }

  /** What the score of a peer is made of. */
  standingOf(nodeId: string): Standing {
    const entry = this.#decayed(nodeId);
    const counters = entry?.counters ?? noCounters();
    const graylistedMs = this.#graylistedMs(entry);
    const score = scoreOf(counters);
    return {
      score: round(score),
      useful: round(counters.useful),
      invalid: round(counters.invalid),
      timeouts: round(counters.timeout),
      behaviour: round(counters.behaviour),
      level: levelOf(score, graylistedMs > 0),
      graylistedMs: Math.ceil(graylistedMs),
    };
  }

  /** Ids of peers that are graylisted now. */
  graylisted(): readonly string[] {
    return [...this.#entries.keys()].filter((nodeId) => this.isGraylisted(nodeId));
  }

  /** Forgets those of whom nothing is left to know. Called once in a while. */
  maintain(): void {
    const now = this.#options.monotonicMs();
    for (const [nodeId, entry] of this.#entries) {
      this.#decay(entry);
      if (scoreOf(entry.counters) >= limits.graylistBelow) entry.isTold = false;
      const isRemembered = entry.lastGraylistMs > 0 && now - entry.graylistedUntilMs < limits.forgetGraylistMs;
      if (!isRemembered && Object.values(entry.counters).every((count) => count === 0)) this.#entries.delete(nodeId);
    }
  }

  #judge(nodeId: string, entry: Entry, why: string): void {
    if (scoreOf(entry.counters) >= limits.graylistBelow) {
      entry.isTold = false;
      return;
    }
    const { members, monotonicMs, onGraylisted } = this.#options;
    if (members() < limits.leastMembers) {
      if (!entry.isTold) onGraylisted?.(nodeId, 0, why);
      entry.isTold = true;
      return;
    }
    const now = monotonicMs();
    if (now < entry.graylistedUntilMs) return;
    const isFirst = entry.lastGraylistMs === 0 || now - entry.graylistedUntilMs >= limits.forgetGraylistMs;
    entry.lastGraylistMs = isFirst ? limits.graylistMs : Math.min(limits.graylistAtMostMs, entry.lastGraylistMs * 2);
    entry.graylistedUntilMs = now + entry.lastGraylistMs;
    entry.isTold = true;
    onGraylisted?.(nodeId, entry.lastGraylistMs, why);
  }

  #graylistedMs(entry: Entry | undefined): number {
    return entry === undefined ? 0 : Math.max(0, entry.graylistedUntilMs - this.#options.monotonicMs());
  }

  /** Undefined: there is no room, and nobody of whom nothing is left to know. */
  #add(nodeId: string): Entry | undefined {
    if (this.#entries.size >= limits.peers) this.maintain();
    if (this.#entries.size >= limits.peers) return undefined;
    const now = this.#options.monotonicMs();
    const entry = { counters: noCounters(), decayedMs: now, graylistedUntilMs: 0, lastGraylistMs: 0, isTold: false };
    this.#entries.set(nodeId, entry);
    return entry;
  }

  #decayed(nodeId: string): Entry | undefined {
    const entry = this.#entries.get(nodeId);
    if (entry !== undefined) this.#decay(entry);
    return entry;
  }

  #decay(entry: Entry): void {
    const steps = Math.floor((this.#options.monotonicMs() - entry.decayedMs) / limits.decayMs);
    if (steps <= 0) return;
    entry.decayedMs += steps * limits.decayMs;
    const factor = limits.decay ** steps;
    const left = (count: number) => (count * factor < limits.least ? 0 : count * factor);
    const { useful, invalid, timeout, behaviour } = entry.counters;
    entry.counters = { useful: left(useful), invalid: left(invalid), timeout: left(timeout), behaviour: left(behaviour) };
  }
}

/** The formula of security.md 2.7. */
function scoreOf({ useful, invalid, timeout, behaviour }: Counters): number {
  return (
    Math.min(useful, limits.usefulAtMost) * limits.usefulWeight -
    invalid ** 2 * limits.invalidWeight -
    timeout * limits.timeoutWeight -
    behaviour ** 2 * limits.behaviourWeight
  );
}

function levelOf(score: number, isGraylisted: boolean): Standing['level'] {
  if (isGraylisted) return 'graylisted';
  if (score < limits.noGossipBelow) return 'noGossip';
  if (score < limits.noRelayBelow) return 'noRelay';
  return score >= 1 ? 'good' : 'neutral';
}

function noCounters(): Counters {
  return { useful: 0, invalid: 0, timeout: 0, behaviour: 0 };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
