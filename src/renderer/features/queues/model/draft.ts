/** A message that a person writes, as the node takes it. */
import type { ParamsOf } from '../../../../common/contract/index.ts';

export type NewMessage = ParamsOf<'queues.append'>['messages'][number];

const mostHeaderName = 128;
const mostHeaderValue = 4_096;

/** Headers of `name: value` lines; the number of the first line that is none, from 1. */
export function headersOf(text: string): { readonly headers: Record<string, string> } | { readonly wrongLine: number } {
  const headers: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (colon < 1 || name === '' || name.length > mostHeaderName || value.length > mostHeaderValue) return { wrongLine: index + 1 };
    // A name such as __proto__ is a header like any other.
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return { headers };
}

/** What a person wrote as JSON; the platform's own words when it is none. */
export function jsonOf(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
