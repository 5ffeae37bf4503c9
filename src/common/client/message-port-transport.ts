import type { ClientMessage } from '../wire/messages.ts';
import { closedBy } from './close-codes.ts';
import { ListenerSlot } from './listener-slot.ts';
import type { ClientTransport } from './transport.ts';

/** What the browser's `MessagePort` has and this transport uses. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  onmessage: ((event: never) => void) | null;
  /** Chromium's sign that the other side is gone (`close` event); absent elsewhere. */
  addEventListener?(type: 'close', listener: () => void): void;
  start?(): void;
  close(): void;
}

/** RFC 6455's code for an end without a reason: a port has none of its own. */
const portLost = 1006;

/**
 * A client over a MessagePort: plain objects by structured clone, no JSON (ui.md 3.4). The node says `{type:'bye'}`, with
 * the close code that a WebSocket would carry, before it closes a port, because a port alone does not say why it ended.
 * Each frame of events, an array, is acknowledged: that is how the node knows what a window that hangs leaves unread.
 */
export function createMessagePortTransport(port: MessagePortLike): ClientTransport {
  const slot = new ListenerSlot();
  const lost = () => slot.close(closedBy(portLost, ''));
  port.onmessage = ({ data }: { readonly data: unknown }) => {
    if (typeof data === 'object' && data !== null && (data as { type?: unknown }).type === 'bye') {
      const { code = portLost, reason = '' } = data as { readonly code?: number; readonly reason?: string };
      port.close();
      slot.close(closedBy(code, reason));
      return;
    }
    if (Array.isArray(data)) port.postMessage({ type: 'taken' });
    slot.deliver(data);
  };
  port.addEventListener?.('close', lost);
  port.start?.();
  port.postMessage({ type: 'acknowledging' });
  return {
    send: (message: ClientMessage) => {
      if (!slot.closed) port.postMessage(message);
    },
    listen: (listener) => slot.set(listener),
    close: () => {
      if (slot.closed) return;
      slot.close({ error: { code: 'CANCELLED', message: 'The connection was closed here.', retryable: false }, mayReconnect: false });
      port.postMessage({ type: 'bye' });
      port.close();
    },
  };
}
