/** Where and why a text is not JSON: one exact place and a reason that can be put into words of any language. */
import { type JsonToken, jsonTokens } from './json-cursor.ts';

export type JsonFault =
  | 'empty'
  | 'expected-value'
  | 'expected-key'
  | 'expected-colon'
  | 'expected-comma'
  | 'open-string'
  | 'bad-string'
  | 'bad-word'
  | 'unclosed'
  | 'unexpected-end'
  | 'extra';

export interface JsonSyntaxError {
  readonly fault: JsonFault;
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

type Expectation = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma' | 'nothing';

interface Checker {
  readonly stack: ('{' | '[')[];
  expect: Expectation;
}

/** The first fault of a text as JSON, or undefined when it has none. */
export function jsonSyntaxError(text: string): JsonSyntaxError | undefined {
  const checker: Checker = { stack: [], expect: 'value' };
  let last: JsonToken | undefined;
  for (const token of jsonTokens(text)) {
    const fault = check(checker, token);
    if (fault !== undefined) return at(text, fault, token.from, token.to);
    last = token;
  }
  if (last === undefined) return at(text, 'empty', 0, text.length);
  if (checker.stack.length > 0) return at(text, checker.expect === 'comma' ? 'unclosed' : 'unexpected-end', last.from, last.to);
  return checker.expect === 'nothing' ? undefined : at(text, 'unexpected-end', last.from, last.to);
}

function at(text: string, fault: JsonFault, from: number, to: number): JsonSyntaxError {
  const before = text.slice(0, from).split('\n');
  return { fault, from, to, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function check(checker: Checker, token: JsonToken): JsonFault | undefined {
  if (token.text.startsWith('"') && checker.expect !== 'nothing') {
    if (token.open) return 'open-string';
    if (!isJson(token.text)) return 'bad-string';
  }
  switch (checker.expect) {
    case 'nothing':
      return 'extra';
    case 'colon':
      if (token.text !== ':') return 'expected-colon';
      checker.expect = 'value';
      return undefined;
    case 'comma':
      return checkAfterValue(checker, token.text);
    case 'key':
    case 'key-or-end':
      if (token.text === '}' && checker.expect === 'key-or-end') return close(checker, token.text);
      if (!token.text.startsWith('"')) return 'expected-key';
      checker.expect = 'colon';
      return undefined;
    default:
      if (token.text === ']' && checker.expect === 'value-or-end') return close(checker, token.text);
      return checkValue(checker, token.text);
  }
}

function checkValue(checker: Checker, text: string): JsonFault | undefined {
  if (text === '{' || text === '[') {
    checker.stack.push(text);
    checker.expect = text === '{' ? 'key-or-end' : 'value-or-end';
    return undefined;
  }
  if (/^[}\],:]$/.test(text)) return 'expected-value';
  if (!isJson(text)) return 'bad-word';
  checker.expect = checker.stack.length === 0 ? 'nothing' : 'comma';
  return undefined;
}

function checkAfterValue(checker: Checker, text: string): JsonFault | undefined {
  if (text === '}' || text === ']') return close(checker, text);
  if (text !== ',') return 'expected-comma';
  checker.expect = checker.stack.at(-1) === '{' ? 'key' : 'value';
  return undefined;
}

function close(checker: Checker, text: string): JsonFault | undefined {
  if (checker.stack.at(-1) !== (text === '}' ? '{' : '[')) return 'expected-comma';
  checker.stack.pop();
  checker.expect = checker.stack.length === 0 ? 'nothing' : 'comma';
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: JsonSyntaxError };

/** Reads JSON text, or says where it fails. */
export function parseJsonText(text: string): ParsedJson {
  const error = jsonSyntaxError(text);
  if (error !== undefined) return { ok: false, error };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // Spaces that only people take for spaces.
    return { ok: false, error: at(text, 'bad-word', 0, text.length) };
  }
}
