import { columnsThatFit, type LeavingColumn } from '../../shared/fitting-columns.ts';

export interface EntryColumn extends LeavingColumn {
  readonly id: 'signature' | 'time' | 'chain' | 'number' | 'actor' | 'act' | 'target' | 'outcome' | 'prevHash';
  /** A CSS grid track. */
  readonly width: string;
  readonly right?: boolean;
}

/** What leaves last says who did what when, and with which result. */
export const entryColumns: readonly EntryColumn[] = [
  { id: 'signature', width: '12px', minPx: 12, leaves: 0 },
  { id: 'time', width: '64px', minPx: 64, leaves: 0 },
  { id: 'chain', width: 'minmax(72px, 0.8fr)', minPx: 72, leaves: 4 },
  { id: 'number', width: '64px', minPx: 64, leaves: 5, right: true },
  { id: 'actor', width: 'minmax(72px, 1fr)', minPx: 72, leaves: 0 },
  { id: 'act', width: 'minmax(120px, 1.6fr)', minPx: 120, leaves: 0 },
  { id: 'target', width: 'minmax(80px, 1.6fr)', minPx: 80, leaves: 2 },
  { id: 'outcome', width: 'minmax(96px, 0.9fr)', minPx: 96, leaves: 0 },
  { id: 'prevHash', width: '76px', minPx: 76, leaves: 6 },
];

/** The columns that fit into a width, in their order. @param widthPx of the list */
export function fittingEntryColumns(widthPx: number): readonly EntryColumn[] {
  return columnsThatFit(entryColumns, widthPx);
}
