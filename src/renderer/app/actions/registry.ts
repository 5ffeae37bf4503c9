/**
 * The action registry: whatever a person can do is one object. Palette, shortcuts, menus and buttons are projections
 * of it, so no act exists in one place only.
 */
import { create } from 'zustand';
import type { Role } from '../../../common/roles.ts';

/** 0 read · 1 reversible · 2 hard to undo · 3 destroys data (ui.md section 4). */
export type Danger = 0 | 1 | 2 | 3;
export type ActionGroup = 'go' | 'act' | 'instance' | 'appearance' | 'method';

export interface Action {
  readonly id: string;
  readonly group: ActionGroup;
  /** Already translated. */
  readonly title: string;
  /** What it does, in words, beside the title. */
  readonly detail?: string;
  readonly keywords?: string;
  /** `mod+k`: `mod` is Ctrl, or Command on macOS. */
  readonly shortcut?: string;
  readonly danger: Danger;
  /** Shown as a tag instead of what `danger` implies. */
  readonly role?: Role;
  /** False: known, but not possible now. Default true. */
  readonly enabled?: boolean;
  /** Why it is not possible now, when that is not the person's role or the connection. */
  readonly reason?: string;
  run(): void;
}

interface RegistryState {
  readonly sources: ReadonlyMap<string, readonly Action[]>;
}

const useRegistry = create<RegistryState>(() => ({ sources: new Map() }));

/** Makes the acts of one part of the console known under its name, replacing its earlier ones; returns how to withdraw them. */
export function provideActions(source: string, actions: readonly Action[]): () => void {
  useRegistry.setState(({ sources }) => ({ sources: new Map(sources).set(source, actions) }));
  return () =>
    useRegistry.setState(({ sources }) => {
      if (sources.get(source) !== actions) return { sources };
      const next = new Map(sources);
      next.delete(source);
      return { sources: next };
    });
}

/** Every act that is possible now. */
export function currentActions(): readonly Action[] {
  return [...useRegistry.getState().sources.values()].flat();
}

/** The same, re-rendering when it changes. */
export function useActions(): readonly Action[] {
  const sources = useRegistry((state) => state.sources);
  return [...sources.values()].flat();
}

/** Runs an act by id, when it is known and possible. */
export function runAction(id: string): void {
  const action = currentActions().find((known) => known.id === id);
  if (action !== undefined && action.enabled !== false) action.run();
}
