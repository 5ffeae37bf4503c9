import { useMemo } from 'react';
import { columnsThatFit, type LeavingColumn } from './fitting-columns.ts';

/**
 * The columns that a table shows: the same array as long as the same ones fit, so that the rows are not drawn for each px.
 *
 * @param widthPx of the table; 0: not measured yet
 */
export function useFittingColumns<Column extends LeavingColumn & { readonly id: string }>(
  columns: readonly Column[],
  widthPx: number,
): readonly Column[] {
  const fitting = columnsThatFit(columns, widthPx === 0 ? Number.POSITIVE_INFINITY : widthPx);
  const key = fitting.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids say which of the columns
  return useMemo(() => fitting, [columns, key]);
}
