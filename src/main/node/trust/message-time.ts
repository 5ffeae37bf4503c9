import { trustLimits } from './limits.ts';
import { refusal } from './refusal.ts';

/** The clocks by which a message is judged. */
export interface ReceiveClock {
  /** This node's, milliseconds since the epoch. */
  readonly nowMs: number;
  /** How far the sender's clock is ahead of it; undefined while unmeasured. */
  readonly offsetMs?: number | undefined;
}

/**
 * Neither from the future nor too late (security.md 2.6). A time to live of 0 is good for the tolerance alone.
 *
 * @throws SignalboxError `FUTURE`, `EXPIRED`; `data.differenceMs` says by how much
 */
export function checkTime(
  { timestampMs, ttlSeconds }: { readonly timestampMs: number; readonly ttlSeconds: number },
  { nowMs, offsetMs = 0 }: ReceiveClock,
): void {
  const aheadMs = timestampMs - (nowMs + offsetMs);
  if (aheadMs > trustLimits.clockToleranceMs)
    throw refusal('FUTURE', 'A message was refused: its time lies in the future, so one of the clocks is wrong.', {
      differenceMs: aheadMs,
    });
  const lateMs = -aheadMs - ttlSeconds * 1_000;
  if (lateMs > trustLimits.clockToleranceMs) throw refusal('EXPIRED', 'A message was refused: it came too late.', { differenceMs: lateMs });
}
