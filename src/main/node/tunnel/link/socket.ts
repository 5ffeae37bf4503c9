import type { Socket } from 'node:net';
import { type RawData, Sender, type WebSocket } from 'ws';
import { protocolLimits } from '../protocol/index.ts';

declare module 'ws' {
  /** Exported by `ws`, and left out of its types. */
  const Sender: {
    frame(
      data: Buffer,
      options: { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean },
    ): [head: Buffer, body?: Buffer];
  };
}

/** What a link needs of a WebSocket, so that it can do with another. */
export interface LinkSocket {
  /**
   * @param frame is the socket's until `sent` is called, and may be changed by it
   * @param sent in the order of the calls, never from within one, when the bytes are out of this process or never will be
   */
  send(frame: Uint8Array, sent: () => void): void;
  /** Reads nothing more until {@link resume}. */
  pause(): void;
  resume(): void;
  /** A ping of WebSocket, which any other end answers. */
  ping(): void;
  /** Sends what was given before and closes. */
  close(code: number, reason: string): void;
  /** Ends at once. */
  terminate(): void;
  /** To be called once. */
  listen(events: LinkSocketEvents): void;
}

export interface LinkSocketEvents {
  onFrame(frame: Uint8Array): void;
  /** A text came: no message of the protocol. */
  onText(): void;
  onPong(): void;
  /** Once. */
  onClose(code: number, reason: string): void;
}

/** Options of both ends' WebSockets. Compression costs fifty times what it saves (tunnel.md). */
export const webSocketOptions = {
  perMessageDeflate: false,
  maxPayload: protocolLimits.frameBytes,
  skipUTF8Validation: true,
} as const;

const binaryOpcode = 2;
/** Most bytes of the reason in a close frame (RFC 6455 5.5). */
const closeReasonBytes = 123;

/**
 * A WebSocket of `ws` for {@link LinkSocket}. It must be open, and made with {@link webSocketOptions}.
 *
 * @param connection of a client: what it writes to. Its frames are masked where they are then, while `ws` copies each to a new buffer for it
 */
export function webSocketSocket(webSocket: WebSocket, connection?: Socket): LinkSocket {
  return {
    send: (frame, sent) => {
      if (connection === undefined || webSocket.readyState !== webSocket.OPEN) webSocket.send(frame, sent);
      else sendMasked(connection, frame, sent);
    },
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    ping: () => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    },
    close: (code, reason) => webSocket.close(code, shortened(reason)),
    terminate: () => webSocket.terminate(),
    listen: (events) => listen(webSocket, events),
  };
}

/**
 * `ws` writes at once as well when it does not compress, so that the order of frames is kept. All frames of one turn leave in one call of the
 * system: a read of the local service alone makes four.
 */
function sendMasked(connection: Socket, frame: Uint8Array, sent: () => void): void {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const [head, body] = Sender.frame(bytes, { fin: true, opcode: binaryOpcode, mask: true, readOnly: false, rsv1: false });
  if (connection.writableCorked === 0) {
    connection.cork();
    process.nextTick(uncork, connection);
  }
  if (body === undefined) {
    connection.write(head, sent);
    return;
  }
  connection.write(head);
  connection.write(body, sent);
}

function uncork(connection: Socket): void {
  connection.uncork();
}

function listen(webSocket: WebSocket, events: LinkSocketEvents): void {
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) events.onFrame(data as Buffer);
    else events.onText();
  });
  webSocket.on('pong', () => events.onPong());
  let fault = '';
  // `close` follows, and tells of it.
  webSocket.on('error', (error) => {
    fault = error.message;
  });
  webSocket.once('close', (code, reason) => events.onClose(code, fault === '' ? reason.toString('utf8') : fault));
}

function shortened(reason: string): string {
  let text = reason.slice(0, closeReasonBytes);
  while (Buffer.byteLength(text) > closeReasonBytes) text = text.slice(0, -1);
  return text;
}
