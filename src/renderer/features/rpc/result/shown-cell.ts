import { formatTime } from '../../../state/format.ts';
import { cellText } from '../model/result-table.ts';

/** No count of a node comes near the milliseconds of this century. */
const earliestTimeMs = 1e12;

/** A cell of a table: moments as times, everything else as it is. */
export function shownCell(column: string, value: unknown): string {
  const isMoment = typeof value === 'number' && value > earliestTimeMs && /(?:timestamp|At|AtMs|time)$/.test(column);
  return isMoment ? formatTime(value, { milliseconds: true }) : cellText(value);
}
