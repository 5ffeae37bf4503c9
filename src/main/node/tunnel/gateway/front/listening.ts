import type { Server } from 'node:net';
import { SignalboxError } from '../../../../../common/errors.ts';

/**
 * @param port 0: any free one
 * @returns `CONFLICT` with what to do; undefined: it listens
 */
export function listenOn(server: Server, host: string, port: number): Promise<SignalboxError | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(cannotListen(error, host, port));
    server.once('error', failed);
    server.listen({ host, port, backlog: 1_024 }, () => {
      server.off('error', failed);
      resolve(undefined);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): SignalboxError {
  const why =
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use by another program. Stop it, or choose another port for the gateway.`
      : error.code === 'EACCES'
        ? `Port ${port} needs rights that this program does not have. Choose one above 1023 for the gateway.`
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? `This machine has no address ${host}. Correct the host of the gateway.`
          : `The gateway cannot listen on ${host}, port ${port}: ${error.message}.`;
  return new SignalboxError('CONFLICT', why, { executed: 'no', cause: error });
}
