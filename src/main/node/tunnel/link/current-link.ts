import {
  controlRoom,
  dataRoom,
  emptyBytes,
  headRoom,
  noPairs,
  type TunnelMessage,
  writeDataEnd,
  writeGoAway,
  writeRequest,
  writeReset,
  writeResponse,
  writeWindowUpdate,
} from '../protocol/index.ts';
import { FlightWindow } from './flight-window.ts';
import { linkLimits } from './limits.ts';
import { LinkFault } from './link-fault.ts';
import { Multiplexer, type MultiplexerOptions } from './multiplexer.ts';
import { ReceiveWindow, type SharedWindow } from './receive-window.ts';
import { LinkStream } from './stream.ts';
import type { HeaderPairs, RequestHead, ResetCode, ResponseHead, StreamEvents, TunnelStream } from './types.ts';

/** A link of sub-protocol signalbox-tunnel.v1: credit for each stream, resets apart from ends, several messages in a frame. */
export class CurrentLink extends Multiplexer {
  readonly protocol = 'v1';
  readonly #shared: SharedWindow = { roomBytes: linkLimits.sharedWindowBytes, rttMs: undefined };
  readonly #flight = new FlightWindow();
  #lastId = 0;
  /** What may still come for streams that are no more: what they had credit for, and a little. */
  #strayBytes: number = linkLimits.strayBytes;

  constructor(options: MultiplexerOptions) {
    super(options, true);
    this.heartbeat.measure();
  }

  goAway(reason: string): void {
    if (this.ended || this.goneAway) return;
    this.output.written(writeGoAway(this.output.reserve(controlRoom(reason)), reason));
    this.localGoneAway();
  }

  override hasRoom(): boolean {
    return super.hasRoom() && this.#flight.hasRoom;
  }

  override writeData(stream: LinkStream, chunk: Uint8Array, from: number, to: number): void {
    super.writeData(stream, chunk, from, to);
    const mark = this.#flight.sent(to - from);
    if (mark !== undefined) this.writePing(mark);
  }

  writeEnd(stream: LinkStream, trailers: HeaderPairs): void {
    if (this.role === 'agent') stream.answerEnded = true;
    this.output.written(writeDataEnd(this.output.reserve(dataRoom(0, trailers)), stream.id, trailers));
  }

  writeHead(stream: LinkStream, head: ResponseHead, body: Uint8Array, end: boolean): void {
    if (end) stream.answerEnded = true;
    const room = this.output.reserve(headRoom(head) + body.length);
    this.output.written(writeResponse(room, stream.id, head, body, end, 'v1'));
  }

  resetHere(stream: LinkStream, code: ResetCode, reason: string): void {
    this.#strayBytes += (stream.window?.grantedBytes ?? 0) + linkLimits.strayMessageBytes;
    stream.discard();
    this.remove(stream);
    this.#writeReset(stream.id, code, reason);
  }

  consumedHere(stream: LinkStream, sizeBytes: number): void {
    if (stream.closed || stream.remoteEnded) return;
    this.#grant(stream, stream.window?.consumed(sizeBytes) ?? 0);
  }

  protected openStream(head: RequestHead, events: StreamEvents): TunnelStream {
    const room = this.output.reserve(headRoom(head));
    const stream = this.#makeStream(String(++this.#lastId), head);
    stream.events = events;
    const end = head.bodyBytes === 0 && head.kind === 'http';
    if (end) stream.endedWithHead();
    this.output.written(writeRequest(room, stream.id, head, emptyBytes, end, 'v1'));
    return stream;
  }

  protected ping(payload: Uint8Array): void {
    this.writePing(payload);
  }

  protected receive(message: TunnelMessage): void {
    switch (message.type) {
      case 'data':
        this.#receiveData(message.id, message.chunk, message.end, message.trailers);
        break;
      case 'request':
        this.#receiveRequest(message.id, message.head, message.body, message.end);
        break;
      case 'response':
        this.#receiveResponse(message.id, message.head, message.body, message.end);
        break;
      case 'windowUpdate':
        this.#receiveCredit(message.id, message.bytes);
        break;
      case 'reset': {
        const stream = this.streams.get(message.id);
        if (stream !== undefined) this.resetThere(stream, message.code, message.reason);
        break;
      }
      case 'ping':
        this.pong(message.payload);
        break;
      case 'pong':
        this.#receivePong(message.payload);
        break;
      case 'goAway':
        this.remoteGoneAway(message.reason);
        break;
      default:
        throw new LinkFault(`it sent a message of the kind ${message.type} after the sign-in`);
    }
  }

  #makeStream(id: string, head: RequestHead): LinkStream {
    const stream = new LinkStream(this, id, head.kind, linkLimits.firstWindowBytes, new ReceiveWindow(this.#shared));
    this.streams.add(stream);
    return stream;
  }

  #receiveRequest(id: string, head: RequestHead, body: Uint8Array, end: boolean): void {
    const number = Number(id);
    if (this.role !== 'agent') throw new LinkFault('an agent sent a request');
    if (!(Number.isSafeInteger(number) && number > this.#lastId) || String(number) !== id)
      throw new LinkFault(`it used the stream ${id} twice`);
    this.#lastId = number;
    if (this.goneAway || this.streams.size >= linkLimits.streams) {
      this.#strayBytes += linkLimits.firstWindowBytes;
      this.#writeReset(id, 'draining', this.goneAway ? 'The agent is stopping.' : 'The agent has too many requests open.');
      return;
    }
    const stream = this.#makeStream(id, head);
    stream.events = this.events.onStream?.(head, stream);
    this.#body(stream, body, end, noPairs);
  }

  #receiveResponse(id: string, head: ResponseHead, body: Uint8Array, end: boolean): void {
    if (this.role !== 'gateway') throw new LinkFault('a gateway sent an answer');
    const stream = this.streams.get(id);
    if (stream === undefined) {
      this.#stray(body.length);
      return;
    }
    if (stream.answered) throw new LinkFault('it answered a request twice');
    const informational = head.status < 200 && head.status !== 101;
    if (informational && (end || body.length > 0)) throw new LinkFault('an informational answer has a body');
    stream.moved = true;
    stream.answered = !informational;
    stream.events?.onHead?.(head, end && body.length === 0);
    this.#body(stream, body, end, noPairs);
  }

  #receiveData(id: string, chunk: Uint8Array, end: boolean, trailers: HeaderPairs): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      this.#stray(chunk.length);
      return;
    }
    if (stream.remoteEnded) throw new LinkFault('it sent more of a body that had ended');
    if (this.role === 'gateway' && !stream.answered) throw new LinkFault('it sent a body before its head');
    this.#body(stream, chunk, end, trailers);
  }

  #body(stream: LinkStream, chunk: Uint8Array, end: boolean, trailers: HeaderPairs): void {
    if (stream.closed) return;
    if (chunk.length > 0) {
      if (stream.window?.take(chunk.length) === false) throw new LinkFault('it sent more than it had credit for');
      this.deliver(stream, chunk);
      if (stream.closed) return;
      if (!end) this.#grant(stream, stream.window?.opened() ?? 0);
    }
    if (end) this.endThere(stream, trailers);
  }

  #receivePong(payload: Uint8Array): void {
    if (this.heartbeat.answered(payload)) this.#shared.rttMs = this.heartbeat.leastRttMs;
    else if (this.#flight.answered(payload, this.heartbeat.leastRttMs)) this.output.schedule();
  }

  #receiveCredit(id: string, bytes: number): void {
    const stream = this.streams.get(id);
    // Of a stream that has ended meanwhile.
    if (stream === undefined) return;
    if (bytes > linkLimits.creditBytes - stream.credit) throw new LinkFault('it gave more credit than there can be');
    stream.addCredit(bytes);
  }

  #grant(stream: LinkStream, bytes: number): void {
    if (bytes > 0 && !stream.closed) this.output.written(writeWindowUpdate(this.output.reserve(controlRoom()), stream.id, bytes));
  }

  #writeReset(id: string, code: ResetCode, reason: string): void {
    if (!this.ended) this.output.written(writeReset(this.output.reserve(controlRoom(reason)), id, code, reason));
  }

  #stray(sizeBytes: number): void {
    this.dropped(sizeBytes);
    this.#strayBytes -= sizeBytes + linkLimits.strayMessageBytes;
    if (this.#strayBytes < 0) throw new LinkFault('it sent too much for streams that are no more');
  }
}
