/**
 * Finds the very text of values inside JSON, so that a message goes through the queue as it was written: a number of thirty digits has more
 * of them than JSON.parse keeps. Only for text that was parsed before, and so is known to be JSON.
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/** Where a value stands in a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The values of the object that begins at `start` (blanks before it are passed over), by key. */
export function jsonMembers(text: string, start = 0): ReadonlyMap<string, Range> {
  const members = new Map<string, Range>();
  let at = skipBlanks(text, start) + 1;
  for (;;) {
    at = skipBlanks(text, at);
    if (text.charCodeAt(at) !== quote) return members;
    const keyEnd = endOfText(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const value = valueAfter(text, keyEnd, colon);
    members.set(key, value);
    at = skipBlanks(text, value.end);
    if (text.charCodeAt(at) !== comma) return members;
    at++;
  }
}

/** The values of the array that begins at `start`. */
export function jsonItems(text: string, start: number): readonly Range[] {
  const items: Range[] = [];
  let at = skipBlanks(text, start) + 1;
  for (;;) {
    at = skipBlanks(text, at);
    if (text[at] === ']') return items;
    const item = { start: at, end: endOfValue(text, at) };
    items.push(item);
    at = skipBlanks(text, item.end);
    if (text.charCodeAt(at) !== comma) return items;
    at++;
  }
}

function valueAfter(text: string, at: number, separator: number): Range {
  let start = skipBlanks(text, at);
  if (text.charCodeAt(start) === separator) start = skipBlanks(text, start + 1);
  return { start, end: endOfValue(text, start) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfText(text, start);
  if (first === '{' || first === '[') return endOfNested(text, start);
  let at = start;
  while (at < text.length && !',]} \t\r\n'.includes(text[at] as string)) at++;
  return at;
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfText(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}
