import type { IncomingMessage } from 'node:http';
import type { TunnelStream } from '../../link/types.ts';
import { ChunkFraming } from './chunk-framing.ts';
import type { Flow } from './figures.ts';
import type { FrontContext } from './front-context.ts';
import { passableTrailers } from './hop-by-hop.ts';

/** Whoever is told how a body gets on. */
export interface UploadOwner {
  /** A piece has come. */
  uploaded(): void;
  /** The stream takes no more for now. */
  uploadHeld(): void;
  /** Its chunks bring more besides the body than they may. */
  uploadRefused(): void;
}

/**
 * Carries the body of a request into a stream, no faster than the stream takes it; a request without one costs nothing. While it is held back
 * Node reads on until one more piece (64 KiB) waits, so that the end of a connection behind it is seen; beyond, the connection is held.
 */
export class UploadPump {
  readonly #request: IncomingMessage;
  readonly #flows: readonly Flow[];
  readonly #context: Pick<FrontContext, 'limits' | 'held' | 'shut'>;
  /** undefined: the length of the body is known, and it comes without chunks. */
  readonly #framing: ChunkFraming | undefined;
  #stream: TunnelStream | undefined;
  #owner: UploadOwner | undefined;
  #complete: boolean;
  #blocked = false;
  #listens = false;
  /** Bytes of the connection when nobody wanted the body any more. */
  #letGoAtBytes = 0;

  constructor(
    request: IncomingMessage,
    bodyBytes: number | undefined,
    flows: readonly Flow[],
    context: Pick<FrontContext, 'limits' | 'held' | 'shut'>,
  ) {
    this.#request = request;
    this.#flows = flows;
    this.#context = context;
    this.#framing = bodyBytes === undefined ? new ChunkFraming(request) : undefined;
    this.#complete = bodyBytes === 0;
  }

  /** The whole body has been taken. */
  get complete(): boolean {
    return this.#complete;
  }

  /** It is the stream that has to take more. */
  get isHeld(): boolean {
    return this.#blocked;
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
    this.#goOn();
  }

  /** Nobody wants the body any more: a little of it is read, so that the client comes to read its answer; then the connection ends. */
  letGo(): void {
    this.#stream = undefined;
    if (this.#complete) return;
    this.#letGoAtBytes = this.#request.socket.bytesRead;
    this.#listen();
    this.#goOn();
  }

  #goOn(): void {
    this.#blocked = false;
    this.#context.held.delete(this.#request.socket);
    this.#request.resume();
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#request.on('end', () => this.#end());
  }

  #take(chunk: Buffer): void {
    const { limits, held, shut } = this.#context;
    const { socket } = this.#request;
    if (this.#stream === undefined) {
      if (socket.bytesRead - this.#letGoAtBytes > limits.leftoverBytes) socket.destroy();
      return;
    }
    if (shut.has(socket)) return;
    if (this.#framing !== undefined && this.#framing.surplusAfter(chunk.length) > limits.chunkFramingBytes) {
      this.#owner?.uploadRefused();
      return;
    }
    this.#owner?.uploaded();
    for (const flow of this.#flows) flow.bytesIn += chunk.length;
    if (this.#stream.write(chunk)) return;
    this.#blocked = true;
    this.#request.pause();
    held.add(socket);
    this.#owner?.uploadHeld();
  }

  #end(): void {
    this.#complete = true;
    const stream = this.#stream;
    this.#stream = undefined;
    // The guard of lines stands before a parser that may have taken what it did not: such a body has no end, and its connection is being closed.
    if (this.#context.shut.has(this.#request.socket)) return;
    stream?.end(passableTrailers(this.#request.rawTrailers, this.#context.limits.headers));
  }
}
