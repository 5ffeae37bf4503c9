/** What a gateway keeps to itself of what it is sent. */
import { oneHopHeaders, tokenPattern } from '../../../../../common/http-exchange/field-names.ts';

/** `Expect` is answered by us or the agent; what describes the body's framing is made anew at each end. */
export const hopByHop: ReadonlySet<string> = new Set([
  ...oneHopHeaders,
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'expect',
]);

/** Without these a message would mean something else: naming them in `Connection` has no effect. */
const kept: ReadonlySet<string> = new Set(['host', 'content-length', 'authorization', 'cookie', 'close', 'keep-alive', 'upgrade']);

/** @returns lower-case names that `Connection` lists besides the usual ones; undefined: none */
export function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close' || connection === 'Upgrade') return undefined;
  const names = connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !kept.has(name));
  return names.length === 0 ? undefined : new Set(names);
}

/** Trailers that may not come after a body, since they would change what it was (RFC 9110 section 6.5.1). */
const notInTrailers: ReadonlySet<string> = new Set([
  ...hopByHop,
  'host',
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'trailer',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
  'max-forwards',
  'www-authenticate',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Names and values that may be sent after a body, as pairs in turn; what may not is left out. */
export function passableTrailers(trailers: readonly string[], max: number): readonly string[] {
  const result: string[] = [];
  for (let at = 0; at + 1 < trailers.length && result.length < 2 * max; at += 2) {
    const name = trailers[at] as string;
    const value = trailers[at + 1] as string;
    if (tokenPattern.test(name) && valuePattern.test(value) && !notInTrailers.has(name.toLowerCase())) result.push(name, value);
  }
  return result;
}

/** True when the name and the value can stand in a head without becoming more than one line. */
export function isHeader(name: string, value: string): boolean {
  return tokenPattern.test(name) && valuePattern.test(value);
}
