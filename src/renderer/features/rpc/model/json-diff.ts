/** What changed between two answers. */
import { formatPointer, type JsonPath } from '../../../design/data/json-pointer.ts';

export interface JsonChange {
  /** JSON pointer. */
  readonly pointer: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: unknown;
  readonly after: unknown;
}

export interface JsonDiff {
  readonly changes: readonly JsonChange[];
  /** There are more than are listed. */
  readonly more: boolean;
}

/** Compares two values member by member; arrays by position. Lists at most `most` changes. */
export function diffJson(before: unknown, after: unknown, most = 1_000): JsonDiff {
  const changes: JsonChange[] = [];
  let more = false;
  const add = (path: JsonPath, kind: JsonChange['kind'], old: unknown, now: unknown) => {
    if (changes.length >= most) more = true;
    else changes.push({ pointer: formatPointer(path), kind, before: old, after: now });
  };
  const walk = (old: unknown, now: unknown, path: JsonPath): void => {
    if (more || old === now) return;
    if (!isContainer(old) || !isContainer(now) || Array.isArray(old) !== Array.isArray(now)) {
      add(path, 'changed', old, now);
      return;
    }
    for (const key of keysOf(old, now)) {
      const inOld = Object.hasOwn(old, key);
      const inNow = Object.hasOwn(now, key);
      const here = [...path, key];
      if (!inOld) add(here, 'added', undefined, now[key]);
      else if (inNow) walk(old[key], now[key], here);
      else add(here, 'removed', old[key], undefined);
    }
  };
  walk(before, after, []);
  return { changes, more };
}

type Container = Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function keysOf(before: Container, after: Container): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}
