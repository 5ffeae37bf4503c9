/** A column of a table that loses columns when its width does. */
export interface LeavingColumn {
  readonly minPx: number;
  /** The highest leaves first; 0: never. */
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
