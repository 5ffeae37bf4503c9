/** How much of this node's disk the copy of another node's chain may take: a member that floods its own chain fills no other node. */
import type { FullBlock } from './types.ts';

const dayMs = 86_400_000;

/** Bounds of each copy; the own chain has none. 0: as much as comes. */
export interface CopyShares {
  /** Bytes of all entries that are held. */
  readonly totalBytes: number;
  readonly totalEntries: number;
  /** Bytes of entries within 24 hours. */
  readonly dayBytes: number;
  readonly dayEntries: number;
}

export const noShares: CopyShares = { totalBytes: 0, totalEntries: 0, dayBytes: 0, dayEntries: 0 };

/** What was used of the share of a day: it is given back evenly over 24 hours, so it is no whole number. */
export interface DayUse {
  readonly bytes: number;
  readonly entries: number;
  /** Up to when it was given back, milliseconds since the epoch. */
  readonly atMs: number;
}

/** Which share is used up: that of a day, which comes back by itself, or that of the whole copy. */
export type UsedUp = 'day' | 'total';

/** What a copy holds already. */
export interface CopyHeld {
  readonly sizeBytes: number;
  readonly entries: number;
  readonly day: DayUse;
}

/**
 * Whether a copy may take one more block. The share of a day runs by the times that stand in the blocks, so a node that comes late takes the
 * past of an ordinary chain at once; only where those do not do, by the clock. A block that is larger than the share of a day waits for a whole
 * one, or it would wait for ever.
 *
 * @param nowMs milliseconds since the epoch, by the corrected clock
 * @returns what is used of the day then, or which share does not suffice
 */
export function takeShare(held: CopyHeld, { block, entries }: FullBlock, shares: CopyShares, nowMs: number): DayUse | UsedUp {
  if (!fitsTotal(held, { block, entries }, shares)) return 'total';
  const bytes = bytesOf(entries);
  for (const atMs of [Math.min(block.at, nowMs), nowMs]) {
    const given = givenBack(held.day, shares, atMs, nowMs);
    const use = { ...given, bytes: given.bytes + bytes, entries: given.entries + block.count };
    const isUnused = given.bytes === 0 && given.entries === 0;
    if (isUnused || (fits(use.bytes, shares.dayBytes) && fits(use.entries, shares.dayEntries))) return use;
  }
  return 'day';
}

/** Whether a block fits into the share of the whole copy. */
export function fitsTotal(held: Omit<CopyHeld, 'day'>, { block, entries }: FullBlock, shares: CopyShares): boolean {
  const bytes = bytesOf(entries);
  return fits(held.sizeBytes + bytes, shares.totalBytes) && fits(held.entries + block.count, shares.totalEntries);
}

/**
 * The use of a day at a later time. It is never more than a day has: what was used while a setting allowed more is given back in one day too.
 * What lies more than a day ahead was noted by a clock that was wrong, and is given back.
 */
function givenBack(day: DayUse, { dayBytes, dayEntries }: CopyShares, laterMs: number, nowMs: number): DayUse {
  const atMs = day.atMs > nowMs + dayMs ? 0 : day.atMs;
  const part = Math.max(0, laterMs - atMs) / dayMs;
  return {
    bytes: Math.max(0, Math.min(day.bytes, dayBytes) - part * dayBytes),
    entries: Math.max(0, Math.min(day.entries, dayEntries) - part * dayEntries),
    atMs: Math.max(atMs, laterMs),
  };
}

function bytesOf(entries: FullBlock['entries']): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}

function fits(amount: number, most: number): boolean {
  return most === 0 || amount <= most;
}
