import type { Duplex } from 'node:stream';

/** What Node has below a socket over TCP, with TLS or without. */
interface OverTcp {
  readonly _handle?: { getpeername?(address: object): number | undefined } | null;
}

/**
 * Whether the other end has reset a connection, also when Node has not been told so: a connection that was reset is with nobody any more. The
 * system is asked itself, since `remoteAddress` is what it said the first time. False where the system cannot be asked.
 */
export function isReset(socket: Duplex & OverTcp): boolean {
  return (socket._handle?.getpeername?.({}) ?? 0) < 0;
}
