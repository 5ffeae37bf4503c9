import { randomUUID } from 'node:crypto';
import {
  controlRoom,
  headRoom,
  noPairs,
  protocolLimits,
  type TunnelMessage,
  writeClose,
  writeRequest,
  writeResponse,
} from '../protocol/index.ts';
import { linkLimits } from './limits.ts';
import { LinkFault } from './link-fault.ts';
import { Multiplexer, type MultiplexerOptions } from './multiplexer.ts';
import { LinkStream } from './stream.ts';
import type { HeaderPairs, RequestHead, ResetCode, ResponseHead, StreamEvents, TunnelStream } from './types.ts';

/** A request whose body is gathered: the first system wants it with the head. */
interface GatheredRequest {
  readonly head: RequestHead;
  readonly chunks: Uint8Array[];
  sizeBytes: number;
}

/** Statuses that an agent of the first system answers with when the exchange failed before its head (wire.md 5). */
const resetStatuses: Readonly<Partial<Record<ResetCode, number>>> = { timeout: 504, draining: 503, tooLarge: 413, forbidden: 403 };

/**
 * A link in seed 5's own words: a message a frame, the whole body with a request, no credit, no reset. What holds the other end back is that
 * nothing is read from the connection while too much is in memory.
 */
export class LegacyLink extends Multiplexer {
  readonly protocol = 'legacy';
  readonly #gathered = new Map<LinkStream, GatheredRequest>();
  /** Of answers without a length that broke off: an end would make them look complete. */
  readonly #told = new WeakSet<LinkStream>();
  #unconsumedBytes = 0;
  #paused = false;

  constructor(options: MultiplexerOptions) {
    super(options, false);
    if (this.role === 'agent') this.heartbeat.measure();
  }

  /** The first system has no word for it: requests that still come are answered 503. */
  goAway(_reason: string): void {
    if (!this.ended && !this.goneAway) this.localGoneAway();
  }

  override writeData(stream: LinkStream, chunk: Uint8Array, from: number, to: number): void {
    const gathered = this.#gathered.get(stream);
    if (gathered === undefined) super.writeData(stream, chunk, from, to);
    else this.#gather(stream, gathered, chunk.subarray(from, to));
  }

  writeEnd(stream: LinkStream, _trailers: HeaderPairs): void {
    const gathered = this.#gathered.get(stream);
    if (gathered !== undefined) this.#sendRequest(stream, gathered);
    else if (this.role === 'agent') this.#writeClose(stream);
  }

  writeHead(stream: LinkStream, head: ResponseHead, body: Uint8Array, end: boolean): void {
    if (head.status < 200) return;
    if (head.headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length')) this.#told.add(stream);
    const room = this.output.reserve(headRoom(head) + body.length);
    this.output.written(writeResponse(room, stream.id, head, body, end, 'legacy'));
    if (end) this.#writeClose(stream);
  }

  resetHere(stream: LinkStream, code: ResetCode, reason: string): void {
    this.#forget(stream);
    if (this.role === 'agent' && !this.ended) this.#answerReset(stream, code, reason);
  }

  consumedHere(stream: LinkStream, sizeBytes: number): void {
    if (stream.closed) return;
    this.#release(sizeBytes);
  }

  override finished(stream: LinkStream): void {
    this.#forget(stream);
  }

  protected openStream(head: RequestHead, events: StreamEvents): TunnelStream {
    headRoom(head);
    const stream = this.#makeStream(randomUUID(), head);
    stream.events = events;
    const gathered: GatheredRequest = { head, chunks: [], sizeBytes: 0 };
    this.#gathered.set(stream, gathered);
    if (head.kind !== 'http') {
      this.#failLater(stream, 'refused', 'An agent of the first system passes on requests alone, no raw connections.');
    } else if (head.bodyBytes === 0) {
      stream.endedWithHead();
      this.#sendRequest(stream, gathered);
    } else if ((head.bodyBytes ?? 0) > protocolLimits.legacyBodyBytes) {
      this.#failLater(stream, 'tooLarge', tooLarge);
    } else if (head.expectsContinue) {
      // The body has to be here before the agent is told anything.
      queueMicrotask(() => {
        if (!stream.closed) events.onHead?.({ status: 100, headers: noPairs }, false);
      });
    }
    return stream;
  }

  /** Agents of the first system know no ping of a gateway; any WebSocket answers its own. */
  protected ping(payload: Uint8Array): void {
    if (this.#paused) this.heartbeat.heard();
    else if (this.role === 'agent') this.writePing(payload);
    else this.socket.ping();
  }

  protected receive(message: TunnelMessage): void {
    switch (message.type) {
      case 'data':
        this.#receiveData(message.id, message.chunk);
        break;
      case 'request':
        this.#receiveRequest(message.id, message.head, message.body);
        break;
      case 'response':
        this.#receiveResponse(message.id, message.head, message.body);
        break;
      case 'close':
        this.#receiveClose(message.id);
        break;
      case 'ping':
        this.pong(message.payload);
        break;
      case 'pong':
        this.heartbeat.answered(message.payload);
        break;
      case 'connectAccepted':
        break;
      case 'connectError':
        this.refused(`${message.code}: ${message.message}`);
        break;
      default:
        throw new LinkFault(`it sent a message of the kind ${message.type}, which the first system does not know`);
    }
  }

  #makeStream(id: string, head: RequestHead): LinkStream {
    const stream = new LinkStream(this, id, head.kind, Number.POSITIVE_INFINITY, undefined);
    this.streams.add(stream);
    return stream;
  }

  #gather(stream: LinkStream, gathered: GatheredRequest, chunk: Uint8Array): void {
    gathered.sizeBytes += chunk.length;
    if (gathered.sizeBytes > protocolLimits.legacyBodyBytes) this.#failLater(stream, 'tooLarge', tooLarge);
    else gathered.chunks.push(chunk);
  }

  #sendRequest(stream: LinkStream, { head, chunks, sizeBytes }: GatheredRequest): void {
    this.#gathered.delete(stream);
    const room = this.output.reserve(headRoom(head) + sizeBytes);
    this.output.written(writeRequest(room, stream.id, head, Buffer.concat(chunks, sizeBytes), true, 'legacy'));
  }

  #failLater(stream: LinkStream, code: ResetCode, reason: string): void {
    this.#forget(stream);
    queueMicrotask(() => stream.events?.onReset(code, reason));
  }

  #receiveRequest(id: string, head: RequestHead, body: Uint8Array): void {
    if (this.role !== 'agent') throw new LinkFault('an agent sent a request');
    if (this.streams.has(id)) throw new LinkFault(`it used the stream ${id} twice`);
    const stream = this.#makeStream(id, { ...head, bodyBytes: body.length });
    if (this.goneAway || this.streams.size > linkLimits.streams) {
      this.resetHere(stream, 'draining', 'The agent is busy.');
      return;
    }
    stream.events = this.events.onStream?.({ ...head, bodyBytes: body.length }, stream);
    this.#take(stream, body);
    if (!stream.closed) this.endThere(stream, noPairs);
  }

  #receiveResponse(id: string, head: ResponseHead, body: Uint8Array): void {
    if (this.role !== 'gateway') throw new LinkFault('a gateway sent an answer');
    const stream = this.streams.get(id);
    if (stream === undefined) {
      this.dropped(body.length);
      return;
    }
    if (stream.answered) throw new LinkFault('it answered a request twice');
    stream.moved = true;
    stream.answered = head.status >= 200;
    stream.events?.onHead?.(head, false);
    this.#take(stream, body);
  }

  #receiveData(id: string, chunk: Uint8Array): void {
    if (this.role !== 'gateway') throw new LinkFault('a gateway of the first system sent a body by itself');
    const stream = this.streams.get(id);
    // Its client is gone, which an agent of the first system cannot be told.
    if (stream === undefined) {
      this.dropped(chunk.length);
      return;
    }
    if (!stream.answered) throw new LinkFault('it sent a body before its head');
    this.#take(stream, chunk);
  }

  #receiveClose(id: string): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    if (this.role === 'agent') {
      this.#forget(stream);
      stream.events?.onReset('cancelled', 'The gateway closed the request.');
    } else if (!stream.answered) {
      this.#forget(stream);
      stream.events?.onReset('broken', 'The agent closed the request without an answer.');
    } else this.endThere(stream, noPairs);
  }

  #take(stream: LinkStream, chunk: Uint8Array): void {
    if (stream.closed || chunk.length === 0) return;
    this.#unconsumedBytes += chunk.length;
    if (!this.#paused && this.#unconsumedBytes > linkLimits.legacyBufferedBytes) {
      this.#paused = true;
      this.socket.pause();
    }
    this.deliver(stream, chunk);
  }

  #release(sizeBytes: number): void {
    this.#unconsumedBytes -= sizeBytes;
    if (this.#paused && this.#unconsumedBytes <= linkLimits.legacyBufferedBytes / 2 && !this.ended) {
      this.#paused = false;
      this.socket.resume();
    }
  }

  #forget(stream: LinkStream): void {
    this.#gathered.delete(stream);
    const { unconsumedBytes } = stream;
    stream.discard();
    this.remove(stream);
    this.#release(unconsumedBytes);
  }

  #answerReset(stream: LinkStream, code: ResetCode, reason: string): void {
    if (!stream.answered) {
      const body = Buffer.from(`${reason}\n`, 'utf8');
      const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
      const head: ResponseHead = { status: resetStatuses[code] ?? 502, headers };
      this.output.written(writeResponse(this.output.reserve(headRoom(head) + body.length), stream.id, head, body, true, 'legacy'));
      this.#writeClose(stream);
    } else if (this.#told.has(stream)) {
      // Its length was told: whoever reads it sees that it is cut short.
      this.#writeClose(stream);
    }
  }

  #writeClose(stream: LinkStream): void {
    this.output.written(writeClose(this.output.reserve(controlRoom()), stream.id));
  }
}

const tooLarge = `An agent of the first system takes bodies of up to ${protocolLimits.legacyBodyBytes / 1_048_576} MiB.`;
