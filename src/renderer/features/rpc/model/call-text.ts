/** A request as somebody would write it elsewhere: in a shell, in TypeScript. */
import { limits } from '../../../../common/limits.ts';
import { callOptionsOf, type RequestTarget } from './target.ts';

export interface WrittenCall {
  readonly method: string;
  readonly params: unknown;
  readonly timeoutMs: number;
  /** A node as it is to be named: id or unique name. */
  readonly target: RequestTarget;
}

/** One word of a POSIX shell command line, quoted only when it must be. */
export function quoteForShell(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `signalbox call METHOD --params '…' --node NAME` */
export function cliCommand(call: WrittenCall): string {
  const words = ['signalbox', 'call', call.method];
  if (!isEmptyObject(call.params)) words.push('--params', JSON.stringify(call.params));
  words.push(...targetWords(call.target));
  if (call.timeoutMs !== limits.defaultTimeoutMs) words.push('--timeout', String(call.timeoutMs));
  return words.map(quoteForShell).join(' ');
}

/** The target as the command line takes it (docs/cli.md). */
function targetWords(target: RequestTarget): readonly string[] {
  switch (target.kind) {
    case 'self':
      return [];
    case 'node':
      return ['--node', target.nodeId];
    case 'any':
      return ['--any', target.capability];
    case 'all':
      return target.capability === undefined ? ['--all'] : ['--all', target.capability];
    case 'broadcast':
      return ['--broadcast'];
  }
}

/** `await client.call('method', { … })` */
export function typeScriptCall(call: WrittenCall): string {
  const options: Record<string, unknown> = {};
  if (call.timeoutMs !== limits.defaultTimeoutMs) options.timeoutMs = call.timeoutMs;
  Object.assign(options, callOptionsOf(call.target));
  const args = [`'${call.method.replaceAll(/['\\]/g, '\\$&')}'`, literal(call.params, '')];
  if (!isEmptyObject(options)) args.push(literal(options, ''));
  return `const result = await client.call(${args.join(', ')});\n`;
}

function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((element) => literal(element, inner))
    : Object.entries(value).map(([key, element]) => `${propertyName(key)}: ${literal(element, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const space = open === '{' ? ' ' : '';
  const short = `${open}${space}${parts.join(', ')}${space}${close}`;
  if (short.length <= 80 && !short.includes('\n')) return short;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

function propertyName(key: string): string {
  // Written plainly, it would set the prototype instead of a property.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key, '');
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
