/** Six hours of a peer's health as charts and bands show them. */
import type { ResultOf } from '../../../../../common/contract/index.ts';
import type { PeerHealth } from '../../../../../common/contract/peers.ts';

export type HealthSample = ResultOf<'peers.get'>['history'][number];

export const historyMs = 6 * 3_600_000;
/** A sample comes each half minute; without one for so long the node did not look. */
const gapMs = 90_000;

export interface HealthColumns {
  readonly timesMs: readonly number[];
  readonly latencyMs: readonly (number | null)[];
  readonly successPercent: readonly (number | null)[];
}

/** Columns for the charts. Where the node did not look stands a point without values, so that no line is drawn across. */
export function healthColumns(history: readonly HealthSample[]): HealthColumns {
  const timesMs: number[] = [];
  const latencyMs: (number | null)[] = [];
  const successPercent: (number | null)[] = [];
  for (const { at, latencyMs: latency, successRate } of history) {
    const before = timesMs.at(-1);
    if (before !== undefined && at - before > gapMs) {
      timesMs.push(before + gapMs / 2);
      latencyMs.push(null);
      successPercent.push(null);
    }
    timesMs.push(at);
    latencyMs.push(latency);
    successPercent.push(successRate === null ? null : successRate * 100);
  }
  return { timesMs, latencyMs, successPercent };
}

/** A time in which the health was the same; null: the node did not look. */
export interface HealthBand {
  readonly health: PeerHealth | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The health over time, without holes between the first sample and now.
 *
 * @param nowMs until when the last sample holds
 */
export function healthBands(history: readonly HealthSample[], nowMs: number): readonly HealthBand[] {
  const bands: HealthBand[] = [];
  const add = (health: PeerHealth | null, fromMs: number, toMs: number) => {
    if (toMs <= fromMs) return;
    const last = bands.at(-1);
    if (last?.health === health) bands[bands.length - 1] = { ...last, toMs };
    else bands.push({ health, fromMs, toMs });
  };
  history.forEach(({ at, health }, index) => {
    const nextAt = history[index + 1]?.at ?? Math.max(nowMs, at);
    add(health, at, Math.min(nextAt, at + gapMs));
    add(null, at + gapMs, nextAt);
  });
  return bands;
}

/** The share of the watched time in which a peer was so, 0 to 1; healths that never were are left out. */
export function healthShares(bands: readonly HealthBand[]): readonly (readonly [health: PeerHealth, share: number])[] {
  const sums = new Map<PeerHealth, number>();
  for (const { health, fromMs, toMs } of bands) if (health !== null) sums.set(health, (sums.get(health) ?? 0) + toMs - fromMs);
  const total = [...sums.values()].reduce((sum, ms) => sum + ms, 0);
  return [...sums].map(([health, ms]) => [health, ms / total] as const).sort((a, b) => b[1] - a[1]);
}
