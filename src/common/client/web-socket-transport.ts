import { SignalboxError } from '../errors.ts';
import { limits } from '../limits.ts';
import { currentSubProtocol } from '../wire/sub-protocol.ts';
import { closedBy } from './close-codes.ts';
import { ListenerSlot } from './listener-slot.ts';
import type { ClientTransport } from './transport.ts';

/** What the browser's `WebSocket` and the `ws` package's both have. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export interface WebSocketOptions {
  /** `ws(s)://host:port/ws?token=…` */
  readonly url: string;
  readonly open: (url: string, protocol: string) => WebSocketLike;
  readonly signal?: AbortSignal;
  /**
   * The node no longer takes the token. Given where a fresh one can be had: the client then connects again and asks for
   * it, instead of ending.
   */
  readonly onTokenRefused?: () => void;
}

/** The node closes with it when the sign-in is no longer good (security.md 2.10). */
const tokenRefused = 4401;

/**
 * Opens a client over a WebSocket (wire.md section 1), sub-protocol `signalbox.v1`.
 *
 * @returns the transport once the socket is open
 * @throws SignalboxError `NODE_UNREACHABLE` when it never opens
 */
export function connectWebSocket(options: WebSocketOptions): Promise<ClientTransport> {
  return new Promise((resolve, reject) => {
    const slot = new ListenerSlot();
    let opened = false;
    const socket = options.open(options.url, currentSubProtocol);
    const abort = () => {
      socket.close();
      reject(new SignalboxError('CANCELLED', 'The connection was given up.', { executed: 'no' }));
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    socket.onopen = () => {
      opened = true;
      options.signal?.removeEventListener('abort', abort);
      resolve(transport);
    };
    socket.onmessage = (event: { readonly data: unknown }) => {
      let frame: unknown;
      try {
        frame = JSON.parse(String(event.data));
      } catch {
        socket.close(4400, 'not JSON');
        return;
      }
      slot.deliver(frame);
    };
    socket.onclose = (event: { readonly code: number; readonly reason: string }) => {
      options.signal?.removeEventListener('abort', abort);
      if (!opened) {
        reject(new SignalboxError('NODE_UNREACHABLE', 'The node does not answer, or refused the sign-in.', { executed: 'no' }));
        return;
      }
      const closed = closedBy(event.code, event.reason);
      if (event.code === tokenRefused && options.onTokenRefused !== undefined) {
        options.onTokenRefused();
        slot.close({ ...closed, mayReconnect: true });
      } else slot.close(closed);
    };
    // The close event that follows says what happened; without a listener `ws` would throw.
    socket.onerror = () => undefined;
    const transport: ClientTransport = {
      send: (message) => {
        if (slot.closed) return;
        const text = JSON.stringify(message);
        if (text.length > limits.clientFrameBytes) {
          throw new SignalboxError('TOO_LARGE', `The request is ${text.length} bytes; at most ${limits.clientFrameBytes} may be sent.`, {
            executed: 'no',
          });
        }
        socket.send(text);
      },
      listen: (listener) => slot.set(listener),
      close: () => {
        slot.close({ error: { code: 'CANCELLED', message: 'The connection was closed here.', retryable: false }, mayReconnect: false });
        socket.close(1000);
      },
    };
  });
}
