/** Where each value of a JSON text is written, so that a fault found in the value can be marked in the text. */
import { jsonTokens, unquoteJson } from './json-cursor.ts';
import { formatPointer, type JsonPath } from './json-pointer.ts';

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly kind: 'object' | 'array';
  readonly path: JsonPath;
  readonly from: number;
  key: string;
  index: number;
  awaitsKey: boolean;
}

/** The range of every value by its JSON pointer; tolerates unfinished text. */
export function jsonRanges(text: string): ReadonlyMap<string, TextRange> {
  const ranges = new Map<string, TextRange>();
  const stack: Place[] = [];
  const pathHere = (): JsonPath => {
    const top = stack.at(-1);
    if (top === undefined) return [];
    return [...top.path, top.kind === 'array' ? top.index : top.key];
  };
  for (const token of jsonTokens(text)) {
    const top = stack.at(-1);
    if (token.text === '{' || token.text === '[') {
      const kind = token.text === '{' ? 'object' : 'array';
      stack.push({ kind, path: pathHere(), from: token.from, key: '', index: 0, awaitsKey: kind === 'object' });
    } else if (token.text === '}' || token.text === ']') {
      const closed = stack.pop();
      if (closed !== undefined) ranges.set(formatPointer(closed.path), { from: closed.from, to: token.to });
    } else if (token.text === ',') {
      if (top !== undefined) {
        top.index++;
        top.awaitsKey = top.kind === 'object';
      }
    } else if (token.text !== ':') {
      if (top?.awaitsKey === true) {
        top.key = unquoteJson(token.text);
        top.awaitsKey = false;
      } else ranges.set(formatPointer(pathHere()), { from: token.from, to: token.to });
    }
  }
  for (const left of stack) ranges.set(formatPointer(left.path), { from: left.from, to: text.length });
  return ranges;
}

/**
 * Where to mark a fault at a pointer: the value, or where the nearest container that is written begins when the value is
 * missing.
 */
export function rangeForPointer(text: string, pointer: string, ranges = jsonRanges(text)): TextRange {
  const exact = ranges.get(pointer);
  if (exact !== undefined) return exact;
  let outer = pointer;
  while (outer !== '') {
    outer = outer.slice(0, outer.lastIndexOf('/'));
    const range = ranges.get(outer);
    if (range !== undefined) return { from: range.from, to: Math.min(range.from + 1, range.to) };
  }
  return { from: 0, to: Math.min(1, text.length) };
}
