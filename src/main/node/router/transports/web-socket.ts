import type { Socket } from 'node:net';
import type WebSocket from 'ws';
import type { Principal } from '../../../../common/roles.ts';
import type { Profile, RpcProgress, RpcResponse } from '../../../../common/wire/messages.ts';
import type { Router } from '../router.ts';
import type { Flushable } from '../turn.ts';
import type { ClientSink, EncodedEvent, RouterClient } from '../types.ts';
import { encodeTextFrame, encodeTextFrames } from './web-socket-frame.ts';

const closeGraceMs = 2_000;

export interface AttachWebSocketOptions {
  readonly principal: () => Principal | undefined;
  readonly profile: Profile;
  readonly kind: 'ws' | 'cli';
}

/**
 * Joins an open WebSocket of the `ws` package to the router. The server must not offer permessage-deflate
 * (security.md row 17) and must bound its frames (`maxPayload`).
 */
export function attachWebSocket(router: Router, socket: WebSocket, options: AttachWebSocketOptions): RouterClient {
  const sink = new WebSocketSink(router, socket, options.profile);
  const client = router.connect({ ...options, sink });
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) client.close(1003, 'text frames only');
    else client.receiveText(data.toString('utf8'));
  });
  socket.on('close', () => client.closed());
  // A protocol fault is followed by `close`; without a listener it would be thrown.
  socket.on('error', () => undefined);
  if (socket.readyState !== socket.OPEN) client.closed();
  return client;
}

/**
 * Writes to a WebSocket, everything of one turn at once. The frames are made here and not by `ws`: whole, unmasked text
 * frames need none of its state, a batch is framed once for all clients, and one buffer costs one system call.
 */
class WebSocketSink implements ClientSink, Flushable {
  readonly #router: Router;
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #profile: Profile;
  /** Answers of the callback under way. */
  #texts: string[] = [];
  #pendingBytes = 0;

  constructor(router: Router, socket: WebSocket, profile: Profile) {
    this.#router = router;
    this.#socket = socket;
    this.#profile = profile;
    this.#raw = rawSocketOf(socket);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount + this.#pendingBytes;
  }

  send(message: RpcResponse | RpcProgress): void {
    const text = JSON.stringify(message);
    this.#texts.push(text);
    this.#pendingBytes += text.length;
    if (this.#texts.length === 1) this.#router.turn.soon(this);
  }

  /** Comes at the end of a turn, so it writes at once. */
  sendEvents(events: readonly EncodedEvent[]): void {
    // Answers so far keep their place before the events.
    this.flush();
    this.#write(this.#router.frames.get(events, this.#profile === 'current' ? encodeArray : encodeEach));
  }

  flush(): void {
    if (this.#texts.length === 0) return;
    const texts = this.#texts;
    this.#texts = [];
    this.#pendingBytes = 0;
    this.#write(encodeTextFrames(texts));
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#socket.close(code, reason.slice(0, 120));
    // A peer that does not read does not answer the close either; its buffers are let go.
    const timer = setTimeout(() => this.#socket.terminate(), closeGraceMs).unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #write(frames: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#raw.write(frames);
  }
}

/**
 * The TCP socket behind a WebSocket. `ws` keeps it in a private field ; whole frames may be
 * written to it as long as `ws` itself never leaves one half written, which takes compression or fragments.
 */
function rawSocketOf(socket: WebSocket): Socket {
  const raw = (socket as unknown as { readonly _socket?: Socket | null })._socket;
  if (raw === undefined || raw === null || socket.extensions !== '') {
    throw new Error('attachWebSocket needs an open WebSocket of the ws package without permessage-deflate');
  }
  return raw;
}

/** Current profile: the events of a turn are one array. */
function encodeArray(events: readonly EncodedEvent[]): Buffer {
  return encodeTextFrame(`[${events.map((event) => event.text).join(',')}]`);
}

/** First system: one event a frame. */
function encodeEach(events: readonly EncodedEvent[]): Buffer {
  return encodeTextFrames(events.map((event) => event.text));
}
