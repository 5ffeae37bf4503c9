import type { ServerMessage } from '../wire/messages.ts';
import type { TransportClosed, TransportListener } from './transport.ts';

/** Keeps what arrives before the listener is set, and tells the end once. Shared by all transports. */
export class ListenerSlot {
  #listener: TransportListener | undefined;
  #early: ServerMessage[] = [];
  #closed: TransportClosed | undefined;

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  set(listener: TransportListener): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const message of early) listener.onMessage(message);
    if (this.#closed !== undefined) listener.onClosed(this.#closed);
  }

  deliver(frame: unknown): void {
    if (this.#closed !== undefined) return;
    const messages = (Array.isArray(frame) ? frame : [frame]) as ServerMessage[];
    for (const message of messages) {
      if (this.#listener === undefined) this.#early.push(message);
      else this.#listener.onMessage(message);
    }
  }

  close(closed: TransportClosed): void {
    if (this.#closed !== undefined) return;
    this.#closed = closed;
    this.#listener?.onClosed(closed);
  }
}
