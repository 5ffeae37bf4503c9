import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Ends a connection so that the other end sees that something is missing: a reset where there is one, never a clean end. */
export function abort(socket: Duplex): void {
  const tcp = socket as Partial<Pick<Socket, 'resetAndDestroy'>> & { readonly encrypted?: boolean };
  if (tcp.encrypted === true || tcp.resetAndDestroy === undefined) socket.destroy();
  else tcp.resetAndDestroy();
}
