import type { PeerHealth } from '../../../../common/contract/peers.ts';
import { healthLimits as limits } from './limits.ts';
import type { ServiceRecord } from './service-record.ts';

/**
 * What is made of a peer that is silent (security.md 2.7): `asking` while others look for it, `elsewhere` when one of them reaches it, `down`
 * when nobody does.
 */
export type Suspicion =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'elsewhere'; readonly seenBy: string }
  | { readonly kind: 'down'; readonly asked: number };

/** Everything that the health of a peer follows from. */
export interface HealthFacts {
  /** A way leads to it now. */
  readonly isReachable: boolean;
  /** It has said that it leaves. */
  readonly hasLeft: boolean;
  readonly suspicion: Suspicion;
  readonly missedHeartbeats: number;
  readonly service: Pick<ServiceRecord, 'latencyMs' | 'recentLatencyMs' | 'latencyP95Ms' | 'successRate' | 'outcomes'>;
  /** Ways to it, and those of them whose circuit is not closed. */
  readonly ways: number;
  readonly openCircuits: number;
  /** What it says of itself. */
  readonly reported: PeerHealth | null;
  readonly isGraylisted: boolean;
}

/** The health of a peer and why, for people. */
export interface Judgement {
  readonly health: PeerHealth;
  /** Null for a healthy one. */
  readonly reason: string | null;
}

type Rule = (facts: HealthFacts) => string | undefined;

const offline: readonly Rule[] = [
  ({ hasLeft }) => (hasLeft ? 'It was stopped: it said good-bye.' : undefined),
  ({ suspicion }) =>
    suspicion.kind === 'down'
      ? suspicion.asked === 0
        ? 'Nothing comes from it, and no other node could be asked.'
        : `Nothing comes from it, and ${suspicion.asked === 1 ? 'the other node that was asked does not' : `${suspicion.asked} others that were asked do not`} see it either.`
      : undefined,
  // It was never seen since this node started, or nobody is to look for it.
  ({ isReachable, suspicion }) => (!isReachable && suspicion.kind === 'none' ? 'No way leads to it.' : undefined),
];

const critical: readonly Rule[] = [
  ({ suspicion }) => (suspicion.kind === 'asking' ? 'Nothing comes from it; other nodes are asked whether they see it.' : undefined),
  ({ suspicion }) =>
    suspicion.kind === 'elsewhere'
      ? `${suspicion.seenBy} sees it, but nothing passes between it and this node. Check the network between the two.`
      : undefined,
  ({ ways, openCircuits }) =>
    ways > 0 && openCircuits === ways ? 'It does not answer on any way; each is tried again from time to time.' : undefined,
  ({ service: { successRate, outcomes } }) =>
    successRate !== null && outcomes >= limits.leastOutcomes && successRate < limits.criticalSuccessRate
      ? `It took ${percent(successRate)} of the last ${outcomes} messages.`
      : undefined,
  ({ reported }) => (reported === 'Critical' ? 'It says of itself that it has a critical problem. Look at its problems.' : undefined),
];

const warning: readonly Rule[] = [
  ({ isGraylisted }) => (isGraylisted ? 'It behaved badly: only control traffic is taken from it for a while.' : undefined),
  ({ missedHeartbeats }) => (missedHeartbeats >= limits.missedToWarn ? `${missedHeartbeats} heartbeats are missing.` : undefined),
  ({ service: { successRate, outcomes } }) =>
    successRate !== null && outcomes >= limits.leastOutcomes && successRate < limits.warnSuccessRate
      ? `It took ${percent(successRate)} of the last ${outcomes} messages.`
      : undefined,
  ({ ways, openCircuits }) =>
    openCircuits > 0 ? `It does not answer on ${openCircuits} of ${ways} ways; messages take another one.` : undefined,
  ({ service: { recentLatencyMs, latencyMs } }) =>
    recentLatencyMs !== null && latencyMs !== null && isGrown(recentLatencyMs, latencyMs)
      ? `It answers in ${Math.round(recentLatencyMs)} ms, usually in ${Math.round(latencyMs)} ms.`
      : undefined,
  ({ service: { latencyP95Ms } }) =>
    latencyP95Ms !== null && latencyP95Ms > limits.slowLatencyMs
      ? `1 of 20 messages takes more than ${limits.slowLatencyMs} ms.`
      : undefined,
  ({ reported }) => (reported === 'Warning' ? 'It says of itself that it has a problem. Look at its problems.' : undefined),
];

/** Judges a peer: the worst rule that applies, of several the first. */
export function judge(facts: HealthFacts): Judgement {
  for (const [health, rules] of [
    ['Offline', offline],
    ['Critical', critical],
    ['Warning', warning],
  ] as const) {
    for (const rule of rules) {
      const reason = rule(facts);
      if (reason !== undefined) return { health, reason };
    }
  }
  return { health: 'Healthy', reason: null };
}

/** How many heartbeats of a peer are missing after a silence; half of one is granted for jitter and travel. */
export function missedHeartbeats(silentMs: number, heartbeatMs: number): number {
  return Math.max(0, Math.floor(silentMs / heartbeatMs - 0.5));
}

function isGrown(recentMs: number, usualMs: number): boolean {
  return recentMs > limits.noticeableLatencyMs && recentMs > usualMs * limits.latencyGrowth;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
