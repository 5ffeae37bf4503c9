import { SignalboxError } from '../../../../common/errors.ts';
import { controlRoom, dataRoom, messagesOf, type TunnelMessage, UnreadableFrameError, writeControl, writeData } from '../protocol/index.ts';
import { closeCodes, endOf } from './close-codes.ts';
import { FrameOutput } from './frame-output.ts';
import { Heartbeat } from './heartbeat.ts';
import { type LinkTiming, linkLimits } from './limits.ts';
import { LinkFault } from './link-fault.ts';
import type { LinkSocket } from './socket.ts';
import type { LinkStream, StreamHost } from './stream.ts';
import { StreamTable } from './stream-table.ts';
import type {
  HeaderPairs,
  LinkEnd,
  LinkEvents,
  RequestHead,
  ResetCode,
  ResponseHead,
  StreamEvents,
  TunnelLink,
  TunnelStream,
} from './types.ts';

export interface MultiplexerOptions {
  readonly role: 'gateway' | 'agent';
  readonly socket: LinkSocket;
  readonly events: LinkEvents;
  readonly timing: LinkTiming;
  /** Frames that came during the sign-in and are of the link already. */
  readonly firstFrames: readonly Uint8Array[];
}

/**
 * What both dialects have in common: the streams of a link, the row in which they take turns to send, and how it all ends.
 *
 * The row is what keeps one stream from holding up another: each sends one piece and goes to its end, and only while the socket has little
 * waiting, so that what is urgent never stands behind more than that.
 */
export abstract class Multiplexer implements TunnelLink, StreamHost {
  abstract readonly protocol: 'v1' | 'legacy';
  protected readonly role: 'gateway' | 'agent';
  protected readonly socket: LinkSocket;
  protected readonly events: LinkEvents;
  protected readonly output: FrameOutput;
  protected readonly heartbeat: Heartbeat;
  protected readonly streams = new StreamTable();
  protected goneAway = false;
  protected ended = false;
  #row: LinkStream[] = [];
  #draining = false;
  #bytesIn = 0;
  #droppedBytes = 0;
  readonly #timing: LinkTiming;

  constructor(options: MultiplexerOptions, batches: boolean) {
    const { role, socket, events, timing, firstFrames } = options;
    this.role = role;
    this.socket = socket;
    this.events = events;
    this.#timing = timing;
    this.output = new FrameOutput(socket, batches, () => this.#takeTurns());
    this.heartbeat = new Heartbeat({
      timing,
      ping: (payload) => this.ping(payload),
      onBeat: () => this.#look(),
      onSilent: () => this.#finish({ code: 'silent', reason: 'Nothing has come from the other end for a while.' }, 'terminate'),
    });
    socket.listen({
      onFrame: (frame) => this.#receiveFrame(frame),
      onText: () => this.#finish({ code: 'protocol', reason: 'A text came where only bytes are spoken.' }, 'close'),
      onPong: () => this.heartbeat.heard(),
      onClose: (code, reason) => this.#finish(endOf(code, reason), 'closed'),
    });
    // The owner has the link in hand before the first stream comes.
    if (firstFrames.length > 0) queueMicrotask(() => firstFrames.forEach((frame) => void this.#receiveFrame(frame)));
    socket.resume();
  }

  get openStreams(): number {
    return this.streams.size;
  }

  get bufferedBytes(): number {
    let bytes = this.output.waitingBytes;
    for (const stream of this.streams.all()) bytes += stream.waitingBytes;
    return bytes;
  }

  get rttMs(): number | undefined {
    return this.heartbeat.rttMs;
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.output.bytesOut;
  }

  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  get draining(): boolean {
    return this.#draining;
  }

  open(head: RequestHead, events: StreamEvents): TunnelStream {
    if (this.role !== 'gateway') throw new Error('Only a gateway opens streams.');
    if (this.ended) throw new SignalboxError('NODE_LOST', 'The connection to the agent has ended.');
    if (this.#draining) throw new SignalboxError('OVERLOADED', 'The agent is stopping and takes no more requests.');
    if (this.streams.size >= linkLimits.streams)
      throw new SignalboxError(
        'LIMIT',
        `The agent has ${linkLimits.streams} requests open on this connection, the most there can be. Try again later.`,
      );
    if (this.output.waitingBytes > linkLimits.busySocketBytes)
      throw new SignalboxError('OVERLOADED', 'The agent does not read what is sent to it. Try again later.');
    return this.openStream(head, events);
  }

  abstract goAway(reason: string): void;

  close(end: LinkEnd): void {
    this.#finish(end, 'close');
  }

  enqueue(stream: LinkStream): void {
    stream.queued = true;
    this.#row.push(stream);
    if (this.hasRoom()) this.output.schedule();
  }

  mayWriteNow(): boolean {
    return this.#row.length === 0 && this.hasRoom();
  }

  hasRoom(): boolean {
    return this.output.hasRoom;
  }

  writeData(stream: LinkStream, chunk: Uint8Array, from: number, to: number): void {
    const room = this.output.reserve(dataRoom(to - from, []));
    this.output.written(writeData(room, stream.id, chunk, from, to));
  }

  abstract writeEnd(stream: LinkStream, trailers: HeaderPairs): void;
  abstract writeHead(stream: LinkStream, head: ResponseHead, body: Uint8Array, end: boolean): void;
  abstract resetHere(stream: LinkStream, code: ResetCode, reason: string): void;
  abstract consumedHere(stream: LinkStream, sizeBytes: number): void;

  finished(stream: LinkStream): void {
    stream.discard();
    this.remove(stream);
  }

  protected abstract openStream(head: RequestHead, events: StreamEvents): TunnelStream;
  protected abstract receive(message: TunnelMessage): void;
  protected abstract ping(payload: Uint8Array): void;

  /** What a link of the first system says when it was refused after all. */
  protected refused(reason: string): void {
    this.#finish({ code: 'refused', reason }, 'close');
  }

  protected remoteGoneAway(reason: string): void {
    this.#draining = true;
    this.events.onGoAway(reason);
    this.#tellIdle();
  }

  protected localGoneAway(): void {
    this.goneAway = true;
    queueMicrotask(() => this.#tellIdle());
  }

  /** Forgets a stream that has been discarded. */
  protected remove(stream: LinkStream): void {
    this.streams.delete(stream);
    if (this.goneAway || this.#draining) this.#tellIdle();
  }

  protected dropped(sizeBytes: number): void {
    this.#droppedBytes += sizeBytes;
  }

  protected pong(payload: Uint8Array): void {
    this.output.written(writeControl(this.output.reserve(controlRoom()), 'pong', payload));
  }

  protected writePing(payload: Uint8Array): void {
    if (!this.ended) this.output.written(writeControl(this.output.reserve(controlRoom()), 'ping', payload));
  }

  /** Ends a stream on which the other end said so. */
  protected resetThere(stream: LinkStream, code: ResetCode, reason: string): void {
    stream.discard();
    this.remove(stream);
    stream.events?.onReset(code, reason);
  }

  /** Hands on a piece of a body. */
  protected deliver(stream: LinkStream, chunk: Uint8Array): void {
    stream.moved = true;
    stream.unconsumedBytes += chunk.length;
    stream.events?.onData(chunk);
  }

  /** The other end's body is complete. */
  protected endThere(stream: LinkStream, trailers: HeaderPairs): void {
    stream.remoteEnded = true;
    stream.moved = true;
    if (this.role === 'gateway') stream.answerEnded = true;
    if (stream.localEnded) this.finished(stream);
    stream.events?.onEnd(trailers);
  }

  #receiveFrame(frame: Uint8Array): void {
    if (this.ended) return;
    this.#bytesIn += frame.length;
    this.heartbeat.heard();
    try {
      for (const message of messagesOf(frame)) {
        this.receive(message);
        if (this.ended) return;
      }
      if (this.output.waitingBytes > linkLimits.stuckSocketBytes) throw new LinkFault('it asks without reading the answers');
    } catch (error) {
      if (!(error instanceof LinkFault || error instanceof UnreadableFrameError)) throw error;
      this.#finish({ code: 'protocol', reason: error.message }, 'close');
    }
  }

  #takeTurns(): void {
    while (this.#row.length > 0 && this.hasRoom()) {
      const stream = this.#row.shift() as LinkStream;
      stream.queued = false;
      if (!stream.closed && stream.advance() && !stream.queued && !stream.closed) {
        stream.queued = true;
        this.#row.push(stream);
      }
    }
  }

  /** Ends streams that the other end holds up for too long (security.md row 57). */
  #look(): void {
    for (const stream of this.streams.all()) {
      if (stream.moved || !stream.heldUp) {
        stream.moved = false;
        stream.stalledMs = 0;
        continue;
      }
      stream.stalledMs += this.#timing.heartbeatMs;
      if (stream.stalledMs < this.#timing.stalledMs) continue;
      const reason = `Nothing has moved for ${Math.round(this.#timing.stalledMs / 1_000)} s.`;
      this.resetHere(stream, 'timeout', reason);
      stream.events?.onReset('timeout', reason);
    }
  }

  #tellIdle(): void {
    if (!this.ended && this.streams.size === 0) this.events.onIdle?.();
  }

  #finish(end: LinkEnd, how: 'close' | 'terminate' | 'closed'): void {
    if (this.ended) return;
    this.ended = true;
    this.heartbeat.stop();
    this.output.close();
    this.#row = [];
    const streams = this.streams.all();
    this.streams.clear();
    for (const stream of streams) stream.discard();
    if (how === 'close') this.socket.close(closeCodes[end.code], end.reason);
    else if (how === 'terminate') this.socket.terminate();
    this.events.onEnd(end);
    for (const stream of streams) stream.events?.onReset('linkLost', end.reason);
  }
}
