/** The columns of the nodes' table, and which of them there is room for. */
import { columnsThatFit } from '../../shared/fitting-columns.ts';

export const columnIds = [
  'name',
  'state',
  'via',
  'capabilities',
  'version',
  'rtt',
  'calls',
  'p95',
  'events',
  'running',
  'cpu',
  'seen',
] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  /** A CSS grid track. */
  readonly width: string;
  /** What the track needs at least, in px. */
  readonly minPx: number;
  /** Numbers stand at the right. */
  readonly right: boolean;
  /** The lowest stay longest: name, state and the numbers that may be wrong (look.md section 4). */
  readonly leaves: number;
}

const column = (id: ColumnId, minPx: number, leaves: number, more: { readonly share?: number; readonly right?: boolean } = {}): Column => ({
  id,
  width: more.share === undefined ? `${minPx}px` : `minmax(${minPx}px, ${more.share}fr)`,
  minPx,
  right: more.right === true,
  leaves,
});

const right = { right: true };
export const columns: readonly Column[] = [
  column('name', 132, 0, { share: 3 }),
  column('state', 152, 0),
  column('via', 92, 8),
  column('capabilities', 96, 10, { share: 2 }),
  column('version', 92, 9),
  column('rtt', 52, 2, right),
  column('calls', 52, 4, right),
  column('p95', 52, 5, right),
  column('events', 58, 6, right),
  column('running', 52, 7, right),
  column('cpu', 96, 1),
  column('seen', 72, 3, right),
];

/** The columns that fit into a width, in their order. */
export function fittingColumns(widthPx: number): readonly Column[] {
  return columnsThatFit(columns, widthPx);
}
