/**
 * The lattice that the topology is drawn on: nodes stand in cells, links run in the lanes between them. What stands in cells
 * leaves the lanes free, so no link passes behind a node (look.md section 9), wherever a person puts the nodes.
 */

/** Size of a node in px (look.md section 9). */
export const nodeSize = { width: 160, height: 44 } as const;
/** Distance of two cells in px; what is left beside a node is a lane. */
export const pitch = { x: nodeSize.width + 24, y: nodeSize.height + 36 } as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a node stands. Columns are whole for all but the hub, which may stand on half a column, over a lane. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** Top left corner of the node in a cell, in px. */
export function pointOf(cell: Cell): Point {
  return { x: cell.column * pitch.x, y: cell.row * pitch.y };
}

/** The cell whose corner is nearest. */
export function cellAt(point: Point, columnStep: 0.5 | 1): Cell {
  // `|| 0`: a cell left of the first one rounds to minus zero.
  return {
    column: Math.round(point.x / pitch.x / columnStep) * columnStep || 0,
    row: Math.round(point.y / pitch.y) || 0,
  };
}

/** Nodes in the two cells would cover each other. */
export function overlap(a: Cell, b: Cell): boolean {
  return a.row === b.row && Math.abs(a.column - b.column) < 1;
}

/** Rows and columns searched around a cell for a free one: more than the graph ever has. */
const mostSteps = 64;

/** The cell itself when nothing stands there, else the nearest free one; of equally near ones the upper left. */
export function nearestFree(wanted: Cell, taken: readonly Cell[]): Cell {
  const free = (cell: Cell) => !taken.some((other) => overlap(cell, other));
  for (let steps = 0; steps <= mostSteps; steps++) {
    for (let row = -steps; row <= steps; row++) {
      const across = steps - Math.abs(row);
      for (const column of across === 0 ? [0] : [-across, across]) {
        const cell = { column: wanted.column + column, row: wanted.row + row };
        if (free(cell)) return cell;
      }
    }
  }
  return wanted;
}
