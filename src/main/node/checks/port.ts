import { createServer } from 'node:net';

/**
 * Whether a port can be had, by taking it for a moment.
 *
 * @returns undefined when it can; else the code of the system, `EADDRINUSE` for example
 */
export function portFault(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
