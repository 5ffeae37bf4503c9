import type { HeaderPairs, ResetCode, ResponseHead, StreamEvents, TunnelStream } from '../link/types.ts';

/** Bytes of a body that are given at once, as a link does. */
const chunkBytes = 16_384;

/**
 * A stream that ends in this process: gives a body to the local service and lets the answer go, which the tunnel's own capture writes down.
 * Room for the answer is always there, because nothing of it is kept here.
 */
export class LocalStream implements TunnelStream {
  readonly id: string;
  readonly #body: Uint8Array;
  #events: StreamEvents | undefined;
  #sentBytes = 0;
  #consumedBytes = 0;
  #over = false;

  /** @param body all of it; empty when there is none */
  constructor(id: string, body: Uint8Array) {
    this.id = id;
    this.#body = body;
  }

  /** Begins to give the body to who took the stream. */
  begin(events: StreamEvents): void {
    this.#events = events;
    queueMicrotask(() => this.#feed());
  }

  respond(_head: ResponseHead, _body?: Uint8Array, _end?: boolean): boolean {
    return true;
  }

  write(_chunk: Uint8Array): boolean {
    return true;
  }

  writeLent(_chunk: Uint8Array): boolean {
    return true;
  }

  end(_trailers?: HeaderPairs): void {}

  reset(_code: ResetCode, _reason: string): void {
    this.#over = true;
  }

  consumed(sizeBytes: number): void {
    this.#consumedBytes += sizeBytes;
    queueMicrotask(() => this.#feed());
  }

  /** The next piece once the last one has left, so that a service that reads slowly is not run over. */
  #feed(): void {
    while (!this.#over && this.#events !== undefined && this.#consumedBytes >= this.#sentBytes) {
      if (this.#sentBytes === this.#body.byteLength) {
        this.#over = true;
        this.#events.onEnd([]);
        return;
      }
      const chunk = this.#body.subarray(this.#sentBytes, this.#sentBytes + chunkBytes);
      this.#sentBytes += chunk.byteLength;
      this.#events.onData(chunk);
    }
  }
}
