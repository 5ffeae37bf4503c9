/** Where something is inside a JSON value, and how to read and change it there. */

/** Keys of objects and indexes of arrays, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** `/users/0/name` (RFC 6901). */
export function formatPointer(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The path of a pointer. Digits stay text: {@link getAt} and {@link setAt} take either. */
export function parsePointer(pointer: string): JsonPath {
  if (pointer === '') return [];
  return pointer
    .replace(/^\//, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What is at a path, or undefined. Own properties only, so that `constructor` is no value. */
export function getAt(value: unknown, path: JsonPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/**
 * A copy with the value at a path replaced; missing containers are made: an array where the next part is a number, else
 * an object. Undefined removes a property, or takes an element out of an array.
 */
export function setAt(value: unknown, path: JsonPath, next: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return next;
  if (Array.isArray(value)) return setInArray(value, Number(first), rest, next);
  if (typeof value !== 'object' || value === null) {
    if (next === undefined) return value;
    return typeof first === 'number' ? setInArray([], first, rest, next) : { [first]: setAt(undefined, rest, next) };
  }
  const record = value as Record<string | number, unknown>;
  const changed = setAt(Object.hasOwn(record, first) ? record[first] : undefined, rest, next);
  if (changed !== undefined) return { ...record, [first]: changed };
  const { [first]: _removed, ...others } = record;
  return others;
}

function setInArray(value: readonly unknown[], index: number, rest: JsonPath, next: unknown): unknown[] {
  const changed = setAt(value[index], rest, next);
  if (changed === undefined) return value.toSpliced(index, 1);
  const copy = [...value];
  copy[index] = changed;
  return copy;
}
