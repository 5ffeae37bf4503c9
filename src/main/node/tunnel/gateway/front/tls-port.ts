import type { Server as WebServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { largestClientHelloBytes, serverNameOf } from './client-hello.ts';
import { takeConnection } from './connection-desk.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { FrontContext } from './front-context.ts';
import { agentOfHost } from './route-table.ts';

/**
 * The public TLS port: who a client wants is read from its first message without opening it. Host names of tunnels of kind `tls` pass
 * untouched, to be opened by their service alone; all others are opened here.
 */
export function createTlsPort(context: FrontContext, doorkeeper: Doorkeeper, web: WebServer): Server {
  return createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false }, (socket) => {
    if (!doorkeeper.admit(socket, true)) return;
    socket.on('error', () => socket.destroy());
    readHello(socket, (bytes, name) => {
      if (name === 'bad') {
        context.refuse('malformed');
        socket.destroy();
        return;
      }
      const target = name === undefined ? undefined : passThrough(context, name);
      if (target === undefined) {
        socket.unshift(bytes);
        web.emit('connection', socket);
        return;
      }
      doorkeeper.settle(socket);
      takeConnection(context, socket, bytes, target);
    });
  });
}

function passThrough(context: FrontContext, serverName: string) {
  const match = context.tlsRoutes.match(serverName, '/');
  if (match !== undefined && match !== 'ambiguous' && match.routeId !== undefined) {
    return { kind: 'tls', agentId: match.agentId, routeId: match.routeId, access: match.access } as const;
  }
  const agentId = agentOfHost(serverName);
  if (agentId === undefined || context.directory.find(agentId)?.kind !== 'tls') return undefined;
  return { kind: 'tls', agentId, routeId: undefined, access: undefined } as const;
}

/** @param done gets what was read, the socket paused; `name` undefined: the client names nobody */
function readHello(socket: Socket, done: (bytes: Buffer, name: string | 'bad' | undefined) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const ended = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const hello = serverNameOf(bytes);
    if (hello.state === 'more' && bytes.length <= 2 * largestClientHelloBytes) return;
    socket.off('data', onData);
    socket.off('end', ended);
    socket.pause();
    done(bytes, hello.state === 'name' ? hello.name : hello.state === 'none' ? undefined : 'bad');
  };
  socket.on('data', onData);
  socket.once('end', ended);
}
