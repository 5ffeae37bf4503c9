import { oneHopHeaders, tokenPattern } from '../../../../../common/http-exchange/field-names.ts';
import type { HeaderPairs, RequestHead } from '../../link/types.ts';

/** How a service is told its host (`tunnels.create` hostHeader): its own, the one that the client used, or a given one. */
export type HostHeader = 'target' | 'original' | (string & {});

/** A proxy on the way is spoken to by its neighbours alone. */
const hopByHop: ReadonlySet<string> = new Set([...oneHopHeaders, 'proxy-authenticate', 'proxy-authorization']);
/** Written anew by the agent. */
const written: ReadonlySet<string> = new Set(['host', 'content-length', 'expect']);

const value = /^[\t\x20-\x7e\x80-\xff]*$/;
const requestTarget = /^[\x21-\x7e\x80-\xff]+$/;

/** How the body of a request is told from what follows it. */
export type BodyFraming = 'none' | 'length' | 'chunked';

export interface RequestText {
  /** Latin 1. */
  readonly text: string;
  readonly framing: BodyFraming;
}

/**
 * The head of a request as it is sent to the local service: HTTP/1.1, headers in the client's order and spelling, with the host that the
 * service is to see and this connection's own framing.
 *
 * @param target host and port of the service, as a Host header has them
 * @returns undefined when the head cannot be written without changing what it means (characters that would end a line)
 */
export function requestText(head: RequestHead, hostHeader: HostHeader, target: string): RequestText | undefined {
  if (!tokenPattern.test(head.method) || !requestTarget.test(head.path)) return undefined;
  const original = hostOf(head.headers);
  const host = hostHeader === 'original' ? (original ?? target) : hostHeader === 'target' ? target : hostHeader;
  const found = readHeaders(head.headers, original, host);
  if (found === undefined || !value.test(host)) return undefined;
  const framing = framingOf(head);
  let text = `${head.method} ${head.path} HTTP/1.1\r\nHost: ${host}\r\n${found.lines}`;
  if (head.kind === 'upgrade') text += `Connection: Upgrade\r\nUpgrade: ${found.upgrade}\r\n`;
  if (framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
  else if (framing === 'length' || found.hasLength) text += `Content-Length: ${head.bodyBytes ?? 0}\r\n`;
  if (head.expectsContinue) text += 'Expect: 100-continue\r\n';
  return { text: `${text}\r\n`, framing };
}

interface FoundHeaders {
  /** Those that go on, as they are sent. */
  lines: string;
  upgrade: string;
  hasLength: boolean;
}

/**
 * @param original host that the client used; undefined: none
 * @param host that the service is told
 * @returns undefined when a name or a value has characters that would end its line
 */
function readHeaders(headers: HeaderPairs, original: string | undefined, host: string): FoundHeaders | undefined {
  const named = namedByConnection(headers);
  const found: FoundHeaders = { lines: '', upgrade: '', hasLength: false };
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const content = headers[index + 1] ?? '';
    if (!tokenPattern.test(name) || !value.test(content)) return undefined;
    const lower = name.toLowerCase();
    if (lower === 'content-length') found.hasLength = true;
    else if (lower === 'upgrade') found.upgrade = content;
    if (hopByHop.has(lower) || written.has(lower) || named?.has(lower) === true) continue;
    const told = lower === 'origin' && host !== original && isOrigin(content, original) ? `http://${host}` : content;
    found.lines += `${name}: ${told}\r\n`;
  }
  return found;
}

/**
 * A page that the service itself sent says so with the host that the client knows. Where the service is told another host it must be told
 * the same of the page, or it refuses its own; what another site's page says stays as it is.
 */
function isOrigin(origin: string, original: string | undefined): boolean {
  if (original === undefined) return false;
  const [, authority] = /^https?:\/\/(.+)$/i.exec(origin) ?? [];
  return authority?.toLowerCase() === original.toLowerCase();
}

function hostOf(headers: HeaderPairs): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') return headers[index + 1];
  }
  return undefined;
}

function framingOf(head: RequestHead): BodyFraming {
  if (head.kind === 'upgrade' || head.bodyBytes === 0) return 'none';
  return head.bodyBytes === undefined ? 'chunked' : 'length';
}

/**
 * Headers of an answer that go on to the gateway.
 *
 * @param status 101 keeps all: they are the agreement of the two ends
 */
export function endToEndHeaders(status: number, headers: HeaderPairs): HeaderPairs {
  if (status === 101) return headers;
  const named = namedByConnection(headers);
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || named?.has(lower) === true) continue;
    kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

/** Trailers that may follow a request's body: none that would change how the message is read (RFC 9110 section 6.5.1). */
export function trailerText(trailers: HeaderPairs): string {
  let text = '';
  for (let index = 0; index + 1 < trailers.length; index += 2) {
    const name = trailers[index] ?? '';
    const content = trailers[index + 1] ?? '';
    const lower = name.toLowerCase();
    if (tokenPattern.test(name) && value.test(content) && !hopByHop.has(lower) && !written.has(lower)) text += `${name}: ${content}\r\n`;
  }
  return text;
}

function namedByConnection(headers: HeaderPairs): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    named ??= new Set();
    for (const option of (headers[index + 1] ?? '').split(',')) named.add(option.trim().toLowerCase());
  }
  return named;
}
