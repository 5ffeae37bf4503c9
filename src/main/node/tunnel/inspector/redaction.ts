import type { HeaderPairs } from '../link/types.ts';
import { inspectorLimits } from './limits.ts';

/** What stands where a secret stood. */
export const hiddenValue = '[redacted]';

/** Headers whose values are never kept (ui.md 4.6, security.md 2.9). */
const alwaysHiddenHeaders = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'] as const;

/** Parameters of a query that carry secrets by custom. */
const secretParameter = /([?&;](?:token|access_token|key|api_key|apikey|password|secret|sig|signature)=)[^&;#]*/gi;

/** Headers that hold an address, and so perhaps a secret in its query. */
const addressHeaders: ReadonlySet<string> = new Set(['referer', 'location', 'content-location', 'x-original-url', 'x-forwarded-uri']);

/** Headers as they may be kept. */
export interface KeptHeaders {
  readonly headers: [string, string][];
  /** Lower-case names of those whose values are hidden. */
  readonly redacted: string[];
  /** Characters of all names and values. */
  readonly size: number;
}

/** Takes secrets out of what is kept, before it is kept. */
export class Redaction {
  readonly #hidden: ReadonlySet<string>;

  /** @param names headers to hide besides those that always are, in any case */
  constructor(names: readonly string[]) {
    this.#hidden = new Set([...alwaysHiddenHeaders, ...names.map((name) => name.toLowerCase())]);
  }

  /** Copies headers within their bounds, without the values of hidden ones. */
  headers(pairs: HeaderPairs): KeptHeaders {
    const headers: [string, string][] = [];
    const redacted = new Set<string>();
    let size = 0;
    for (let index = 0; index + 1 < pairs.length && headers.length < inspectorLimits.keptHeaders; index += 2) {
      const name = (pairs[index] as string).slice(0, 256);
      const value = this.#kept(name.toLowerCase(), pairs[index + 1] as string);
      if (value === hiddenValue) redacted.add(name.toLowerCase());
      headers.push([name, value]);
      size += name.length + value.length;
    }
    return { headers, redacted: [...redacted], size };
  }

  #kept(name: string, value: string): string {
    if (this.#hidden.has(name)) return hiddenValue;
    const shown = addressHeaders.has(name) ? redactQuery(value) : value;
    return shown.slice(0, inspectorLimits.keptHeaderCharacters);
  }
}

/** A path or address with the values of well-known secrets in its query hidden. */
export function redactQuery(path: string): string {
  return path.includes('=') ? path.replace(secretParameter, `$1${hiddenValue}`) : path;
}
