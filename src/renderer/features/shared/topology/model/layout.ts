/** Where each node of the topology stands. Only who is in the cluster decides, never a value (look.md section 9). */
import { type Cell, nearestFree, overlap, pitch } from './lattice.ts';

export type Cells = ReadonlyMap<string, Cell>;

export interface LayoutInput {
  /** Ids of the nodes beside the hub, in the order they are read: left to right, row by row. */
  readonly members: readonly string[];
  /** Id of what all links lead to: the hub's node, or the broker. */
  readonly hub: string;
  /** Where a person has put nodes. */
  readonly moved: Cells;
  /** The layout before: a node that has a place keeps it when others join. */
  readonly before?: Cells;
}

/** So many stand in one row under the hub; more make a block of rows. */
const mostInOneRow = 4;
/** Width to height of a block: between those of the Nodes view and of the panel in the Overview. */
const blockRatio = 2.2;

/**
 * Columns of the block. With more than one row their number is even, so that the hub stands over a lane and the trunk below it
 * passes no node.
 */
export function columnsFor(members: number): number {
  if (members <= mostInOneRow) return Math.max(1, members);
  let columns = 2;
  const ratio = () => (columns * pitch.x) / ((Math.ceil(members / columns) + 1) * pitch.y);
  while (ratio() < blockRatio) columns += 2;
  return columns;
}

/** The layout: the hub above, the others in rows below it. The same input gives the same cells; no two nodes overlap. */
export function layOut({ members, hub, moved, before = new Map() }: LayoutInput): Cells {
  const cells = new Map<string, Cell>();
  const put = (id: string, wanted: Cell) => cells.set(id, nearestFree(wanted, [...cells.values()]));
  const all = [hub, ...members];
  for (const id of all) {
    const cell = moved.get(id);
    if (cell !== undefined) put(id, cell);
  }
  const columns = columnsFor(members.length);
  if (!cells.has(hub)) put(hub, before.get(hub) ?? { column: (columns - 1) / 2, row: 0 });
  for (const id of members) {
    const cell = before.get(id);
    if (cell !== undefined && !cells.has(id) && isFree(cell, cells)) cells.set(id, cell);
  }
  let index = 0;
  for (const id of members) {
    if (cells.has(id)) continue;
    let cell = cellOf(index, columns);
    while (!isFree(cell, cells)) cell = cellOf(++index, columns);
    cells.set(id, cell);
  }
  return cells;
}

function cellOf(index: number, columns: number): Cell {
  return { column: index % columns, row: 1 + Math.floor(index / columns) };
}

function isFree(cell: Cell, cells: Cells): boolean {
  for (const other of cells.values()) if (overlap(cell, other)) return false;
  return true;
}
