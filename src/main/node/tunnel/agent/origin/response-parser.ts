import type { HeaderPairs } from '../../link/types.ts';
import { agentLimits } from '../limits.ts';
import { ChunkedBody } from './chunked-body.ts';
import { InvalidResponse } from './invalid-response.ts';
import { parseHeaderLines, parseStatusLine } from './response-head.ts';

/** What a parser tells, in the order of the bytes. */
export interface ResponseSink {
  /** Once for each head of 1xx, and once for the one that counts. */
  responseHead(status: number, headers: HeaderPairs): void;
  /** A piece of the body: a view of what was given to {@link ResponseParser.push}, and like it only lent. */
  responseData(chunk: Buffer): void;
  responseEnd(trailers: HeaderPairs): void;
  /** After 101 as an answer to an upgrade, with what came behind the head: from here on the connection is not HTTP. */
  upgraded(rest: Buffer): void;
}

type State = 'idle' | 'head' | 'length' | 'chunked' | 'untilClose' | 'raw';

const noHeaders: HeaderPairs = [];
const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');

/**
 * Reads the answers on one connection to a local service (RFC 9112). Strict where two readers could see two things: bare line feeds, folded
 * lines, several lengths, a length beside a transfer coding and codings other than `chunked` are refused, not mended.
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #chunked: ChunkedBody;
  #state: State = 'idle';
  #method = '';
  #mayUpgrade = false;
  #pending: Buffer = nothing;
  #remainingBytes = 0;
  #reusable = false;
  #keepAliveMs: number | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
    this.#chunked = new ChunkedBody((chunk) => sink.responseData(chunk));
  }

  /** Another request may follow on this connection, as far as the last answer says. */
  get reusable(): boolean {
    return this.#reusable && this.#state === 'idle';
  }

  /** How long the service keeps an idle connection, milliseconds; undefined: it did not say. */
  get keepAliveMs(): number | undefined {
    return this.#keepAliveMs;
  }

  /** A request has gone out: its answer is what comes next. */
  expect(method: string, mayUpgrade: boolean): void {
    this.#method = method;
    this.#mayUpgrade = mayUpgrade;
    this.#state = 'head';
    this.#reusable = false;
  }

  /** @param chunk is lent: nothing of it is kept @throws InvalidResponse when it is not an answer, or one that nobody asked for */
  push(chunk: Buffer): void {
    let rest = chunk;
    // A changed protocol begins with its head, also when the client is the first to speak in it.
    while (rest.length > 0 || this.#state === 'raw') {
      switch (this.#state) {
        case 'idle':
          throw new InvalidResponse('it sent more than the answer');
        case 'head':
          rest = this.#readHead(rest);
          break;
        case 'length':
          rest = this.#readLength(rest);
          break;
        case 'chunked':
          rest = this.#readChunked(rest);
          break;
        case 'untilClose':
          this.#sink.responseData(rest);
          return;
        case 'raw':
          this.#sink.upgraded(rest);
          return;
      }
    }
  }

  /**
   * The service has ended its side of the connection.
   *
   * @returns true when that ended the answer, which had no other end
   */
  finish(): boolean {
    if (this.#state !== 'untilClose') return false;
    this.#complete(noHeaders);
    return true;
  }

  #readHead(chunk: Buffer): Buffer {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const end = bytes.indexOf(headEnd);
    if (end < 0 || end > agentLimits.responseHeadBytes) {
      if (bytes.length > agentLimits.responseHeadBytes) throw new InvalidResponse('its head is too large');
      this.#pending = bytes === chunk ? Buffer.from(chunk) : bytes;
      return nothing;
    }
    this.#pending = nothing;
    this.#takeHead(bytes.toString('latin1', 0, end));
    return bytes.subarray(end + headEnd.length);
  }

  #takeHead(text: string): void {
    const lines = text.split('\r\n');
    const { status, minorVersion } = parseStatusLine(lines[0] ?? '');
    const { headers, framing } = parseHeaderLines(lines, 1);
    if (status === 101) {
      if (!this.#mayUpgrade) throw new InvalidResponse('it changed the protocol without having been asked');
      this.#state = 'raw';
      this.#sink.responseHead(status, headers);
      return;
    }
    if (status < 200) {
      this.#sink.responseHead(status, headers);
      return;
    }
    this.#keepAliveMs = framing.keepAliveMs;
    this.#reusable = minorVersion === 1 ? !framing.close : framing.keepAlive && !framing.close;
    if (this.#method === 'HEAD' || status === 204 || status === 304) this.#headWithoutBody(status, headers);
    else if (framing.chunked) {
      this.#state = 'chunked';
      this.#chunked.begin();
      this.#sink.responseHead(status, headers);
    } else if (framing.lengthBytes === 0) this.#headWithoutBody(status, headers);
    else if (framing.lengthBytes !== undefined) {
      this.#state = 'length';
      this.#remainingBytes = framing.lengthBytes;
      this.#sink.responseHead(status, headers);
    } else {
      this.#state = 'untilClose';
      this.#reusable = false;
      this.#sink.responseHead(status, headers);
    }
  }

  #headWithoutBody(status: number, headers: HeaderPairs): void {
    this.#sink.responseHead(status, headers);
    this.#complete(noHeaders);
  }

  #readLength(chunk: Buffer): Buffer {
    const taken = chunk.length <= this.#remainingBytes ? chunk : chunk.subarray(0, this.#remainingBytes);
    this.#remainingBytes -= taken.length;
    this.#sink.responseData(taken);
    if (this.#remainingBytes === 0) this.#complete(noHeaders);
    return chunk.subarray(taken.length);
  }

  #readChunked(chunk: Buffer): Buffer {
    const end = this.#chunked.push(chunk);
    if (end === undefined) return nothing;
    this.#complete(end.trailers);
    return chunk.subarray(end.usedBytes);
  }

  #complete(trailers: HeaderPairs): void {
    this.#state = 'idle';
    this.#sink.responseEnd(trailers);
  }
}
