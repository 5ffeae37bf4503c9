/** How far the clock of another node is off. */

/** From here on a person should know: times of different nodes can no longer be compared by eye. */
const skewedFromMs = 1_000;

/** True when the clock is far enough off to say so in a list. */
export function isSkewed(offsetMs: number | null): offsetMs is number {
  return offsetMs !== null && Math.abs(offsetMs) > skewedFromMs;
}

/** `+12 ms`, `−2.1 s`, `0 ms`; minutes and hours from a hundred seconds on. */
export function formatOffset(offsetMs: number): string {
  const size = Math.abs(offsetMs);
  const sign = Math.round(offsetMs) === 0 ? '' : offsetMs < 0 ? '−' : '+';
  if (size < 1_000) return `${sign}${Math.round(size)} ms`;
  if (size < 100_000) return `${sign}${(size / 1_000).toFixed(1)} s`;
  if (size < 7_200_000) return `${sign}${Math.round(size / 60_000)} min`;
  return `${sign}${Math.round(size / 3_600_000)} h`;
}
