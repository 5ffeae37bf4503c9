import type { Server } from 'node:net';

/**
 * Lets a server listen.
 *
 * @param port 0: any free one
 * @param onNotAccepted called for a connection that cannot be accepted, for want of descriptors for example: it is the other end's to try again
 * @throws Error of the system when the port cannot be had
 */
export function listen(server: Server, host: string, port: number, onNotAccepted: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', onNotAccepted);
      resolve();
    });
  });
}
