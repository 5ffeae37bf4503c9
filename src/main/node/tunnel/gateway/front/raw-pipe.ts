import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TunnelStream } from '../../link/types.ts';
import { abort } from './abort.ts';
import type { Flow } from './figures.ts';
import type { FrontContext, Stallable } from './front-context.ts';
import { UnreadRest } from './unread-rest.ts';

/**
 * A client's socket and a stream joined byte for byte, with the back-pressure of each side held against the other: WebSocket after its 101,
 * TCP, and TLS that is not opened.
 */
export class RawPipe implements Stallable {
  progressAtMs = performance.now();
  readonly #socket: Duplex;
  readonly #stream: TunnelStream;
  readonly #flows: readonly Flow[];
  readonly #onClosed: () => void;
  readonly #context: Pick<FrontContext, 'stalls' | 'held'>;
  /** Written to the socket and not drained yet. */
  #owedBytes = 0;
  #clientEnded = false;
  #streamEnded = false;
  #closed = false;

  /** @param context its stalls watch it while its client does not read, and while only one side has ended (security.md row 57) */
  constructor(
    socket: Duplex,
    stream: TunnelStream,
    owner: { readonly flows: readonly Flow[]; readonly onClosed: () => void },
    context: Pick<FrontContext, 'stalls' | 'held'>,
  ) {
    this.#socket = socket;
    this.#stream = stream;
    this.#flows = owner.flows;
    this.#onClosed = owner.onClosed;
    this.#context = context;
    socket.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    socket.on('end', () => this.#clientEnd());
    socket.on('drain', () => this.#drained());
    socket.on('error', () => undefined);
    socket.on('close', () => this.#clientGone());
  }

  /** @param firstBytes what the client sent before it was joined */
  begin(firstBytes: Buffer): void {
    if (this.#socket.destroyed) {
      this.#clientGone();
      return;
    }
    // A connection that was accepted paused does not flow by having a listener alone.
    this.#socket.resume();
    if (firstBytes.length > 0) this.#fromClient(firstBytes);
    if (this.#socket.readableEnded) this.#clientEnd();
  }

  onData(chunk: Uint8Array): void {
    if (this.#closed) return;
    for (const flow of this.#flows) flow.bytesOut += chunk.length;
    const room = this.#socket.write(chunk);
    if (room && this.#owedBytes === 0) {
      if (this.#clientEnded) this.#watch();
      this.#stream.consumed(chunk.length);
      return;
    }
    if (this.#owedBytes === 0) this.#watch();
    this.#owedBytes += chunk.length;
  }

  onEnd(): void {
    if (this.#closed) return;
    this.#streamEnded = true;
    this.#socket.end();
    if (this.#clientEnded) this.#bothEnded();
    else this.#watch();
  }

  onReset(): void {
    if (this.#closed) return;
    this.#close();
    abort(this.#socket);
  }

  onDrain(): void {
    this.#context.held.delete(this.#socket);
    this.#socket.resume();
  }

  stalled(): void {
    if (this.#closed) return;
    this.#close();
    this.#stream.reset('timeout', 'Nothing moves on the connection of the client.');
    abort(this.#socket);
  }

  #fromClient(chunk: Buffer): void {
    if (this.#closed) return;
    for (const flow of this.#flows) flow.bytesIn += chunk.length;
    if (this.#streamEnded) this.#watch();
    if (this.#stream.write(chunk)) return;
    this.#socket.pause();
    this.#context.held.add(this.#socket);
  }

  #clientEnd(): void {
    if (this.#closed || this.#clientEnded) return;
    this.#clientEnded = true;
    this.#stream.end();
    if (this.#streamEnded) this.#bothEnded();
    else this.#watch();
  }

  #bothEnded(): void {
    this.#close();
    if (this.#socket.writableLength === 0) return;
    const rest = new UnreadRest(this.#context, { socket: this.#socket as Socket });
    this.#socket.once('close', () => rest.gone());
  }

  #watch(): void {
    this.progressAtMs = performance.now();
    this.#context.stalls.add(this);
  }

  #drained(): void {
    if (this.#owedBytes === 0 || this.#closed) return;
    const owed = this.#owedBytes;
    this.#owedBytes = 0;
    if (this.#clientEnded) this.#watch();
    else this.#context.stalls.delete(this);
    this.#stream.consumed(owed);
  }

  #clientGone(): void {
    if (this.#closed) return;
    this.#close();
    this.#stream.reset('cancelled', 'The client is gone.');
  }

  #close(): void {
    this.#closed = true;
    this.#context.stalls.delete(this);
    this.#context.held.delete(this.#socket);
    this.#onClosed();
  }
}
