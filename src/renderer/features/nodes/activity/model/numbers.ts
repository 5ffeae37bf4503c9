import { formatCount, formatRate } from '../../../../state/format.ts';

export const noValue = '–';

/** Milliseconds under a head that says so: `0`, `0.04`, `0.4`, `38`, `1,240`. */
export function formatMs(ms: number | null): string {
  if (ms === null) return noValue;
  if (ms === 0) return '0';
  if (ms < 0.095) return ms.toFixed(2);
  return ms < 9.95 ? ms.toFixed(1) : formatCount(ms);
}

/** A count that a node may not tell. */
export function knownCount(count: number | null): string {
  return count === null ? noValue : formatCount(count);
}

/** A rate that a node may not tell. */
export function knownRate(perSecond: number | null): string {
  return perSecond === null ? noValue : formatRate(perSecond);
}

/** `0`, `0.9`, `12`: a share in percent. */
export function formatPercent(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  return percent === 0 ? '0' : percent < 10 ? percent.toFixed(1) : formatCount(percent);
}
