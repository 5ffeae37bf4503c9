/** How a person looks at the topology and where they have put its nodes, kept on this machine. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Cell } from './model/lattice.ts';

/** Places kept; the oldest go. */
const mostPlaces = 500;

interface Arrangement {
  readonly form: 'graph' | 'table';
  /** By node id, in the order they were put there. */
  readonly moved: Readonly<Record<string, Cell>>;
}

export const useArrangement = create<Arrangement>()(
  persist((): Arrangement => ({ form: 'graph', moved: {} }), { name: 'signalbox.topology', version: 1 }),
);

/** Keeps a node at a place. */
export function keepPlace(nodeId: string, cell: Cell): void {
  useArrangement.setState(({ moved }) => {
    const { [nodeId]: _, ...others } = moved;
    return { moved: Object.fromEntries([...Object.entries(others), [nodeId, cell]].slice(-mostPlaces)) };
  });
}

/** Lets the layout decide again. */
export function forgetPlaces(): void {
  useArrangement.setState({ moved: {} });
}
