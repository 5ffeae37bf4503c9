import { formatDuration } from '../../state/format.ts';

/** `5 s`, `5 min`, `1 h`: what people choose is round; anything else as a measured time. */
export function timeoutText(timeoutMs: number): string {
  if (timeoutMs % 3_600_000 === 0) return `${timeoutMs / 3_600_000} h`;
  if (timeoutMs % 60_000 === 0) return `${timeoutMs / 60_000} min`;
  return timeoutMs % 1_000 === 0 ? `${timeoutMs / 1_000} s` : formatDuration(timeoutMs);
}
