/** The table of clients that have a position in a queue. */
import type { ResultOf } from '../../../../common/contract/index.ts';

export type Position = ResultOf<'queues.positions'>['positions'][number];
export type ClientColumn = 'client' | 'position' | 'clientLag' | 'moved';

export interface ClientSort {
  readonly column: ClientColumn;
  readonly descending: boolean;
}

/** The clients in order; equals stand by name. */
export function sortPositions(positions: readonly Position[], { column, descending }: ClientSort): readonly Position[] {
  const sign = descending ? -1 : 1;
  return positions.toSorted((a, b) => sign * comparisons[column](a, b) || byName(a, b));
}

const byName = (a: Position, b: Position): number => a.clientId.localeCompare(b.clientId, 'en', { numeric: true });

const comparisons: Record<ClientColumn, (a: Position, b: Position) => number> = {
  client: byName,
  position: (a, b) => a.position - b.position,
  clientLag: (a, b) => a.lag - b.lag,
  // The column shows an age: the largest is what moved longest ago.
  moved: (a, b) => b.updatedAt - a.updatedAt,
};
