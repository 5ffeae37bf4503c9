/** The table of clients that have a position in a queue. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { TableModel } from '../../shared/table/table-model.ts';

export type Position = ResultOf<'queues.positions'>['positions'][number];
export type ClientColumnId = 'client' | 'position' | 'clientLag' | 'moved';

const number = { right: true, largestFirst: true } as const;

export const clientTable: TableModel<Position, ClientColumnId> = {
  keyOf: ({ clientId }) => clientId,
  nameOf: ({ clientId }) => clientId,
  columns: [
    { id: 'client', minPx: 120, share: 1, leaves: 0, by: ({ clientId }) => clientId },
    { id: 'position', minPx: 96, leaves: 1, by: ({ position }) => position, ...number },
    { id: 'clientLag', minPx: 88, leaves: 0, by: ({ lag }) => lag, ...number },
    // The column shows an age: the largest is what moved longest ago.
    { id: 'moved', minPx: 112, leaves: 2, by: ({ updatedAt }) => -updatedAt, ...number },
  ],
};
