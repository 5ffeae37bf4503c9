import type { TransportClosed } from './transport.ts';

/** Close codes after which the same connection will not do again (security.md 2.10): the frames or the sign-in must change. */
const finalCloseCodes: ReadonlySet<number> = new Set([1007, 1008, 1009, 4401, 4403]);

/** What a close code of the node means to its client, on whatever transport. */
export function closedBy(code: number, reason: string): TransportClosed {
  const final = finalCloseCodes.has(code);
  return {
    error: {
      code: code === 4401 || code === 4403 ? 'UNAUTHENTICATED' : 'NODE_LOST',
      message: reason === '' ? 'The connection to the node was lost.' : `The node closed the connection: ${reason}.`,
      retryable: !final,
    },
    mayReconnect: !final,
  };
}
