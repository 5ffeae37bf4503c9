import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { openRaw } from '../../helpers/raw-http.ts';
import { startTunnelProcesses, type TunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { startTunnelOrigin, type TunnelOrigin } from '../../helpers/tunnel-origin.ts';

/** Clients at the same time. */
const lanes = 16;

/** What a client does before it leaves. */
const visits: readonly ((port: number) => Promise<void>)[] = [
  // Says nothing, or half a head.
  async (port) => void (await openRaw(port)).socket.destroy(),
  async (port) => {
    const client = await openRaw(port);
    client.send('GET /small HT');
    client.socket.resetAndDestroy();
  },
  // Takes an answer, and leaves in order.
  (port) => leaveAfter(port, 'GET /small', 1_024),
  // Leaves while the service has not answered, in the middle of an answer, of an upload, of a stream of events, of a WebSocket.
  (port) => leaveAfter(port, 'GET /never', 0),
  (port) => leaveAfter(port, 'GET /bulk?bytes=100000000', 50_000),
  (port) => leaveAfter(port, 'POST /sink', 0, 'Content-Length: 1000000\r\n', 'x'.repeat(10_000)),
  (port) => leaveAfter(port, 'GET /events', 100),
  (port) =>
    leaveAfter(
      port,
      'GET /echo',
      50,
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
];

async function leaveAfter(port: number, what: string, sizeBytes: number, headers = '', body = ''): Promise<void> {
  const client = await openRaw(port);
  client.send(`${what} HTTP/1.1\r\nHost: ${tunnelHost}\r\n${headers}\r\n${body}`);
  await client.until(({ byteLength }) => byteLength >= sizeBytes);
  client.socket.destroy();
}

/** Clients come and go, each kind in turn; then nobody holds anything of them. Resolves with what the gateway's heap has grown by, bytes. */
export async function comeAndGo(count: number): Promise<number> {
  const origin = await startTunnelOrigin();
  const tunnel = await startTunnelProcesses(origin.target);
  await come(tunnel.publicPort, 400);
  const before = await untilQuiet(tunnel, origin);
  await come(tunnel.publicPort, count);
  const after = await untilQuiet(tunnel, origin);
  expect(after.resources).toBeLessThanOrEqual(before.resources + 2);
  return after.heapBytes - before.heapBytes;
}

async function come(port: number, count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) {
        await visits[next++ % visits.length]?.(port);
        await turn();
      }
    }),
  );
}

async function untilQuiet({ gateway }: TunnelProcesses, origin: TunnelOrigin) {
  await expect
    .poll(async () => {
      const { totals } = await gateway.figures();
      return [totals.inFlight, totals.connections, totals.waiting];
    })
    .toEqual([0, 0, 0]);
  // Those that were told to the service are over there too; it keeps idle connections for the next requests.
  await expect.poll(() => origin.seen.every(({ isOver }) => isOver)).toBe(true);
  return gateway.figures();
}
