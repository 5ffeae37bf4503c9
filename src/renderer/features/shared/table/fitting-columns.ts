/** A column of a table that loses columns when its width does. */
export interface LeavingColumn {
  /** What its track needs at least, in px. */
  readonly minPx: number;
  /** How much of the room that is left it takes, beside other shares. Absent: its track stays at `minPx`. */
  readonly share?: number;
  /** The highest leaves first; 0: never (look.md section 4). */
  readonly leaves: number;
}

const gapPx = 12;
const paddingPx = 24;

/**
 * The columns that fit into a width, in their order: by priority they leave, never by squeezing.
 *
 * @param widthPx of the table
 */
export function columnsThatFit<Column extends LeavingColumn>(columns: readonly Column[], widthPx: number): readonly Column[] {
  const kept = new Set<Column>();
  let room = widthPx - paddingPx + gapPx;
  for (const candidate of [...columns].sort((a, b) => a.leaves - b.leaves)) {
    room -= candidate.minPx + gapPx;
    if (room < 0 && candidate.leaves > 0) break;
    kept.add(candidate);
  }
  return columns.filter((candidate) => kept.has(candidate));
}

/** The CSS grid track of a column. */
export function trackOf({ minPx, share }: LeavingColumn): string {
  return share === undefined ? `${minPx}px` : `minmax(${minPx}px, ${share}fr)`;
}
