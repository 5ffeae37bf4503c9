import type { RawData, WebSocket } from 'ws';
import { protocolLimits } from '../protocol/index.ts';

/** What a link needs of a WebSocket, so that it can do with another. */
export interface LinkSocket {
  /** @param sent in the order of the calls, never from within one, when the bytes are out of this process or never will be */
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

/** Most bytes of the reason in a close frame (RFC 6455 5.5). */
const closeReasonBytes = 123;

/** A WebSocket of `ws` for {@link LinkSocket}. It must be open, and made with {@link webSocketOptions}. */
export function webSocketSocket(webSocket: WebSocket): LinkSocket {
  return {
    send: (frame, sent) => webSocket.send(frame, sent),
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
