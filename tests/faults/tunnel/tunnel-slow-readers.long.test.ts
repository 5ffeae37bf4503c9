import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const megabyte = 1_048_576;
const readers = 100;
const bytesEach = 1_024 * megabyte;
const bytesPerSecond = megabyte;
const durationMs = 60_000;
/** How often some of them read: a tenth of them each time, so that not all ask for more at once. */
const everyMs = 5;
const shifts = 10;
/** Of the gateway, with all of them (tunnel.md, goals). */
const mostBytes = 100 * megabyte;

/** Asks for a body that is read by {@link readOn} alone. */
function ask(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  // Whoever listens for this reads by hand.
  socket.on('readable', () => undefined);
  socket.write(`GET /bulk?bytes=${bytesEach} HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`);
  return socket;
}

/** Reads what those whose turn it is may have by now. */
function readOn(sockets: readonly Socket[], read: number[], shift: number, elapsedMs: number): void {
  const due = (elapsedMs / 1_000) * bytesPerSecond;
  for (let index = shift; index < sockets.length; index += shifts) {
    let bytes = read[index] ?? 0;
    while (bytes < due) {
      const piece = sockets[index]?.read() as Buffer | null | undefined;
      if (piece === null || piece === undefined) break;
      bytes += piece.byteLength;
    }
    read[index] = bytes;
  }
}

/** Asks for small answers from another process. @returns how long each of them took in a time, milliseconds */
function smallRequests(port: number): (forMs: number) => Promise<readonly number[]> {
  const child = fork(join(import.meta.dirname, '../../helpers/small-requests-process.ts'), [`${port}`, tunnelHost]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return async (forMs) => {
    child.send(forMs);
    return (await once(child, 'message'))[0] as readonly number[];
  };
}

/** What a download costs once, however many follow, is there before it is measured what many cost. */
async function warmUp(port: number): Promise<void> {
  const sent = request({ port, path: `/bulk?bytes=${200 * megabyte}`, headers: { host: tunnelHost }, agent: false }).end();
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  await once(answer.resume(), 'end');
}

const quantile = (sorted: readonly number[], share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);

test(`${readers} clients that read slowly cost little memory, each gets on, and small requests are answered beside them`, async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const latencies = smallRequests(publicPort);
  await warmUp(publicPort);
  const alone = (await latencies(5_000)).toSorted((a, b) => a - b);
  const before = { gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() };
  const sockets = Array.from({ length: readers }, () => ask(publicPort));
  const read: number[] = sockets.map(() => 0);
  let turn = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => readOn(sockets, read, turn++ % shifts, performance.now() - startedMs), everyMs);
  onTestFinished(() => clearInterval(timer));
  const grown: { readonly gateway: number; readonly agent: number }[] = [];
  const beside: number[] = [];
  while (performance.now() - startedMs < durationMs) {
    beside.push(...(await latencies(5_000)));
    grown.push({
      gateway: (await gateway.figures()).rssBytes - before.gateway,
      agent: (await agent.rssBytes()) - before.agent,
    });
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const total = read.reduce((sum, bytes) => sum + bytes, 0);
  beside.sort((a, b) => a - b);
  const inMegabytes = (which: 'gateway' | 'agent') => grown.map((sample) => (sample[which] / megabyte).toFixed(0)).join(', ');
  console.log(`MB more, each 5 s; gateway: ${inMegabytes('gateway')}; agent: ${inMegabytes('agent')}`);
  console.log(
    `read ${(total / megabyte / seconds).toFixed(0)} MB/s in all, the slowest ${(Math.min(...read) / megabyte / seconds).toFixed(2)} MB/s`,
  );
  for (const [name, sorted] of Object.entries({ alone, beside }))
    console.log(
      `small requests ${name}: p50 ${quantile(sorted, 0.5)} ms, p95 ${quantile(sorted, 0.95)} ms, p99 ${quantile(sorted, 0.99)} ms`,
    );
  for (const sample of grown) expect(sample.gateway).toBeLessThan(mostBytes);
  // On a machine that is too slow for all of them together, all get the same share.
  expect(Math.min(...read)).toBeGreaterThan(total / readers / 2);
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await gateway.figures()).totals.inFlight).toBe(0);
});
