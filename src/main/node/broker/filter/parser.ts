import { type Comparison, type FilterPath, type FilterToken, filterError, type Literal, tokenize } from './tokens.ts';

/** A filter as a tree. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  /** Lower case. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'exists'; readonly path: FilterPath }
  | { readonly kind: 'compare'; readonly path: FilterPath; readonly comparison: Comparison; readonly literal: Literal };

export const filterLimits = {
  /** Characters of a filter. */
  characters: 512,
  /** Parentheses and `not` inside each other. */
  depth: 16,
  /** Words and conditions. */
  terms: 64,
} as const;

const numberForm = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const named: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads a filter.
 *
 * @returns undefined for an empty one, which everything passes
 * @throws SignalboxError `INVALID_PARAMS` with `data: {position}`
 */
export function parseFilter(text: string): FilterNode | undefined {
  if (text.length > filterLimits.characters)
    throw filterError(`it is longer than ${filterLimits.characters} characters`, filterLimits.characters);
  const tokens = tokenize(text);
  return tokens.length === 1 ? undefined : new FilterParser(tokens).parse();
}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #at = 0;
  #terms = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): FilterNode {
    const node = this.#either(0);
    const { kind, position } = this.#next;
    if (kind !== 'end') throw filterError(kind === ')' ? 'there is no parenthesis to be closed' : 'a condition is expected', position);
    return node;
  }

  get #next(): FilterToken {
    return this.#tokens[this.#at] as FilterToken;
  }

  #either(depth: number): FilterNode {
    const parts = [this.#all(depth)];
    while (this.#next.kind === 'or') {
      this.#at++;
      parts.push(this.#all(depth));
    }
    return parts.length === 1 ? (parts[0] as FilterNode) : { kind: 'or', parts };
  }

  /** What stands side by side, with or without `and`. */
  #all(depth: number): FilterNode {
    const parts = [this.#one(depth)];
    for (;;) {
      const { kind } = this.#next;
      if (kind === 'end' || kind === ')' || kind === 'or') break;
      if (kind === 'and') this.#at++;
      parts.push(this.#one(depth));
    }
    return parts.length === 1 ? (parts[0] as FilterNode) : { kind: 'and', parts };
  }

  #one(depth: number): FilterNode {
    const token = this.#next;
    if (depth > filterLimits.depth) throw filterError(`it is nested deeper than ${filterLimits.depth}`, token.position);
    this.#at++;
    if (token.kind === 'not') return { kind: 'not', part: this.#one(depth + 1) };
    if (token.kind === '(') {
      const node = this.#either(depth + 1);
      if (this.#next.kind !== ')') throw filterError('a parenthesis is not closed', token.position);
      this.#at++;
      return node;
    }
    if (++this.#terms > filterLimits.terms)
      throw filterError(`it has more than ${filterLimits.terms} words and conditions`, token.position);
    if (token.kind === 'word' || token.kind === 'quoted') return this.#search(token.text);
    if (token.kind === 'path') return this.#condition(token.path, token.text);
    throw filterError('a word or a condition is expected', token.position);
  }

  #search(text: string): FilterNode {
    const { kind, position } = this.#next;
    if (kind === 'comparison')
      throw filterError('on the left of a comparison stands value, headers, key, client, size, sequence or time', position);
    return { kind: 'text', text: text.toLowerCase() };
  }

  #condition(path: FilterPath, text: string): FilterNode {
    const token = this.#next;
    if (token.kind !== 'comparison') {
      const asks = path.root === 'key' || path.steps.length > 0;
      return asks ? { kind: 'exists', path } : { kind: 'text', text: text.toLowerCase() };
    }
    this.#at++;
    return { kind: 'compare', path, comparison: token.comparison, literal: this.#literal(path) };
  }

  #literal(path: FilterPath): Literal {
    const token = this.#next;
    this.#at++;
    if (token.kind === 'quoted') return path.root === 'time' ? timeOf(token.text, token.position) : token.text;
    if (token.kind !== 'word') throw filterError('a number, true, false, null or a text in quotes is expected', token.position);
    const known = named.get(token.text);
    if (known !== undefined) return known;
    if (!numberForm.test(token.text)) throw filterError(`${token.text} is no number; put a text in quotes`, token.position);
    return Number(token.text);
  }
}

function timeOf(text: string, position: number): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw filterError('a time is written as 2026-01-31T12:00:00Z, or in milliseconds', position);
  return timeMs;
}
