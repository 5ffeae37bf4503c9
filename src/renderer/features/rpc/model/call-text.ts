/** A request as somebody would write it elsewhere: in a shell, in TypeScript. */
import { limits } from '../../../../common/limits.ts';
import type { TargetKind } from './kept-items.ts';

export interface WrittenCall {
  readonly method: string;
  readonly params: unknown;
  readonly timeoutMs: number;
  readonly target: TargetKind;
}

/** One word of a POSIX shell command line, quoted only when it must be. */
export function quoteForShell(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `signalbox call METHOD --params '…'` */
export function cliCommand(call: WrittenCall): string {
  const words = ['signalbox', 'call', call.method];
  if (!isEmptyObject(call.params)) words.push('--params', JSON.stringify(call.params));
  if (call.timeoutMs !== limits.defaultTimeoutMs) words.push('--timeout', String(call.timeoutMs));
  return words.map(quoteForShell).join(' ');
}

/** `await client.call('method', { … })` */
export function typeScriptCall(call: WrittenCall): string {
  const options: Record<string, unknown> = {};
  if (call.timeoutMs !== limits.defaultTimeoutMs) options.timeoutMs = call.timeoutMs;
  if (call.target !== 'node') options.target = wireTarget(call.target);
  const args = [`'${call.method.replaceAll(/['\\]/g, '\\$&')}'`, literal(call.params, '')];
  if (!isEmptyObject(options)) args.push(literal(options, ''));
  return `const result = await client.call(${args.join(', ')});\n`;
}

/** Every node has the capability `router`, so "any node" means any that answers. */
export function wireTarget(kind: Exclude<TargetKind, 'node'>): { readonly any: string } | { readonly all: true } {
  return kind === 'any' ? { any: 'router' } : { all: true };
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
