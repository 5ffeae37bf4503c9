/** JSON of strangers: bounded before it is parsed, checked for what `JSON.parse` lets through after (security.md F8, rows 18, 19). */
import { SignalboxError } from '../errors.ts';

export interface JsonBounds {
  readonly depth: number;
  readonly keys: number;
  /** Most array items of a value that arrived already built; those of a text are bounded by its length. */
  readonly items?: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

const refusedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses text that a stranger sent.
 *
 * Depth and key count are measured on the text, so a bomb is refused before anything is built. What remains is
 * compared with the parsed value: fewer keys than colons means that some key stood twice.
 *
 * @param text the frame
 * @param bounds most nesting and most keys
 * @throws SignalboxError `BAD_REQUEST` (not JSON), `TOO_LARGE` (a bound), `INVALID_PARAMS` (a value that means different things to different readers)
 */
export function parseGuarded(text: string, bounds: JsonBounds): unknown {
  const keys = scan(text, bounds);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SignalboxError('BAD_REQUEST', 'The frame is not JSON.', { executed: 'no' });
  }
  const found = inspect(value, text.includes('\\u'));
  if (found !== keys) throw refused('a key stands twice in one object');
  return value;
}

function scan(text: string, bounds: JsonBounds): number {
  let depth = 0;
  let keys = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === COLON) {
      if (++keys > bounds.keys) throw new SignalboxError('TOO_LARGE', `The frame has more than ${bounds.keys} keys.`, { executed: 'no' });
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > bounds.depth)
        throw new SignalboxError('TOO_LARGE', `The frame is nested deeper than ${bounds.depth}.`, { executed: 'no' });
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return keys;
}

/** Where the text that begins at `start` ends. Most of a frame is text, and `indexOf` passes it faster than a loop does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/**
 * The text that stands under a key of the outermost object, read without building anything: of a frame that is refused for
 * its size, so that whoever waits for an answer under that id gets one.
 *
 * @returns undefined when there is no such key, or what stands there is no short text
 */
export function outermostText(text: string, key: string, maxLength: number): string | undefined {
  let depth = 0;
  let keyIsNext = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      const found = keyIsNext && text.slice(index + 1, end) === key;
      index = end;
      keyIsNext = false;
      if (found) return textAfterColon(text.slice(end + 1, end + 1 + 8 * maxLength), maxLength);
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) keyIsNext = ++depth === 1 && code === OPEN_BRACE;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    else if (code === COMMA) keyIsNext = depth === 1;
  }
  return undefined;
}

function textAfterColon(rest: string, maxLength: number): string | undefined {
  const literal = /^\s*:\s*("(?:[^"\\]|\\.)*")/.exec(rest)?.[1];
  if (literal === undefined) return undefined;
  try {
    const value = JSON.parse(literal) as string;
    return value.length > 0 && value.length <= maxLength ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Counts keys and refuses values that do not survive a round trip. Depth is already bounded. */
function inspect(value: unknown, escapes: boolean): number {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw refused('a number cannot be represented');
    return 0;
  }
  if (typeof value === 'string') {
    if (escapes && !isWellFormed(value)) throw refused('a text has half a surrogate pair');
    return 0;
  }
  if (value === null || typeof value !== 'object') return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += inspect(item, escapes);
    return keys;
  }
  for (const key of Object.keys(value)) {
    checkKey(key, escapes);
    keys += 1 + inspect((value as Record<string, unknown>)[key], escapes);
  }
  return keys;
}

/**
 * The same checks for a value that arrived already built (structured clone over a MessagePort).
 *
 * @throws SignalboxError `TOO_LARGE`, `INVALID_PARAMS`
 */
export function checkPlainValue(value: unknown, bounds: JsonBounds): void {
  visit(value, bounds.depth, { keys: bounds.keys, items: bounds.items ?? Number.POSITIVE_INFINITY }, bounds);
}

/** What may still be visited: a clone can hold holes and shared parts, so its size says nothing of the way through it. */
interface Budget {
  keys: number;
  items: number;
}

function visit(item: unknown, depthLeft: number, budget: Budget, bounds: JsonBounds): void {
  if (depthLeft < 0) throw tooLarge(`nested deeper than ${bounds.depth}`);
  if (typeof item === 'number' || typeof item === 'string') inspect(item, true);
  else if (typeof item === 'object' && item !== null) visitObject(item, depthLeft, budget, bounds);
  else if (item !== null && typeof item !== 'boolean' && item !== undefined) throw refused('a value is not plain data');
}

function visitObject(item: object, depthLeft: number, budget: Budget, bounds: JsonBounds): void {
  if (Array.isArray(item)) {
    for (const entry of item) {
      if (--budget.items < 0) throw tooLarge(`longer than ${bounds.items} items`);
      visit(entry, depthLeft - 1, budget, bounds);
    }
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(item);
  if (prototype !== null && prototype !== Object.prototype) throw refused('a value is not plain data');
  for (const key of Object.keys(item)) {
    checkKey(key, true);
    if (--budget.keys < 0) throw tooLarge(`larger than ${bounds.keys} keys`);
    visit((item as Record<string, unknown>)[key], depthLeft - 1, budget, bounds);
  }
}

function checkKey(key: string, escapes: boolean): void {
  if (refusedKeys.has(key)) throw refused(`the key ${key} is not allowed`);
  if (escapes && !isWellFormed(key)) throw refused('a key has half a surrogate pair');
}

function tooLarge(how: string): SignalboxError {
  return new SignalboxError('TOO_LARGE', `The message is ${how}.`, { executed: 'no' });
}

const halfSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function isWellFormed(text: string): boolean {
  return !halfSurrogate.test(text);
}

function refused(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The frame is refused: ${why}.`, { executed: 'no' });
}
