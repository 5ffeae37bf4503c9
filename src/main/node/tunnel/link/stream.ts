import { noPairs, protocolLimits } from '../protocol/index.ts';
import type { ReceiveWindow } from './receive-window.ts';
import type { HeaderPairs, ResetCode, ResponseHead, StreamEvents, StreamKind, TunnelStream } from './types.ts';

/** What a stream asks of its link. */
export interface StreamHost {
  /** Puts it in the row of those that have something to send or to be told. */
  enqueue(stream: LinkStream): void;
  /** Whether nobody else waits, and the socket has room. */
  mayWriteNow(): boolean;
  hasRoom(): boolean;
  writeData(stream: LinkStream, chunk: Uint8Array, from: number, to: number): void;
  writeEnd(stream: LinkStream, trailers: HeaderPairs): void;
  writeHead(stream: LinkStream, head: ResponseHead, body: Uint8Array, end: boolean): void;
  /** The stream was ended here. */
  resetHere(stream: LinkStream, code: ResetCode, reason: string): void;
  consumedHere(stream: LinkStream, sizeBytes: number): void;
  /** Both ends have ended. */
  finished(stream: LinkStream): void;
}

const { chunkBytes } = protocolLimits;
const emptyChunk = new Uint8Array(0);

/** One stream of a link, as its user sees it and as the link drives it. */
export class LinkStream implements TunnelStream {
  readonly id: string;
  readonly kind: StreamKind;
  /** What its user is told; set before anything comes. */
  events: StreamEvents | undefined;
  /** undefined: the dialect has no credit. */
  readonly window: ReceiveWindow | undefined;
  /** Of those that share a place in the table of the link. */
  nextInTable: LinkStream | undefined;
  /** It stands in the row of the link. */
  queued = false;
  /** Ended at once, or by both ends: nothing happens on it any more. */
  closed = false;
  /** The other end's body is complete. */
  remoteEnded = false;
  /** The head of the answer that counts has gone by. */
  answered = false;
  /** The body of the answer is complete. Set by the link: which of the two bodies that is depends on the end. */
  answerEnded = false;
  /** Came and was not consumed. */
  unconsumedBytes = 0;
  /** Something moved since the last look. */
  moved = true;
  /** Milliseconds for which nothing has moved although something could, as of the last look. */
  stalledMs = 0;

  readonly #host: StreamHost;
  readonly #chunks: Uint8Array[] = [];
  /** Of the first chunk, what is sent already. */
  #offset = 0;
  #waitingBytes = 0;
  #credit: number;
  #ending = false;
  #endSent = false;
  #trailers: HeaderPairs = noPairs;
  #needsDrain = false;

  /** @param credit bytes that may be sent at once; Infinity: the dialect has none */
  constructor(host: StreamHost, id: string, kind: StreamKind, credit: number, window: ReceiveWindow | undefined) {
    this.#host = host;
    this.id = id;
    this.kind = kind;
    this.#credit = credit;
    this.window = window;
  }

  /** Given to `write` and not sent. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get credit(): number {
    return this.#credit;
  }

  /** This end's body is complete, and said to be. */
  get localEnded(): boolean {
    return this.#endSent;
  }

  /** Whether the other end is who holds it up: nothing is asked of an exchange that waits for its user, or for an answer. */
  get heldUp(): boolean {
    if (this.#waitingBytes > 0) return true;
    const halfClosed = this.#endSent !== this.remoteEnded;
    // The body of a request has ended long before its answer begins; an answer that has ended leaves nothing to upload for.
    return halfClosed && (this.kind !== 'http' || this.answerEnded);
  }

  respond(head: ResponseHead, body: Uint8Array = emptyChunk, end = false): boolean {
    if (this.closed || this.#ending || this.answered) return false;
    this.moved = true;
    const informational = head.status < 200 && head.status !== 101;
    if (informational) {
      this.#host.writeHead(this, head, emptyChunk, false);
      return true;
    }
    this.answered = true;
    const together = body.length <= chunkBytes && body.length <= this.#credit;
    const endTogether = end && together;
    if (endTogether) this.#ending = this.#endSent = true;
    if (together) this.#credit -= body.length;
    this.#host.writeHead(this, head, together ? body : emptyChunk, endTogether);
    if (endTogether) {
      this.#localEndSent();
      return true;
    }
    const more = together ? this.#mayGoOn() : this.writeLent(body);
    if (end) this.end();
    return more;
  }

  write(chunk: Uint8Array): boolean {
    if (this.closed || this.#ending) return false;
    const fits = chunk.length <= chunkBytes && chunk.length <= this.#credit;
    if (chunk.length === 0) {
      // Nothing to send.
    } else if (fits && this.#chunks.length === 0 && this.#host.mayWriteNow()) {
      this.#send(chunk, 0, chunk.length);
    } else {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      this.#enqueue();
    }
    return this.#mayGoOn();
  }

  writeLent(chunk: Uint8Array): boolean {
    if (this.closed || this.#ending) return false;
    let sent = 0;
    while (sent < chunk.length && this.#chunks.length === 0 && this.#credit > 0 && this.#host.mayWriteNow()) {
      const to = Math.min(chunk.length, sent + Math.min(chunkBytes, this.#credit));
      this.#send(chunk, sent, to);
      sent = to;
    }
    return sent === chunk.length ? this.#mayGoOn() : this.write(Buffer.from(sent === 0 ? chunk : chunk.subarray(sent)));
  }

  end(trailers: HeaderPairs = noPairs): void {
    if (this.closed || this.#ending) return;
    this.#ending = true;
    this.#trailers = trailers;
    if (this.#chunks.length === 0) this.#sendEnd();
    else this.#enqueue();
  }

  reset(code: ResetCode, reason: string): void {
    if (this.closed) return;
    this.#host.resetHere(this, code, reason);
  }

  consumed(sizeBytes: number): void {
    if (sizeBytes <= 0) return;
    const bytes = Math.min(sizeBytes, this.unconsumedBytes);
    this.unconsumedBytes -= bytes;
    this.moved = true;
    this.#host.consumedHere(this, bytes);
  }

  /** This end's body is complete without a word of its own: the head said so. */
  endedWithHead(): void {
    this.#ending = this.#endSent = true;
  }

  /** The other end takes so many bytes more. */
  addCredit(bytes: number): void {
    this.#credit += bytes;
    this.moved = true;
    this.#enqueue();
  }

  /** Sends one piece, or tells that there is room again. @returns whether there is more to do at once */
  advance(): boolean {
    const [chunk] = this.#chunks;
    if (chunk === undefined) {
      this.#tellDrained();
      return false;
    }
    const to = Math.min(chunk.length, this.#offset + Math.min(chunkBytes, this.#credit));
    if (to === this.#offset) return false;
    this.#send(chunk, this.#offset, to);
    this.#waitingBytes -= to - this.#offset;
    this.#offset = to;
    if (to === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    if (this.#chunks.length === 0 && this.#ending) {
      this.#sendEnd();
      return false;
    }
    return this.#runnable();
  }

  /** Lets go of everything; nothing is sent or told any more. */
  discard(): void {
    this.closed = true;
    this.#chunks.length = 0;
    this.#waitingBytes = 0;
    this.#offset = 0;
    this.unconsumedBytes = 0;
    this.window?.release();
  }

  #send(chunk: Uint8Array, from: number, to: number): void {
    this.#credit -= to - from;
    this.moved = true;
    this.#host.writeData(this, chunk, from, to);
  }

  #sendEnd(): void {
    this.#endSent = true;
    this.#host.writeEnd(this, this.#trailers);
    this.#localEndSent();
  }

  #localEndSent(): void {
    this.moved = true;
    this.#needsDrain = false;
    if (this.remoteEnded && !this.closed) this.#host.finished(this);
  }

  #mayGoOn(): boolean {
    const more = this.#chunks.length === 0 && this.#credit > 0 && this.#host.hasRoom();
    if (!more) {
      this.#needsDrain = true;
      this.#enqueue();
    }
    return more;
  }

  #tellDrained(): void {
    if (!this.#needsDrain || this.#credit <= 0 || this.#ending) return;
    this.#needsDrain = false;
    this.events?.onDrain();
  }

  #runnable(): boolean {
    return this.#credit > 0 && (this.#chunks.length > 0 || this.#needsDrain);
  }

  #enqueue(): void {
    if (!this.queued && !this.closed && this.#runnable()) this.#host.enqueue(this);
  }
}
