import type { Principal } from '../../../../common/roles.ts';
import type { ServerMessage } from '../../../../common/wire/messages.ts';
import type { Router } from '../router.ts';
import type { EncodedEvent, RouterClient } from '../types.ts';

/** What Electron's `MessagePortMain` and the `MessagePort` of worker threads both have. */
export interface NodePortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/**
 * Joins a MessagePort to the router: plain objects by structured clone, no JSON (ui.md 3.4). `{type:'bye'}` from either
 * side comes before the end, because a port alone does not say why it ended. A side that has sent `{type:'acknowledging'}`
 * sends `{type:'taken'}` for each frame of events, so that what it leaves unread is bounded as on a socket.
 */
export function attachMessagePort(
  router: Router,
  port: NodePortLike,
  options: { readonly principal: () => Principal | undefined },
): RouterClient {
  let open = true;
  const untaken = new UntakenFrames();
  const post = (message: ServerMessage | readonly ServerMessage[] | Bye) => {
    if (open) port.postMessage(message);
  };
  const client = router.connect({
    kind: 'ipc',
    profile: 'current',
    principal: options.principal,
    sink: {
      get bufferedBytes() {
        return untaken.bytes;
      },
      send: post,
      sendEvents: (events: readonly EncodedEvent[]) => {
        untaken.sent(events);
        post(events.map((event) => event.message));
      },
      close: (code, reason) => {
        post({ type: 'bye', code, reason });
        open = false;
        port.close();
      },
    },
  });
  port.on('message', (event: unknown) => {
    const data = messageData(event);
    if (isOfType(data, 'bye')) {
      open = false;
      client.closed();
      port.close();
    } else if (isOfType(data, 'acknowledging')) untaken.begin();
    else if (isOfType(data, 'taken')) untaken.taken();
    else client.receive(data);
  });
  port.on('close', () => {
    open = false;
    client.closed();
  });
  port.start();
  return client;
}

interface Bye {
  readonly type: 'bye';
  readonly code: number;
  readonly reason: string;
}

/** Electron hands over an event with `data` and `ports`, a worker thread's port the data itself. */
function messageData(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'data' in event && 'ports' in event ? event.data : event;
}

function isOfType(data: unknown, type: string): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type;
}

/**
 * Event frames that the other side has not taken: a port, unlike a socket, tells nothing of what waits in it, and a window
 * that hangs would let it grow without end. Counted for a side that began by saying that it acknowledges.
 */
class UntakenFrames {
  readonly #sizes: number[] = [];
  #counts = false;
  bytes = 0;

  begin(): void {
    this.#counts = true;
  }

  sent(events: readonly EncodedEvent[]): void {
    if (!this.#counts) return;
    const sizeBytes = events.reduce((sum, event) => sum + event.sizeBytes, 0);
    this.#sizes.push(sizeBytes);
    this.bytes += sizeBytes;
  }

  taken(): void {
    this.bytes -= this.#sizes.shift() ?? 0;
  }
}
