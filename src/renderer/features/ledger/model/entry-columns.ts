import type { LeavingColumn } from '../../shared/table/fitting-columns.ts';

export interface EntryColumn extends LeavingColumn {
  readonly id: 'signature' | 'time' | 'chain' | 'number' | 'actor' | 'act' | 'target' | 'outcome' | 'prevHash';
  readonly right?: boolean;
}

/** What leaves last says who did what when, and with which result. */
export const entryColumns: readonly EntryColumn[] = [
  { id: 'signature', minPx: 12, leaves: 0 },
  { id: 'time', minPx: 64, leaves: 0 },
  { id: 'chain', minPx: 72, share: 0.8, leaves: 4 },
  { id: 'number', minPx: 64, leaves: 5, right: true },
  { id: 'actor', minPx: 72, share: 1, leaves: 0 },
  { id: 'act', minPx: 120, share: 1.6, leaves: 0 },
  { id: 'target', minPx: 80, share: 1.6, leaves: 2 },
  { id: 'outcome', minPx: 96, share: 0.9, leaves: 0 },
  { id: 'prevHash', minPx: 76, leaves: 6 },
];
