import type { HeaderPairs, ResponseHead } from '../../link/types.ts';
import { hopByHop, isHeader, namedByConnection } from './hop-by-hop.ts';

/** An answer's head as the client gets it. */
export interface CheckedHead {
  readonly status: number;
  readonly headers: string[];
  /** As the service says; undefined: it does not. */
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  /** Names of what may come after the body; undefined: nothing can. For whoever knows that a body comes. */
  readonly trailer: string | undefined;
}

/**
 * Checks what an agent says that its service has answered, as strictly as what a client asks: whoever runs a service could otherwise put
 * answers of their own into a connection that serves others too (tunnel.md, security.md 2.9).
 *
 * @param request that it answers
 * @returns what is wrong, for people
 */
export function checkHead(
  head: ResponseHead,
  bounds: { readonly headers: number; readonly headBytes: number },
  request: { readonly method?: string | undefined; readonly httpVersionMinor: number },
): CheckedHead | string {
  const { status, headers } = head;
  if (!Number.isInteger(status) || status < 100 || status > 599) return `The status ${String(status).slice(0, 16)} is none.`;
  if (headers.length % 2 !== 0 || headers.length > 2 * bounds.headers) return `It has more than ${bounds.headers} headers.`;
  const named = namedByConnection(connectionOf(headers));
  const passed: string[] = [];
  let contentLength: number | undefined;
  let hasDate = false;
  let trailer: string | undefined;
  let sizeBytes = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    const value = headers[at + 1] as string;
    if (!isHeader(name, value)) return 'One of its headers cannot be sent on.';
    sizeBytes += name.length + value.length + 4;
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || named?.has(lower) === true) continue;
    if (lower === 'trailer') trailer = value;
    else if (lower === 'content-length') {
      if (!/^\d{1,15}$/.test(value) || (contentLength !== undefined && contentLength !== Number(value)))
        return 'Its length is not a plain number.';
      contentLength = Number(value);
    } else {
      hasDate ||= lower === 'date';
      passed.push(name, value);
    }
  }
  // Where no body may come, none is announced (RFC 9110 section 8.6).
  if (contentLength !== undefined && status >= 200 && status !== 204) passed.push('Content-Length', String(contentLength));
  // Trailers come after chunks alone.
  const mayHaveTrailers = contentLength === undefined && request.httpVersionMinor > 0 && hasBody(request.method, status);
  if (sizeBytes > bounds.headBytes) return `Its head is larger than ${bounds.headBytes} bytes.`;
  return { status, headers: passed, contentLength, hasDate, trailer: mayHaveTrailers ? trailer : undefined };
}

function connectionOf(headers: HeaderPairs): string | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (name.length === 10 && name.toLowerCase() === 'connection') return headers[at + 1];
  }
  return undefined;
}

/** True when an answer of this kind has a body at all (RFC 9112 section 6.3). */
export function hasBody(method: string | undefined, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}
