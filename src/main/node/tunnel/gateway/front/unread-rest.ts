import type { Socket } from 'node:net';
import { abort } from './abort.ts';
import type { FrontContext, Stallable } from './front-context.ts';

/** What Node has below a socket over TCP, with TLS or without. */
interface OverStream {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/**
 * What is still on its way to a client when its exchange is over. The client has to read on all the same: a window of it for each connection
 * that somebody opens would be kept for as long as they like (security.md row 57).
 */
export class UnreadRest implements Stallable {
  progressAtMs = 0;
  readonly #context: Pick<FrontContext, 'stalls'>;
  readonly #of: { readonly socket: Socket | null };
  #mark = 0;

  /** @param of whose rest it is; without a socket it waits for its turn on the connection, and it is for those before it to get on */
  constructor(context: Pick<FrontContext, 'stalls'>, of: { readonly socket: Socket | null }) {
    this.#context = context;
    this.#of = of;
    this.#watch();
  }

  stalled(): void {
    const { socket } = this.#of;
    if (socket === null || markOf(socket) !== this.#mark) this.#watch();
    else abort(socket);
  }

  /** It has been sent, or its connection has closed. */
  gone(): void {
    this.#context.stalls.delete(this);
  }

  #watch(): void {
    const { socket } = this.#of;
    this.#mark = socket === null ? 0 : markOf(socket);
    this.progressAtMs = performance.now();
    this.#context.stalls.add(this);
  }
}

/**
 * A number that is another one when the system has taken more of what was written. Public figures count a write as a whole, and all that waited
 * for the one before is one write; what is left of that is asked of the handle.
 */
function markOf(socket: Socket & OverStream): number {
  return socket.bytesWritten - socket.writableLength - (socket._handle?.writeQueueSize ?? 0);
}
