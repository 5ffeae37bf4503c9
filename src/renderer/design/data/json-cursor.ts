/** What is being written at a place in JSON text, however unfinished the text is. */
import type { JsonPath } from './json-pointer.ts';

export interface JsonCursor {
  /** `key`: the name of a property belongs here; `value`: a value; `none`: a comma, a colon or the end. */
  readonly place: 'key' | 'value' | 'none';
  /** Of the object for a key, of the value itself for a value. */
  readonly path: JsonPath;
  /** The token under the cursor with its quotes, or the empty range at the cursor. */
  readonly from: number;
  readonly to: number;
  /** Whether that token is a string; its text before the cursor is then {@link written}. */
  readonly inString: boolean;
  readonly written: string;
  /** Names of the other properties of the same object. */
  readonly siblings: readonly string[];
}

interface Frame {
  readonly kind: 'object' | 'array';
  readonly keys: { readonly name: string; readonly from: number }[];
  expect: 'key' | 'colon' | 'value' | 'comma';
  key: string;
  index: number;
}

/** One piece of JSON text: a string with its quotes, a bracket, a comma, a colon or a bare word. */
export interface JsonToken {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** A string without its closing quote. */
  readonly open: boolean;
}

const tokenPattern = /"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Reads the text up to and around a position; never fails. */
export function jsonCursorAt(text: string, position: number): JsonCursor {
  const stack: Frame[] = [];
  let found: JsonCursor | undefined;
  let owner: Frame | undefined;
  for (const token of jsonTokens(text)) {
    if (found === undefined && touches(token, position)) {
      found = cursorOn(stack, token, position);
      owner = stack.at(-1);
    } else if (found === undefined && token.from >= position) {
      found = cursorBetween(stack, position);
      owner = stack.at(-1);
    }
    advance(stack, token);
    // The rest matters only for the names that follow in the same object.
    if (found !== undefined && (owner === undefined || !stack.includes(owner))) break;
  }
  if (found === undefined) {
    found = cursorBetween(stack, position);
    owner = stack.at(-1);
  }
  const { from, place } = found;
  const siblings = (owner?.keys ?? []).filter((key) => place !== 'key' || key.from !== from).map((key) => key.name);
  return { ...found, siblings };
}

/** Every piece of JSON text in order; anything that is not JSON comes as bare words. */
export function* jsonTokens(text: string): Generator<JsonToken> {
  for (const match of text.matchAll(tokenPattern)) {
    const [token] = match;
    const open = token.startsWith('"') && (token.length === 1 || !/^"(?:[^"\\]|\\.)*"$/.test(token));
    yield { from: match.index, to: match.index + token.length, text: token, open };
  }
}

/** Inside a string, or at the end of one that is still open; anywhere in or after a bare word. */
function touches(token: JsonToken, position: number): boolean {
  if (/^[{}[\],:]$/.test(token.text)) return false;
  if (position <= token.from) return false;
  return token.text.startsWith('"') && !token.open ? position < token.to : position <= token.to;
}

function cursorOn(stack: readonly Frame[], token: JsonToken, position: number): JsonCursor {
  const inString = token.text.startsWith('"');
  const at = placeOf(stack);
  return {
    ...at,
    from: token.from,
    to: token.to,
    inString,
    written: token.text.slice(inString ? 1 : 0, position - token.from),
    siblings: [],
  };
}

function cursorBetween(stack: readonly Frame[], position: number): JsonCursor {
  return { ...placeOf(stack), from: position, to: position, inString: false, written: '', siblings: [] };
}

function placeOf(stack: readonly Frame[]): Pick<JsonCursor, 'place' | 'path'> {
  const top = stack.at(-1);
  const outer = pathOf(stack.slice(0, -1));
  if (top === undefined) return { place: 'value', path: [] };
  if (top.expect === 'key') return { place: 'key', path: outer };
  if (top.expect === 'value') return { place: 'value', path: [...outer, top.kind === 'array' ? top.index : top.key] };
  return { place: 'none', path: outer };
}

function pathOf(stack: readonly Frame[]): JsonPath {
  return stack.map((frame) => (frame.kind === 'array' ? frame.index : frame.key));
}

function advance(stack: Frame[], token: JsonToken): void {
  const top = stack.at(-1);
  switch (token.text) {
    case '{':
      stack.push({ kind: 'object', keys: [], expect: 'key', key: '', index: 0 });
      return;
    case '[':
      stack.push({ kind: 'array', keys: [], expect: 'value', key: '', index: 0 });
      return;
    case '}':
    case ']': {
      stack.pop();
      const outer = stack.at(-1);
      if (outer !== undefined) outer.expect = 'comma';
      return;
    }
    case ':':
      if (top?.kind === 'object') top.expect = 'value';
      return;
    case ',':
      if (top === undefined) return;
      top.expect = top.kind === 'object' ? 'key' : 'value';
      top.index++;
      return;
    default:
      if (top === undefined) return;
      if (top.expect === 'key') {
        top.key = unquoteJson(token.text);
        top.keys.push({ name: top.key, from: token.from });
        top.expect = 'colon';
      } else top.expect = 'comma';
  }
}

/** The text that a string token stands for, even when it is not closed. */
export function unquoteJson(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.replaceAll('"', '');
  }
}
