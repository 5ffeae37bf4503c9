import type { IncomingMessage } from 'node:http';
import { tokenPattern } from '../../../../../common/http-exchange/field-names.ts';
import type { HeaderPairs, RequestHead, StreamKind } from '../../link/types.ts';
import { hopByHop, namedByConnection } from './hop-by-hop.ts';
import { hostOf, isOriginForm } from './request-target.ts';

/** What is wrong with a request, before anybody is asked about it. */
export interface BadRequest {
  readonly status: 400 | 405 | 431;
  readonly refusal: 'malformed' | 'target' | 'method' | 'head-too-large';
  readonly message: string;
}

/** What the gateway needs of a head besides what it passes on. */
export interface ReadHead {
  readonly host: string;
  /** Bytes of the body; 0: none; undefined: in chunks. */
  readonly bodyBytes: number | undefined;
  readonly authorization: string | undefined;
}

const malformed = (message: string): BadRequest => ({ status: 400, refusal: 'malformed', message });

/**
 * Checks what Node's parser lets through and a service behind us could read otherwise (security.md row 57): several hosts, names that are
 * no tokens, lengths that are not plain numbers, transfer codings other than `chunked`, bodies in chunks in HTTP/1.0, targets in absolute form.
 */
export function readHead(request: IncomingMessage, maxHeaders: number): ReadHead | BadRequest {
  const { method = '', url = '', rawHeaders } = request;
  if (method === 'CONNECT' || method === 'TRACE') {
    return { status: 405, refusal: 'method', message: `The gateway does not pass on ${method}.` };
  }
  if (request.httpVersionMajor !== 1) return malformed('The gateway speaks HTTP/1.0 and HTTP/1.1.');
  if (!isOriginForm(url)) {
    return { status: 400, refusal: 'target', message: 'The target of a request is a path, with a query or without: /like/this?or=this.' };
  }
  if (rawHeaders.length > 2 * maxHeaders) {
    return { status: 431, refusal: 'head-too-large', message: `A request has at most ${maxHeaders} headers.` };
  }
  return readHeaders(request);
}

/** What has been read so far. */
interface Reading {
  host: string | undefined;
  length: number | undefined;
  chunked: boolean;
  authorization: string | undefined;
}

/** @returns what is wrong, for people */
type HeaderReader = (value: string, reading: Reading) => string | undefined;

/** Of the headers that decide where a request goes and where it ends. */
const readers: ReadonlyMap<string, HeaderReader> = new Map<string, HeaderReader>([
  [
    'host',
    (value, reading) => {
      if (reading.host !== undefined) return 'A request names one host.';
      reading.host = hostOf(value);
      return reading.host === undefined ? 'The host that the request names is not one.' : undefined;
    },
  ],
  [
    'content-length',
    (value, reading) => {
      if (reading.length !== undefined || !/^\d{1,15}$/.test(value)) return 'The length of the body is one plain number.';
      reading.length = Number(value);
      return undefined;
    },
  ],
  [
    'transfer-encoding',
    (value, reading) => {
      if (reading.chunked || value.toLowerCase() !== 'chunked') return 'A body comes whole or in chunks, in no other transfer coding.';
      reading.chunked = true;
      return undefined;
    },
  ],
  [
    'authorization',
    (value, reading) => {
      reading.authorization ??= value;
      return undefined;
    },
  ],
]);

function readHeaders({ rawHeaders, httpVersionMinor }: IncomingMessage): ReadHead | BadRequest {
  const reading: Reading = { host: undefined, length: undefined, chunked: false, authorization: undefined };
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    // Node 20's parser takes empty names and blanks before the colon.
    if (!tokenPattern.test(name)) return malformed('The name of a header is not one.');
    const problem = readers.get(name.toLowerCase())?.(rawHeaders[at + 1] as string, reading);
    if (problem !== undefined) return malformed(problem);
  }
  const { host, length, chunked, authorization } = reading;
  if (host === undefined) return malformed('A request names its host.');
  if (chunked && length !== undefined) return malformed('A body has a length or comes in chunks, not both.');
  if (chunked && httpVersionMinor === 0) return malformed('HTTP/1.0 has no chunks.');
  return { host, bodyBytes: chunked ? undefined : (length ?? 0), authorization };
}

export interface HeadOptions {
  readonly kind: StreamKind;
  readonly path: string;
  readonly bodyBytes: number | undefined;
  readonly remoteAddress: string;
  readonly secure: boolean;
  /** Who we are in `Via`. */
  readonly via: string;
  readonly expectsContinue: boolean;
  readonly gatewayMicros: number;
  /** The gateway has asked for credentials itself: they are not the service's business. */
  readonly dropAuthorization: boolean;
  /** Told to the service when its path was shortened. */
  readonly strippedPrefix: string | undefined;
}

/**
 * The head as the agent gets it: without what concerns this connection alone, and with who asked appended (tunnel.md "Hop hygiene"). What a
 * client says of itself in `X-Forwarded-*` stays in front of what we saw: the last value is ours.
 */
export function requestHead(request: IncomingMessage, options: HeadOptions): RequestHead {
  return {
    kind: options.kind,
    method: request.method as string,
    path: options.path,
    headers: passedOn(request, options),
    bodyBytes: options.bodyBytes,
    remoteAddress: options.remoteAddress,
    gatewayMicros: options.gatewayMicros,
    expectsContinue: options.expectsContinue,
  };
}

/** Lines that {@link passedOn} writes itself; what was in them stays in front. */
const forwardedNames: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-prefix']);

function passedOn({ rawHeaders, headers, httpVersionMinor }: IncomingMessage, options: HeadOptions): HeaderPairs {
  const named = namedByConnection(headers.connection);
  const result: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const value = rawHeaders[at + 1] as string;
    const lower = name.toLowerCase();
    if (hopByHop.has(lower)) {
      if (passesOn(lower, value, options.kind)) result.push(name, value);
    } else if (named?.has(lower) === true || (lower === 'authorization' && options.dropAuthorization) || forwardedNames.has(lower))
      continue;
    else result.push(name, value);
  }
  result.push(
    'X-Forwarded-For',
    continued(headers['x-forwarded-for'], options.remoteAddress),
    'X-Forwarded-Host',
    continued(headers['x-forwarded-host'], headers.host ?? ''),
    'X-Forwarded-Proto',
    continued(headers['x-forwarded-proto'], options.secure ? 'https' : 'http'),
  );
  if (options.strippedPrefix !== undefined) result.push('X-Forwarded-Prefix', options.strippedPrefix);
  result.push('Via', `1.${httpVersionMinor} ${options.via}`);
  return result;
}

/** @param before several lines of one name, as Node joins them */
function continued(before: string | string[] | undefined, own: string): string {
  return before === undefined ? own : `${before}, ${own}`;
}

/** Of the headers of one connection two concern the service as well: that trailers are understood, and the protocol that is wanted. */
function passesOn(name: string, value: string, kind: StreamKind): boolean {
  return (name === 'te' && value.toLowerCase() === 'trailers') || (name === 'upgrade' && kind === 'upgrade');
}
