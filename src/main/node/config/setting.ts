import type { z } from 'zod';

/** One setting, declared once: check, form and help derive from it. */
export interface SettingSpec<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly group: string;
  /** Name for people, with the unit where there is one. */
  readonly title: string;
  /** What it does and when to change it. */
  readonly help: string;
  /** The value without a word in the file; asked once at load. */
  readonly fallback: () => z.output<S>;
  /** `live`: in force at once; `restart`: from the next start on. */
  readonly applies: 'live' | 'restart';
}

/** Keeps the type of the schema. */
export function setting<S extends z.ZodType>(spec: SettingSpec<S>): SettingSpec<S> {
  return spec;
}
