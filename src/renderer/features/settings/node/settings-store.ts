/** The node's settings as the screen has them: what the node said, and what a person has typed and not saved. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Setting } from '../../../../common/contract/config.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import type { Draft } from '../model/setting-form.ts';

interface SettingsState {
  readonly settings: readonly Setting[] | undefined;
  readonly failure: SignalboxError | undefined;
  /** Why a draft is not saved, by key. */
  readonly problems: Readonly<Record<string, string>>;
  /** Keys on their way to the node. */
  readonly saving: ReadonlySet<string>;
}

export const useSettings = create<SettingsState>(() => ({ settings: undefined, failure: undefined, problems: {}, saving: new Set() }));

/** Typed and not saved. Kept on this machine, so that leaving the screen or a crash loses nothing and nobody has to be warned. */
export const useDrafts = create<{ readonly drafts: Readonly<Record<string, Draft>> }>()(
  persist(() => ({ drafts: {} }), { name: 'signalbox.settings-drafts', version: 1 }),
);

export function setDraft(key: string, draft: Draft): void {
  useDrafts.setState(({ drafts }) => ({ drafts: { ...drafts, [key]: draft } }));
}

export function dropDrafts(keys: readonly string[]): void {
  const gone = new Set(keys);
  const without = <T>(record: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)));
  useDrafts.setState(({ drafts }) => ({ drafts: without(drafts) }));
  useSettings.setState(({ problems }) => ({ problems: without(problems) }));
}

export function setProblems(found: Readonly<Record<string, string>>): void {
  useSettings.setState(({ problems }) => ({ problems: { ...problems, ...found } }));
}
