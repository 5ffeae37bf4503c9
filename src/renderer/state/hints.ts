/** The hints of the first days, kept on this machine. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export const hints = ['backup', 'cluster', 'invite', 'look', 'palette'] as const;
export type Hint = (typeof hints)[number];

interface Hints {
  /** The first run has ended here, so they are shown until each was closed. */
  readonly on: boolean;
  readonly closed: readonly Hint[];
  /** The key was backed up from this console: nobody is reminded of it. */
  readonly backedUp: boolean;
}

export const useHints = create<Hints>()(
  persist((): Hints => ({ on: false, closed: [], backedUp: false }), { name: 'signalbox.hints', version: 1 }),
);

export function closeHint(hint: Hint): void {
  useHints.setState(({ closed }) => ({ closed: [...closed.filter((known) => known !== hint), hint] }));
}
