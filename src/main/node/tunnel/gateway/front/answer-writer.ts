import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderPairs, TunnelStream } from '../../link/types.ts';
import type { Flow } from './figures.ts';
import type { FrontContext, Stallable } from './front-context.ts';
import type { AnswerOwner, FrontResponse } from './front-response.ts';
import { headText } from './head-text.ts';
import { passableTrailers } from './hop-by-hop.ts';
import { type CheckedHead, hasBody } from './response-head.ts';
import { UnreadRest } from './unread-rest.ts';

/** Carries an answer to the client, no faster than the client reads, and holds it to the length that its head promises. */
export class AnswerWriter implements Stallable {
  progressAtMs = 0;
  readonly #context: FrontContext;
  readonly #request: IncomingMessage;
  readonly #response: FrontResponse;
  readonly #flows: readonly Flow[];
  #stream: TunnelStream | undefined;
  /** What the head has promised; undefined: it ends when it ends. */
  #expectedBytes: number | undefined;
  #bodiless = false;
  #sentBytes = 0;
  /** Written and not drained yet. */
  #owedBytes = 0;
  #listens = false;
  /** The head is our own, and Node's part is only to send it. */
  #ownHead = false;
  /** The head is given to Node and waits for the end of the turn, so that what comes with it leaves in the same write. */
  #headWaits = false;
  /** The beginning of the body that came with the head. When the end comes in the same turn Node gets all of it in one call. */
  #held: Uint8Array | undefined;
  #rest: UnreadRest | undefined;

  constructor(context: FrontContext, request: IncomingMessage, response: FrontResponse, flows: readonly Flow[]) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#flows = flows;
  }

  /**
   * @param end nothing follows the head
   * @returns what is wrong with the head, for people; nothing has been written then
   */
  begin(stream: TunnelStream, head: CheckedHead, end: boolean): string | undefined {
    const { contentLength, headers, status } = head;
    this.#bodiless = !hasBody(this.#request.method, status);
    if (end && !this.#bodiless) {
      if (contentLength !== undefined && contentLength > 0) return 'Its body is missing.';
      if (contentLength === undefined) headers.push('Content-Length', '0');
    }
    // A body that is known to be empty has a length, and nothing comes after it.
    if (head.trailer !== undefined && !end) headers.push('Trailer', head.trailer);
    headers.push('Via', `1.1 ${this.#context.via}`);
    this.#ownHead = (end || this.#bodiless || contentLength !== undefined) && this.#response.takesHead;
    if (this.#ownHead) this.#response.setHead(status, headText(head, this.#context.keepAliveLines), this.#bodiless);
    else if (!this.#writeHead(head)) return 'One of its headers cannot be sent on.';
    this.#stream = stream;
    this.#expectedBytes = this.#bodiless ? undefined : contentLength;
    if (end) {
      this.#end(undefined);
      return undefined;
    }
    this.#headWaits = true;
    this.#context.flushSoon(this);
    return undefined;
  }

  /** The turn is over: the head goes out, with or without a beginning of the body. */
  flush(): void {
    if (!this.#headWaits) return;
    this.#headWaits = false;
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (this.#held === undefined) this.#response.flushHeaders();
    else this.#sendHeld();
  }

  /** @returns false: more than the head has promised */
  write(chunk: Uint8Array): boolean {
    if (this.#bodiless) {
      this.#stream?.consumed(chunk.length);
      return true;
    }
    this.#sentBytes += chunk.length;
    if (this.#expectedBytes !== undefined && this.#sentBytes > this.#expectedBytes) return false;
    for (const flow of this.#flows) flow.bytesOut += chunk.length;
    if (this.#headWaits && this.#held === undefined) this.#held = chunk;
    else {
      this.#headWaits = false;
      this.#sendHeld();
      this.#send(chunk);
    }
    return true;
  }

  /** @returns false: less than the head has promised, and the answer is not ended */
  finish(trailers: HeaderPairs): boolean {
    if (this.#expectedBytes !== undefined && this.#sentBytes !== this.#expectedBytes) return false;
    if (trailers.length > 0 && this.#response.chunkedEncoding) {
      const passable = passableTrailers(trailers, this.#context.limits.headers);
      const pairs: [string, string][] = [];
      for (let at = 0; at < passable.length; at += 2) pairs.push([passable[at] as string, passable[at + 1] as string]);
      this.#response.addTrailers(pairs);
    }
    const whole = this.#headWaits;
    const held = this.#held;
    this.#headWaits = false;
    this.#held = undefined;
    if (whole) this.#end(held);
    else this.#response.end();
    return true;
  }

  /** The client has read what was written. */
  drained(): void {
    if (this.#owedBytes === 0) return;
    const owed = this.#owedBytes;
    this.#owedBytes = 0;
    this.#context.stalls.delete(this);
    this.#response.owner?.clientRead();
    this.#stream?.consumed(owed);
  }

  stalled(): void {
    this.#response.owner?.clientStalled();
  }

  /** The exchange is over; credit is of no use any more. What the client has not read yet is watched until {@link gone}. */
  letGo(): void {
    this.#stream = undefined;
    if (this.#owedBytes > 0) this.#context.stalls.delete(this);
    this.#owedBytes = 0;
    const { writableEnded, writableFinished } = this.#response;
    if (writableEnded && !writableFinished) this.#rest = new UnreadRest(this.#context, this.#response);
  }

  /** All of it is sent, or its connection has closed. */
  gone(): void {
    this.#rest?.gone();
  }

  #writeHead({ status, headers, hasDate }: CheckedHead): boolean {
    this.#response.sendDate = !hasDate;
    try {
      this.#response.writeHead(status, headers);
      return true;
    } catch {
      return false;
    }
  }

  /** Nothing of the answer has been sent. @param body all of it */
  #end(body: Uint8Array | undefined): void {
    if (this.#ownHead) this.#response.endWhole(body);
    else this.#response.end(body);
  }

  #sendHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#send(held);
  }

  #send(chunk: Uint8Array): void {
    if (this.#response.write(chunk) && this.#owedBytes === 0) this.#stream?.consumed(chunk.length);
    else this.#owe(chunk.length);
  }

  #owe(sizeBytes: number): void {
    if (this.#owedBytes === 0) {
      this.progressAtMs = performance.now();
      this.#context.stalls.add(this);
      if (!this.#listens) {
        this.#listens = true;
        this.#response.writer = this;
        this.#response.on('drain', onResponseDrain);
      }
    }
    this.#owedBytes += sizeBytes;
  }
}

/** Tells the owner of the answer when its connection closes. */
export function watchClose(response: FrontResponse, owner: AnswerOwner): void {
  response.owner = owner;
  response.on('close', onResponseClose);
}

function onResponseClose(this: ServerResponse): void {
  (this as FrontResponse).owner?.clientGone();
}

function onResponseDrain(this: ServerResponse): void {
  (this as FrontResponse).writer?.drained();
}
