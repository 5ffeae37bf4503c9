import { useMemo } from 'react';

/**
 * The columns that a table shows: the same array as long as the same ones fit, so that the rows are not drawn for each px.
 *
 * @param columnsIn which columns fit a width, px
 * @param widthPx of the table; 0: not measured yet
 */
export function useFittingColumns<Column extends { readonly id: string }>(
  columnsIn: (widthPx: number) => readonly Column[],
  widthPx: number,
): readonly Column[] {
  const fitting = columnsIn(widthPx === 0 ? Number.POSITIVE_INFINITY : widthPx);
  const key = fitting.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids say all
  return useMemo(() => fitting, [key]);
}
