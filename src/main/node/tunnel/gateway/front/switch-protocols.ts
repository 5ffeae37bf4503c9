import type { Duplex } from 'node:stream';
import type { TunnelStream } from '../../link/types.ts';
import type { Flow } from './figures.ts';
import type { FrontContext } from './front-context.ts';
import type { FrontResponse } from './front-response.ts';
import { RawPipe } from './raw-pipe.ts';
import type { CheckedHead } from './response-head.ts';

/**
 * A connection that Node has let go of because the client wants another protocol on it, and that waits for the word of the service. It is read
 * on meanwhile, so that its end is seen: a client that has ended it waits for nothing any more.
 */
export class SwitchRequest {
  readonly socket: Duplex;
  readonly #context: Pick<FrontContext, 'limits' | 'held'>;
  readonly #early: Buffer[];
  readonly #onData = (chunk: Buffer) => this.#keep(chunk);
  readonly #onEnd = () => this.socket.destroy();
  #earlyBytes: number;

  /** @param firstBytes what the client has sent beyond its head */
  constructor(socket: Duplex, firstBytes: Buffer, context: Pick<FrontContext, 'limits' | 'held'>) {
    this.socket = socket;
    this.#context = context;
    this.#early = [firstBytes];
    this.#earlyBytes = firstBytes.length;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.resume();
  }

  /** Leaves the connection to others, paused. @returns what the client has sent beyond its head so far */
  release(): Buffer {
    this.socket.pause();
    this.socket.off('data', this.#onData);
    this.socket.off('end', this.#onEnd);
    this.#context.held.delete(this.socket);
    return Buffer.concat(this.#early);
  }

  #keep(chunk: Buffer): void {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes < this.#context.limits.earlyBytes) return;
    this.socket.pause();
    this.#context.held.add(this.socket);
  }
}

/** Sends the 101 and joins the client with the stream: WebSocket frames pass as they are (tunnel.md 6). */
export function switchProtocols(
  context: FrontContext,
  response: FrontResponse,
  wanted: SwitchRequest,
  head: CheckedHead,
  stream: TunnelStream,
  owner: { readonly flows: readonly Flow[]; readonly onClosed: () => void },
): RawPipe {
  const { socket } = wanted;
  response.owner = undefined;
  response.detachSocket(socket as Parameters<FrontResponse['detachSocket']>[0]);
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let at = 0; at < head.headers.length; at += 2) text += `${head.headers[at]}: ${head.headers[at + 1]}\r\n`;
  socket.write(`${text}\r\n`, 'latin1');
  const firstBytes = wanted.release();
  const pipe = new RawPipe(socket, stream, owner, context);
  pipe.begin(firstBytes);
  return pipe;
}
