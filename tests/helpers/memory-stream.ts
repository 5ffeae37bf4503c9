import type { HeaderPairs, ResetCode, ResponseHead, TunnelStream } from '../../src/main/node/tunnel/link/types.ts';

/** The gateway's end of one stream, kept in memory: what an agent answers. */
export class MemoryStream implements TunnelStream {
  readonly id = '1';
  readonly heads: ResponseHead[] = [];
  readonly chunks: Buffer[] = [];
  /** Messages of the answer: a head with its body and its end is one. */
  messages = 0;
  trailers: HeaderPairs | undefined;
  reason: { readonly code: ResetCode; readonly reason: string } | undefined;
  consumedBytes = 0;
  /** What `write` and `respond` say. */
  room = true;
  readonly over: Promise<void>;
  readonly #settle: () => void;
  readonly #waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];

  constructor() {
    let settle: () => void = () => undefined;
    this.over = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
  }

  get status(): number | undefined {
    return this.heads.at(-1)?.status;
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString();
  }

  respond(head: ResponseHead, body?: Uint8Array, end = false): boolean {
    this.heads.push(head);
    this.messages += 1;
    if (body !== undefined) this.chunks.push(Buffer.from(body));
    if (end) this.#end([]);
    return this.#changed();
  }

  write(chunk: Uint8Array): boolean {
    this.messages += 1;
    this.chunks.push(Buffer.from(chunk));
    return this.#changed();
  }

  writeLent(chunk: Uint8Array): boolean {
    return this.write(chunk);
  }

  end(trailers: HeaderPairs = []): void {
    this.messages += 1;
    this.#end(trailers);
    this.#changed();
  }

  reset(code: ResetCode, reason: string): void {
    this.reason = { code, reason };
    this.#settle();
    this.#changed();
  }

  consumed(sizeBytes: number): void {
    this.consumedBytes += sizeBytes;
    this.#changed();
  }

  /** Settles when the condition holds; it is looked at whenever something comes. */
  when(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ condition, resolve }));
  }

  #end(trailers: HeaderPairs): void {
    this.trailers = trailers;
    this.#settle();
  }

  #changed(): boolean {
    for (const waiting of this.#waiting.filter(({ condition }) => condition())) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.resolve();
    }
    return this.room;
  }
}
