import type { Socket } from 'node:net';
import { isReset } from '../../is-reset.ts';
import type { HeaderPairs, ResetCode, StreamEvents, TunnelStream } from '../../link/types.ts';
import type { ServiceSocket } from './service-socket.ts';

/** Told when a raw connection is over, and of the bytes that pass. */
export interface PipeListener {
  fromService(chunk: Uint8Array): void;
  toService(chunk: Uint8Array): void;
  /** Both directions ended in order. */
  complete(): void;
  broken(code: ResetCode, reason: string): void;
}

/** Bytes both ways between a stream and a socket of the local service; each direction ends for itself. */
export class RawPipe implements StreamEvents {
  readonly #service: ServiceSocket;
  readonly #socket: Socket;
  readonly #stream: TunnelStream;
  readonly #listener: PipeListener;
  #fault: string | undefined;
  #serviceEnded = false;
  #clientEnded = false;
  #over = false;

  /** @param service open, with half-open allowed; it is paused until `start` */
  constructor(service: ServiceSocket, stream: TunnelStream, listener: PipeListener) {
    this.#service = service;
    this.#socket = service.socket;
    this.#stream = stream;
    this.#listener = listener;
  }

  /** @param rest what the service has said already: lent, as all that it says */
  start(rest: Buffer): void {
    const socket = this.#socket;
    this.#service.onData((lent) => this.#fromService(lent));
    socket.on('end', () => this.#serviceEnd());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault = error.code ?? error.message;
    });
    socket.on('close', () => this.#closed());
    socket.resume();
    if (rest.length > 0) this.#fromService(rest);
  }

  onData(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#listener.toService(chunk);
    this.#socket.write(chunk, () => {
      if (!this.#over) this.#stream.consumed(chunk.length);
    });
  }

  onEnd(_trailers: HeaderPairs): void {
    if (this.#over) return;
    this.#clientEnded = true;
    this.#socket.end();
    this.#endIfBoth();
  }

  onReset(code: ResetCode, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#listener.broken(code, reason);
  }

  onDrain(): void {
    this.#socket.resume();
  }

  #fromService(lent: Buffer): void {
    if (this.#over) return;
    this.#listener.fromService(lent);
    if (!this.#stream.writeLent(lent)) this.#socket.pause();
  }

  #serviceEnd(): void {
    if (this.#over) return;
    // A reset that comes together with the last bytes is told as an end by the application's Node 20. One that has been ended from here is
    // with nobody after an orderly end too.
    if (!this.#clientEnded && isReset(this.#socket)) {
      this.#fault = 'ECONNRESET';
      this.#socket.destroy();
      return;
    }
    this.#serviceEnded = true;
    this.#stream.end();
    this.#endIfBoth();
  }

  #endIfBoth(): void {
    if (!this.#serviceEnded || !this.#clientEnded) return;
    this.#over = true;
    this.#listener.complete();
    // What was written before `end` still goes out; the socket closes by itself after it.
  }

  #closed(): void {
    if (this.#over) return;
    this.#over = true;
    const reason = `The connection to the service broke (${this.#fault ?? 'closed'}).`;
    this.#stream.reset('broken', reason);
    this.#listener.broken('broken', reason);
  }
}
