import type { ErrorShape } from '../errors.ts';
import type { ClientMessage, ServerMessage } from '../wire/messages.ts';
import { ListenerSlot } from './listener-slot.ts';
import type { ClientTransport } from './transport.ts';

/** The node's end of an in-process pair. */
export interface NodeEnd {
  /** Called with every message of the client. */
  onMessage: ((message: ClientMessage) => void) | undefined;
  onClosed: (() => void) | undefined;
  send(message: ServerMessage | readonly ServerMessage[]): void;
  close(error: ErrorShape, mayReconnect: boolean): void;
}

/**
 * A client and a node end joined in memory: in-process callers, tests. Messages pass on a later microtask, as on every
 * real transport, so that no caller comes to depend on an answer inside its own call.
 */
export function createMemoryTransport(): { readonly client: ClientTransport; readonly node: NodeEnd } {
  const slot = new ListenerSlot();
  const node: NodeEnd = {
    onMessage: undefined,
    onClosed: undefined,
    send: (message) => void Promise.resolve().then(() => slot.deliver(message)),
    close: (error, mayReconnect) => void Promise.resolve().then(() => slot.close({ error, mayReconnect })),
  };
  const client: ClientTransport = {
    send: (message) => {
      if (!slot.closed) void Promise.resolve().then(() => node.onMessage?.(message));
    },
    listen: (listener) => slot.set(listener),
    close: () => {
      if (slot.closed) return;
      slot.close({ error: { code: 'CANCELLED', message: 'The connection was closed here.', retryable: false }, mayReconnect: false });
      node.onClosed?.();
    },
  };
  return { client, node };
}
