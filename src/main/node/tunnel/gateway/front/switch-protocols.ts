import type { Duplex } from 'node:stream';
import type { TunnelStream } from '../../link/types.ts';
import type { FrontResponse } from './answer-writer.ts';
import type { Flow } from './figures.ts';
import type { FrontContext } from './front-context.ts';
import { RawPipe } from './raw-pipe.ts';
import type { CheckedHead } from './response-head.ts';

/** A connection that Node has let go of because the client wants another protocol on it. */
export interface Switched {
  readonly socket: Duplex;
  /** What the client has sent beyond its head. */
  readonly firstBytes: Buffer;
}

/** Sends the 101 and joins the client with the stream: WebSocket frames pass as they are (tunnel.md 6). */
export function switchProtocols(
  context: FrontContext,
  response: FrontResponse,
  { socket, firstBytes }: Switched,
  head: CheckedHead,
  stream: TunnelStream,
  owner: { readonly flows: readonly Flow[]; readonly onClosed: () => void },
): RawPipe {
  response.owner = undefined;
  response.detachSocket(socket as Parameters<FrontResponse['detachSocket']>[0]);
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let at = 0; at < head.headers.length; at += 2) text += `${head.headers[at]}: ${head.headers[at + 1]}\r\n`;
  socket.write(`${text}\r\n`, 'latin1');
  const pipe = new RawPipe(socket, stream, owner, context.stalls);
  pipe.begin(firstBytes);
  return pipe;
}
