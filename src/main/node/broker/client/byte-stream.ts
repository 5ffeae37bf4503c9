import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { BrokerAddress, ByteStream, ByteStreamListener, OpenByteStream } from '../../../../common/client/queue-client-stream.ts';
import { SignalboxError } from '../../../../common/errors.ts';

/**
 * Connections of Node for the queue client.
 *
 * @param tls undefined: plain TCP, which brokers take on loopback only; else how the broker's certificate is judged
 */
export function tcpStreams(tls?: ConnectionOptions): OpenByteStream {
  return async (address, signal) => {
    const { host, port } = address;
    const socket = tls === undefined ? connectTcp({ host, port, noDelay: true }) : connectTls({ ...tls, host, port });
    await opened(socket, tls === undefined ? 'connect' : 'secureConnect', address, signal);
    socket.setNoDelay(true);
    return new SocketStream(socket);
  };
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', { host, port }: BrokerAddress, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => {
      signal.removeEventListener('abort', fail);
      socket.destroy();
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      reject(new SignalboxError('NODE_UNREACHABLE', `There is no way to the broker at ${host}:${port}${why}.`, { executed: 'no', cause }));
    };
    socket.once('error', fail);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
    socket.once(event, () => {
      signal.removeEventListener('abort', fail);
      socket.off('error', fail);
      resolve();
    });
  });
}

class SocketStream implements ByteStream {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Nothing is read before somebody listens; an error until then shows in `close`.
    socket.pause();
    socket.on('error', this.#note);
  }

  #reason: string | undefined;
  readonly #note = (error: Error): void => {
    this.#reason = error.message;
  };

  write(pieces: readonly Uint8Array[]): void {
    if (!this.#socket.destroyed) this.#socket.write(pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces));
  }

  listen(listener: ByteStreamListener): void {
    this.#socket.on('data', (chunk: Buffer) => listener.onBytes(chunk));
    // The other side has nothing more to say: neither has this one.
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.once('close', () => listener.onClosed(this.#reason));
    if (this.#socket.destroyed) listener.onClosed(this.#reason);
    else this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }
}
