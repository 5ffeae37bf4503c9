import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Setting } from '../../../common/contract/config.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { DamagedFileError } from '../damaged-file-error.ts';
import {
  crossFieldIssues,
  isSettingKey,
  type SettingIssue,
  type SettingKey,
  type SettingValue,
  settingKeys,
  settings,
} from './settings.ts';
import { type FileValues, readSettingsFile, writeSettingsFile } from './settings-file.ts';

export interface ConfigOptions {
  /** Absolute path of `config.json`. */
  readonly file: string;
  /** Settings by key that win until the next start, as given on the command line. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface Validation {
  readonly valid: boolean;
  readonly issues: SettingIssue[];
  readonly restartNeeded: string[];
}

type Values = Map<SettingKey, unknown>;

/** The node's settings: what is in the file, what holds now, and how it is changed. */
export class Config {
  readonly #file: string;
  readonly #overrides: ReadonlyMap<SettingKey, unknown>;
  readonly #defaults: ReadonlyMap<SettingKey, unknown>;
  readonly #listeners = new Set<(changed: SettingKey[]) => void>();
  /** As the file has it, unknown and invalid ones included: they are a person's and stay. */
  #stored: FileValues;
  /** In force now. */
  #current: Values;
  #ignored: SettingIssue[];
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: string, overrides: ReadonlyMap<SettingKey, unknown>, stored: FileValues) {
    this.#file = file;
    this.#overrides = overrides;
    this.#defaults = new Map(settingKeys.map((key) => [key, settings[key].fallback()]));
    this.#stored = stored;
    const resolved = this.#resolve(stored);
    this.#current = resolved.values;
    this.#ignored = resolved.issues;
  }

  /**
   * Reads the settings; a first start writes the file with the node's name, which from then on does not follow the host name.
   *
   * @throws DamagedFileError the file cannot be read; it is left as it is
   * @throws SignalboxError `INVALID_PARAMS` for a bad override, `STORAGE_FULL` when a first file cannot be written
   */
  static async load({ file, overrides = {} }: ConfigOptions): Promise<Config> {
    const checked = new Map<SettingKey, unknown>();
    const issues: SettingIssue[] = [];
    for (const [key, value] of Object.entries(overrides)) {
      const result = parseSetting(key, value);
      if ('issue' in result) issues.push(result.issue);
      else checked.set(result.key, result.value);
    }
    if (issues.length > 0) throw invalid(issues);
    const stored = (await readSettingsFile(file)) ?? (await firstFile(file));
    const config = new Config(file, checked, stored);
    const clash = crossFieldIssues((key) => config.get(key)).filter(() => checked.size > 0);
    if (clash.length > 0) throw invalid(clash);
    return config;
  }

  /** Values of the file that are not used, each with the reason: unknown keys, wrong values. */
  get ignored(): readonly SettingIssue[] {
    return this.#ignored;
  }

  /** The value in force. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    return this.#current.get(key) as SettingValue<K>;
  }

  /**
   * Changes settings, all or none; durable when it resolves.
   *
   * @param values key and new value; null puts the default back
   * @returns keys in force at once, and keys that wait for a restart
   * @throws SignalboxError `INVALID_PARAMS` with `issues`, `CONFLICT` when the file was damaged by hand meanwhile, `STORAGE_FULL`
   */
  set(values: Readonly<Record<string, unknown>>): Promise<{ applied: string[]; restartNeeded: string[] }> {
    const result = this.#writing.then(() => this.#set(values));
    this.#writing = result.catch(() => undefined);
    return result;
  }

  /** Checks without saving. */
  validate(values: Readonly<Record<string, unknown>>): Validation {
    const { issues, stored } = this.#plan(values, this.#stored);
    const changed = issues.length > 0 ? [] : this.#difference(this.#resolve(stored).values);
    return { valid: issues.length === 0, issues, restartNeeded: changed.filter((key) => settings[key].applies === 'restart') };
  }

  /** Every setting with its form, default, value and state. */
  describe(): Setting[] {
    const saved = this.#resolve(this.#stored, false).values;
    return settingKeys.map((key) => {
      const spec = settings[key];
      const value = this.#current.get(key);
      const { $schema: _, ...schema } = z.toJSONSchema(spec.schema) as Record<string, unknown>;
      const overridden = this.#overrides.has(key);
      return {
        key,
        group: spec.group,
        title: spec.title,
        help: spec.help,
        schema,
        default: this.#defaults.get(key),
        value,
        saved: overridden ? value : saved.get(key),
        changed: !isDeepStrictEqual(value, this.#defaults.get(key)),
        live: spec.applies === 'live',
        pendingRestart: !overridden && !isDeepStrictEqual(saved.get(key), value),
        source: overridden ? 'option' : this.#stored.has(key) && !this.#ignored.some((issue) => issue.key === key) ? 'file' : 'default',
      };
    });
  }

  /** Called after each save with the keys whose value in force changed; none when all wait for a restart. */
  onChange(listener: (changed: SettingKey[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #set(values: Readonly<Record<string, unknown>>): Promise<{ applied: string[]; restartNeeded: string[] }> {
    const { issues, stored } = this.#plan(values, await this.#reread());
    if (issues.length > 0) throw invalid(issues);
    await writeSettingsFile(this.#file, stored);
    this.#stored = stored;
    const resolved = this.#resolve(stored);
    this.#ignored = resolved.issues;
    const changed = this.#difference(resolved.values);
    const applied = changed.filter((key) => settings[key].applies === 'live');
    for (const key of applied) this.#current.set(key, resolved.values.get(key));
    for (const listener of this.#listeners) listener(applied);
    return { applied, restartNeeded: changed.filter((key) => settings[key].applies === 'restart') };
  }

  /** The file may have been edited by hand since it was read; what was added there is kept. */
  async #reread(): Promise<FileValues> {
    try {
      return (await readSettingsFile(this.#file)) ?? this.#stored;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      throw new SignalboxError(
        'CONFLICT',
        `The settings were not saved: ${this.#file} was changed by hand and is not valid. ${error.detail} Correct the file first.`,
        {
          cause: error,
          executed: 'no',
        },
      );
    }
  }

  #plan(values: Readonly<Record<string, unknown>>, base: FileValues): { issues: SettingIssue[]; stored: FileValues } {
    const stored = new Map(base);
    const issues: SettingIssue[] = [];
    for (const [key, value] of Object.entries(values)) {
      // Null removes any key, so that a setting of another version can be cleared away.
      if (value === null && (isSettingKey(key) || stored.has(key))) stored.delete(key);
      else {
        const result = parseSetting(key, value);
        if ('issue' in result) issues.push(result.issue);
        else stored.set(key, result.value);
      }
    }
    if (issues.length > 0) return { issues, stored };
    // Only rules that the change itself breaks: an old clash must not keep a person from changing the name.
    const { values: next } = this.#resolve(stored, false, true);
    const touched = new Set(Object.keys(values));
    const clash = crossFieldIssues((key) => next.get(key) as never).filter(
      (issue) => touched.has(issue.key) || touchesGroup(touched, issue.key),
    );
    return { issues: clash, stored };
  }

  #difference(next: ReadonlyMap<SettingKey, unknown>): SettingKey[] {
    return settingKeys.filter((key) => !isDeepStrictEqual(next.get(key), this.#current.get(key)));
  }

  /**
   * Values in force from what the file says.
   *
   * @param withOverrides false: as the next start without options would have them
   * @param asWritten true: a clash between settings is left for the caller to see
   */
  #resolve(stored: FileValues, withOverrides = true, asWritten = false): { values: Values; issues: SettingIssue[] } {
    const values: Values = new Map(this.#defaults);
    const issues: SettingIssue[] = [];
    for (const [key, value] of stored) {
      const result = parseSetting(key, value);
      if ('issue' in result) issues.push(result.issue);
      else values.set(result.key, result.value);
    }
    if (withOverrides) for (const [key, value] of this.#overrides) values.set(key, value);
    if (asWritten) return { values, issues };
    // What a file edited by hand must not combine goes back to its default, and the node says so.
    for (const issue of crossFieldIssues((key) => values.get(key) as never)) {
      if (!isSettingKey(issue.key) || this.#overrides.has(issue.key)) continue;
      issues.push(issue);
      for (const key of resetWith[issue.key] ?? [issue.key]) values.set(key, this.#defaults.get(key));
    }
    return { values, issues };
  }
}

/** Settings that go back to their defaults together when one of them clashes. A certificate without its key is of no use, nor the other way round. */
const resetWith: Partial<Record<SettingKey, readonly SettingKey[]>> = {
  'http.tlsCertFile': ['http.tlsCertFile', 'http.tlsKeyFile'],
  'http.tlsKeyFile': ['http.tlsCertFile', 'http.tlsKeyFile'],
  'federation.certFile': ['federation.certFile', 'federation.keyFile'],
  'federation.keyFile': ['federation.certFile', 'federation.keyFile'],
  // A broker that was to be known by its key must not be joined without.
  'federation.pin': ['federation.mode'],
  // Another broker than the one that was meant must not be joined instead.
  'federation.brokerUrl': ['federation.mode'],
};

function touchesGroup(touched: ReadonlySet<string>, key: string): boolean {
  const group = key.split('.')[0];
  return [...touched].some((name) => name.startsWith(`${group}.`));
}

async function firstFile(file: string): Promise<FileValues> {
  const values: FileValues = new Map([['node.name', settings['node.name'].fallback()]]);
  await writeSettingsFile(file, values);
  return values;
}

function parseSetting(
  key: string,
  value: unknown,
): { readonly key: SettingKey; readonly value: unknown } | { readonly issue: SettingIssue } {
  if (!isSettingKey(key)) return { issue: { key, message: 'There is no setting of this name in this version.' } };
  const parsed = settings[key].schema.safeParse(value);
  if (parsed.success) return { key, value: parsed.data };
  const message = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': ')).join('; ');
  return { issue: { key, message: `${settings[key].title}: ${message}.` } };
}

function invalid(issues: readonly SettingIssue[]): SignalboxError {
  const text = issues.map(({ key, message }) => `${key}: ${message}`).join(' ');
  return new SignalboxError('INVALID_PARAMS', `The settings were not changed. ${text}`, {
    executed: 'no',
    // JSON pointers into the params of config.set, so that a form finds the field.
    data: { issues: issues.map(({ key, message }) => ({ path: `/values/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, message })) },
  });
}
