import type { Duplex } from 'node:stream';
import { isReset } from '../../is-reset.ts';
import { Roll } from './roll.ts';

/**
 * Connections that are not read now, because what they bring has nowhere to go. Of such a connection Node is told nothing, not even that its
 * client has reset it, so it is asked. A client that ends its connection in order is seen only when what it sent before has been read: TCP
 * brings the end last.
 */
export class HeldConnections {
  readonly #held = new Roll<Duplex>();

  add(socket: Duplex): void {
    this.#held.add(socket);
  }

  delete(socket: Duplex): void {
    this.#held.delete(socket);
  }

  /** Closes those whose client is gone. */
  look(): void {
    for (const socket of this.#held) {
      if (socket.destroyed) this.#held.delete(socket);
      else if (isReset(socket)) socket.destroy();
    }
  }
}
