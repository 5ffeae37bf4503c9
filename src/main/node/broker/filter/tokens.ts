import { SignalboxError } from '../../../../common/errors.ts';

/** What of a message a condition is about: `value.items[0].id`, `headers.source`, `key` … */
export interface FilterPath {
  readonly root: 'value' | 'headers' | 'key' | 'client' | 'size' | 'sequence' | 'time';
  /** Below `value` and `headers`. */
  readonly steps: readonly (string | number)[];
}

export const comparisons = ['==', '!=', '<=', '>=', '<', '>', 'contains', 'startsWith'] as const;
export type Comparison = (typeof comparisons)[number];

/** Numbers, truth values and null of JSON, and text. */
export type Literal = string | number | boolean | null;

export type FilterToken = { readonly position: number } & (
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'end' }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'path'; readonly path: FilterPath; readonly text: string }
  /** In quotes: searched for, or compared with. */
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }
);

/** No part of a pattern can begin where another can, so that each is read once from left to right. */
const blank = /\s+/y;
const symbol = /==|!=|<=|>=|<|>|\(|\)/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const nested = /(value|headers)((?:\.[^\s()[\].="!<>]+|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\])*)(?=[\s()="!<>]|$)/y;
const plain = /(key|client|size|sequence|time)(?=[\s()="!<>]|$)/y;
const word = /[^\s()="!<>]+/y;
const step = /\.([^\s()[\].="!<>]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;

/**
 * Cuts a filter into its parts.
 *
 * @throws SignalboxError `INVALID_PARAMS` with `data: {position}`, counted in characters from 0
 */
export function tokenize(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    return pattern.exec(text);
  };
  while (position < text.length) {
    const space = match(blank);
    if (space !== null) {
      position += space[0].length;
      continue;
    }
    const found = match(symbol) ?? match(quoted) ?? match(nested) ?? match(plain) ?? match(word);
    if (found === null)
      throw filterError(text[position] === '"' ? 'a quote is not closed' : `${text[position]} has no meaning here`, position);
    tokens.push(tokenOf(found, position));
    position += found[0].length;
  }
  return [...tokens, { kind: 'end', position }];
}

function tokenOf(found: RegExpExecArray, position: number): FilterToken {
  const [text, root] = found;
  if (text === '(' || text === ')' || text === 'and' || text === 'or' || text === 'not') return { kind: text, position };
  const comparison = comparisons.find((each) => each === text);
  if (comparison !== undefined) return { kind: 'comparison', comparison, position };
  if (text.startsWith('"')) return { kind: 'quoted', text: unquote(text, position), position };
  if (root === undefined) return { kind: 'word', text, position };
  const steps = [...(found[2] ?? '').matchAll(step)].map(([, name, index, key]) =>
    key === undefined ? (name ?? Number(index)) : unquote(key, position),
  );
  return { kind: 'path', path: { root: root as FilterPath['root'], steps }, text, position };
}

function unquote(text: string, position: number): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw filterError('a text in quotes is not written as in JSON', position);
  }
}

/** The error for a filter that cannot be read. */
export function filterError(why: string, position: number): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The filter cannot be read at character ${position + 1}: ${why}.`, {
    executed: 'no',
    data: { position },
  });
}
