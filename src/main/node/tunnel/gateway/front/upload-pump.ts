import type { IncomingMessage } from 'node:http';
import type { TunnelStream } from '../../link/types.ts';
import type { Flow } from './figures.ts';
import { passableTrailers } from './hop-by-hop.ts';

/** Whoever is told that a body gets on. */
export interface UploadOwner {
  uploaded(): void;
}

/** Carries the body of a request into a stream, no faster than the stream takes it; a request without one costs nothing. */
export class UploadPump {
  readonly #request: IncomingMessage;
  readonly #flows: readonly Flow[];
  readonly #bounds: { readonly headers: number; readonly leftoverBytes: number };
  #stream: TunnelStream | undefined;
  #owner: UploadOwner | undefined;
  #complete: boolean;
  #blocked = false;
  #listens = false;
  #leftoverBytes = 0;

  constructor(
    request: IncomingMessage,
    bodyBytes: number | undefined,
    flows: readonly Flow[],
    bounds: { readonly headers: number; readonly leftoverBytes: number },
  ) {
    this.#request = request;
    this.#flows = flows;
    this.#bounds = bounds;
    this.#complete = bodyBytes === 0;
  }

  /** The whole body has been taken. */
  get complete(): boolean {
    return this.#complete;
  }

  /** It is the client who has to send more, not the stream that has to take more. */
  get waitsForClient(): boolean {
    return !this.#complete && !this.#blocked;
  }

  /** @param owner told of each piece that came */
  begin(stream: TunnelStream, owner: UploadOwner): void {
    if (this.#complete) return;
    this.#stream = stream;
    this.#owner = owner;
    this.#listen();
  }

  resume(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#request.resume();
  }

  /** Nobody wants the body any more: a little of it is read, so that the client comes to read its answer; then the connection ends. */
  letGo(): void {
    this.#stream = undefined;
    if (this.#complete) return;
    this.#listen();
    this.#blocked = false;
    this.#request.resume();
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#request.on('end', () => this.#end());
  }

  #take(chunk: Buffer): void {
    if (this.#stream === undefined) {
      this.#leftoverBytes += chunk.length;
      if (this.#leftoverBytes > this.#bounds.leftoverBytes) this.#request.socket.destroy();
      return;
    }
    this.#owner?.uploaded();
    for (const flow of this.#flows) flow.bytesIn += chunk.length;
    if (this.#stream.write(chunk)) return;
    this.#blocked = true;
    this.#request.pause();
  }

  #end(): void {
    this.#complete = true;
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.end(passableTrailers(this.#request.rawTrailers, this.#bounds.headers));
  }
}
