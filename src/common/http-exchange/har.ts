import type { TunnelRequestDetail } from '../contract/tunnels.ts';
import { bodyContent, type CapturedBody } from './body-content.ts';
import { addressOf } from './exchange-address.ts';
import { type HeaderList, headerOf } from './headers.ts';

interface HarPair {
  readonly name: string;
  readonly value: string;
}

/** HTTP Archive 1.2, as browsers and other tools read it. Fields that begin with `_` are our own, as the format allows. */
export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
    readonly comment?: string;
  };
}

export interface HarEntry {
  readonly startedDateTime: string;
  /** Milliseconds: the sum of the timings that are known. */
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarPair[];
    readonly headers: readonly HarPair[];
    readonly queryString: readonly HarPair[];
    readonly postData?: { readonly mimeType: string; readonly text: string; readonly comment?: string; readonly _encoding?: 'base64' };
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarPair[];
    readonly headers: readonly HarPair[];
    readonly content: {
      readonly size: number;
      readonly mimeType: string;
      readonly text?: string;
      readonly encoding?: 'base64';
      readonly comment?: string;
    };
    readonly redirectURL: string;
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly blocked: number; readonly send: number; readonly wait: number; readonly receive: number };
  readonly comment?: string;
  readonly _requestId: string;
  readonly _agentId: string;
  readonly _remoteAddress: string | null;
  readonly _replayOf: string | null;
  readonly _error: string | null;
}

/**
 * Writes captured requests as an HTTP Archive 1.2.
 *
 * Values that were hidden stay `[redacted]`; bodies that were cut off or packed say so in a comment. Cookies are left empty: their headers
 * are always hidden.
 *
 * @param scheme of the tunnel's public address
 * @param version of this program
 */
export function toHar(requests: readonly TunnelRequestDetail[], scheme: 'http' | 'https', version: string): Har {
  return { log: { version: '1.2', creator: { name: 'Signalbox', version }, entries: requests.map((request) => entryOf(request, scheme)) } };
}

function entryOf(request: TunnelRequestDetail, scheme: 'http' | 'https'): HarEntry {
  const { timings, requestHeaders, responseHeaders, requestBody, responseBody, error, redacted } = request;
  const blocked = timings.tunnelInMs ?? -1;
  const send = timings.toAgentMs ?? 0;
  const wait = timings.waitMs ?? 0;
  const receive = timings.replyMs ?? 0;
  const comment = [error, redacted.length > 0 ? `Hidden: ${redacted.join(', ')}.` : null].filter((part) => part !== null).join(' ');
  return {
    startedDateTime: new Date(request.at).toISOString(),
    time: Math.max(blocked, 0) + send + wait + receive,
    request: {
      method: request.method,
      url: addressOf(request, scheme),
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(requestHeaders),
      queryString: pairsOf([...new URLSearchParams(request.path.split('?', 2)[1] ?? '')]),
      ...(requestBody !== null && request.requestBytes > 0 && { postData: postDataOf(requestBody, requestHeaders) }),
      headersSize: -1,
      bodySize: request.requestBytes,
    },
    response: {
      status: request.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairsOf(responseHeaders),
      content: contentOf(responseBody, responseHeaders, request.responseBytes),
      redirectURL: headerOf(responseHeaders, 'location') ?? '',
      headersSize: -1,
      bodySize: request.status === null ? -1 : request.responseBytes,
    },
    cache: {},
    timings: { blocked, send, wait, receive },
    ...(comment !== '' && { comment }),
    _requestId: request.requestId,
    _agentId: request.agentId,
    _remoteAddress: request.remoteAddress,
    _replayOf: request.replayOf,
    _error: error,
  };
}

function pairsOf(pairs: readonly (readonly [string, string])[]): HarPair[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

function typeOf(headers: HeaderList): string {
  return headerOf(headers, 'content-type') ?? 'application/octet-stream';
}

/** What the archive says of a body beside its bytes. */
function remarkOf(body: CapturedBody, packedWith: readonly string[]): string {
  return [
    body.truncated ? `Only the beginning of ${body.sizeBytes} bytes was kept.` : '',
    packedWith.length > 0 ? `As it was sent, packed with ${packedWith.join(', ')}.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function postDataOf(body: CapturedBody, headers: HeaderList): NonNullable<HarEntry['request']['postData']> {
  const { text, binary, packedWith } = bodyContent(body, headers);
  const comment = remarkOf(body, packedWith);
  return {
    mimeType: typeOf(headers),
    text: binary ? body.base64 : text,
    ...(binary && { _encoding: 'base64' }),
    ...(comment !== '' && { comment }),
  };
}

function contentOf(body: CapturedBody | null, headers: HeaderList, sizeBytes: number): HarEntry['response']['content'] {
  const mimeType = headerOf(headers, 'content-type') ?? 'x-unknown';
  if (body === null) return { size: sizeBytes, mimeType, ...(sizeBytes > 0 && { comment: 'The body was not kept.' }) };
  const { text, binary, packedWith } = bodyContent(body, headers);
  const comment = remarkOf(body, packedWith);
  return {
    size: body.sizeBytes,
    mimeType,
    ...(binary ? { text: body.base64, encoding: 'base64' as const } : { text }),
    ...(comment !== '' && { comment }),
  };
}
