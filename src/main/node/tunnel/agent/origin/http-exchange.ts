import { performance } from 'node:perf_hooks';
import type { HeaderPairs, RequestHead, ResetCode, StreamEvents, TunnelStream } from '../../link/types.ts';
import { agentLimits } from '../limits.ts';
import type { ExchangeObserver } from '../request-observer.ts';
import type { ServiceFigures } from '../service-figures.ts';
import { RawPipe } from './raw-pipe.ts';
import { type BodyFraming, endToEndHeaders, type HostHeader, requestText, trailerText } from './request-head.ts';
import type { ConnectionUser, ServiceConnection } from './service-connection.ts';
import type { ServicePool } from './service-pool.ts';

/** What the exchanges of a tunnel share. */
export interface ExchangeContext {
  readonly pool: ServicePool;
  readonly hostHeader: HostHeader;
  /** Host and port as a Host header has them. */
  readonly authority: string;
  readonly figures: ServiceFigures;
}

/** May be sent twice without harm (RFC 9110 section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const noHeaders: HeaderPairs = [];
const chunkEnd = Buffer.from('\r\n');

/** One request of the gateway, carried to the local service and back. Bodies pass in pieces; nothing is gathered. */
export class HttpExchange implements StreamEvents, ConnectionUser {
  readonly #context: ExchangeContext;
  readonly #head: RequestHead;
  readonly #stream: TunnelStream;
  readonly #observer: ExchangeObserver | undefined;
  readonly #startedMs = performance.now();
  #framing: BodyFraming = 'none';
  #text = '';
  #connection: ServiceConnection | undefined;
  #retried = false;
  /** Of the client's body: not sent on yet for want of a connection. At most the credit of the stream. */
  #waiting: Uint8Array[] | undefined;
  #bodyEnd: HeaderPairs | undefined;
  #bodyBytes = 0;
  #bodySent = false;
  /** Final head that waits for the first bytes of its body, which come in the same read as a rule. */
  #pendingStatus = 0;
  #pendingHeaders: HeaderPairs = noHeaders;
  #pendingBody: Buffer | undefined;
  #status = 0;
  #pipe: RawPipe | undefined;
  #over = false;

  constructor(context: ExchangeContext, head: RequestHead, stream: TunnelStream, observer: ExchangeObserver | undefined) {
    this.#context = context;
    this.#head = head;
    this.#stream = stream;
    this.#observer = observer;
  }

  start(): void {
    const { hostHeader, authority, pool } = this.#context;
    const request = requestText(this.#head, hostHeader, authority);
    if (request === undefined) {
      this.#fail('protocol', 'The request has characters that cannot be sent on.');
      return;
    }
    this.#text = request.text;
    this.#framing = request.framing;
    this.#bodySent = request.framing === 'none';
    const idle = pool.take();
    if (idle === undefined) void this.#dial();
    else this.#use(idle);
  }

  onData(chunk: Uint8Array): void {
    if (this.#pipe !== undefined) {
      this.#pipe.onData(chunk);
      return;
    }
    if (this.#over) {
      this.#stream.consumed(chunk.length);
      return;
    }
    if (this.#head.kind === 'upgrade') {
      // Before the service has agreed: kept until it has.
      this.#waiting = [...(this.#waiting ?? []), chunk];
      return;
    }
    this.#observer?.requestData(chunk);
    this.#context.figures.bytesToService(chunk.length);
    this.#bodyBytes += chunk.length;
    if (this.#framing !== 'chunked' && this.#bodyBytes > (this.#head.bodyBytes ?? 0)) {
      this.#fail('protocol', 'The body of the request is longer than its length.');
      return;
    }
    if (this.#connection === undefined || this.#waiting !== undefined) this.#waiting = [...(this.#waiting ?? []), chunk];
    else this.#writeBody(this.#connection, chunk);
  }

  onEnd(trailers: HeaderPairs): void {
    if (this.#pipe !== undefined) {
      this.#pipe.onEnd(trailers);
      return;
    }
    this.#bodyEnd = trailers;
    if (this.#over || this.#framing === 'none') return;
    if (this.#framing === 'length' && this.#bodyBytes !== this.#head.bodyBytes)
      this.#fail('protocol', 'The body of the request is shorter than its length.');
    else if (this.#connection !== undefined) this.#endBody(this.#connection);
  }

  onReset(code: ResetCode, reason: string): void {
    if (this.#pipe !== undefined) this.#pipe.onReset(code, reason);
    else if (!this.#over) this.#ended({ kind: 'reset', code, reason }, noHeaders, false);
  }

  onDrain(): void {
    if (this.#pipe !== undefined) this.#pipe.onDrain();
    else this.#connection?.resume();
  }

  responseHead(status: number, headers: HeaderPairs): void {
    const kept = endToEndHeaders(status, headers);
    if (status < 200) {
      if (status === 101) this.#answered(status, kept);
      this.#stream.respond({ status, headers: kept });
      return;
    }
    this.#answered(status, kept);
    this.#pendingStatus = status;
    this.#pendingHeaders = kept;
  }

  /** @param chunk is lent until the end of what came with it, of which {@link responseFlush} tells */
  responseData(chunk: Buffer): void {
    this.#observer?.responseData(chunk);
    this.#context.figures.bytesFromService(chunk.length);
    if (this.#pendingStatus !== 0 && this.#pendingBody === undefined && chunk.length <= agentLimits.bodyWithHeadBytes) {
      this.#pendingBody = chunk;
      return;
    }
    this.responseFlush();
    if (!this.#stream.writeLent(chunk)) this.#connection?.pause();
  }

  responseEnd(trailers: HeaderPairs): void {
    if (trailers.length > 0) this.responseFlush();
    if (this.#pendingStatus === 0) this.#stream.end(trailers);
    else this.#respond(true);
    this.#ended({ kind: 'complete' }, trailers, true);
  }

  responseFlush(): void {
    if (this.#pendingStatus !== 0 && !this.#respond(false)) this.#connection?.pause();
  }

  upgraded(rest: Buffer): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#openPipe(connection, rest);
  }

  connectionLost(message: string, unanswered: boolean): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#context.pool.discard(connection);
    const harmless = unanswered && this.#framing === 'none' && safeMethods.has(this.#head.method);
    if (harmless && !this.#retried && connection?.usedBefore === true) {
      this.#retried = true;
      void this.#dial();
      return;
    }
    this.#fail('broken', message);
  }

  async #dial(): Promise<void> {
    const { pool, figures } = this.#context;
    const outcome = await pool.dial();
    if ('failure' in outcome) {
      figures.serviceDown(outcome.failure.message);
      if (!this.#over) this.#fail(outcome.failure.code, outcome.failure.message);
    } else if (this.#over) pool.discard(outcome.connection);
    else this.#use(outcome.connection);
  }

  #use(connection: ServiceConnection): void {
    this.#connection = connection;
    const { method, kind } = this.#head;
    connection.send(this, method, kind === 'upgrade', this.#text, this.#framing !== 'none');
    if (kind === 'upgrade') return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) for (const chunk of waiting) this.#writeBody(connection, chunk);
    if (this.#bodyEnd !== undefined) this.#endBody(connection);
  }

  #writeBody(connection: ServiceConnection, chunk: Uint8Array): void {
    const sizeBytes = chunk.length;
    connection.write(this.#framing === 'chunked' ? framedChunk(chunk) : chunk, () => this.#stream.consumed(sizeBytes));
  }

  #endBody(connection: ServiceConnection): void {
    if (this.#bodySent) return;
    this.#bodySent = true;
    if (this.#framing !== 'chunked') return;
    connection.write(Buffer.from(`0\r\n${trailerText(this.#bodyEnd ?? noHeaders)}\r\n`, 'latin1'), () => undefined);
  }

  #answered(status: number, headers: HeaderPairs): void {
    this.#status = status;
    this.#context.figures.serviceUp();
    this.#observer?.responseHead({ status, headers });
  }

  #respond(end: boolean): boolean {
    const head = { status: this.#pendingStatus, headers: this.#pendingHeaders };
    const body = this.#pendingBody;
    this.#pendingStatus = 0;
    this.#pendingBody = undefined;
    return this.#stream.respond(head, body, end);
  }

  #openPipe(connection: ServiceConnection, rest: Buffer): void {
    this.#connection = undefined;
    this.#context.pool.gaveAway(connection);
    const { figures } = this.#context;
    this.#pipe = new RawPipe(connection.detach(), this.#stream, {
      fromService: (chunk) => {
        this.#observer?.responseData(chunk);
        figures.bytesFromService(chunk.length);
      },
      toService: (chunk) => {
        this.#observer?.requestData(chunk);
        figures.bytesToService(chunk.length);
      },
      complete: () => this.#ended({ kind: 'complete' }, noHeaders, false),
      broken: (code, reason) => this.#ended({ kind: 'reset', code, reason }, noHeaders, false),
    });
    this.#pipe.start(rest);
    for (const chunk of this.#waiting ?? []) this.#pipe.onData(chunk);
    this.#waiting = undefined;
    if (this.#bodyEnd !== undefined) this.#pipe.onEnd(noHeaders);
  }

  #fail(code: ResetCode, reason: string): void {
    this.#stream.reset(code, reason);
    this.#ended({ kind: 'reset', code, reason }, noHeaders, false);
  }

  #ended(end: Parameters<ExchangeObserver['ended']>[0], trailers: HeaderPairs, keep: boolean): void {
    this.#over = true;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) {
      // A body that was cut short leaves the connection in the middle of a request.
      if (keep && this.#bodySent) this.#context.pool.release(connection);
      else this.#context.pool.discard(connection);
    }
    for (const chunk of this.#waiting?.splice(0) ?? []) if (end.kind === 'complete') this.#stream.consumed(chunk.length);
    this.#context.figures.exchangeEnded(performance.now() - this.#startedMs, this.#status, end);
    this.#observer?.ended(end, trailers);
  }
}

function framedChunk(chunk: Uint8Array): Buffer {
  const line = `${chunk.length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafe(line.length + chunk.length + chunkEnd.length);
  framed.write(line, 0, 'latin1');
  framed.set(chunk, line.length);
  framed.set(chunkEnd, line.length + chunk.length);
  return framed;
}
