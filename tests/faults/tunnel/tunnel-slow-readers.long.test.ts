import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exchangeRaw } from '../../helpers/raw-http.ts';
import { startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const megabyte = 1_048_576;
const readers = 100;
const bytesEach = 1_024 * megabyte;
const bytesPerSecond = megabyte;
const durationMs = 60_000;
const everyMs = 50;
/** Of the gateway, with all of them (tunnel.md, goals). */
const mostBytes = 100 * megabyte;

const get = (path: string, extra = '') => `GET ${path} HTTP/1.1\r\nHost: ${tunnelHost}\r\n${extra}\r\n`;

/** Asks for a body that is read by {@link readOn} alone. */
function ask(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  // Whoever listens for this reads by hand.
  socket.on('readable', () => undefined);
  socket.write(get(`/bulk?bytes=${bytesEach}`));
  return socket;
}

/** Reads what each may have by now. @returns bytes of all */
function readOn(sockets: readonly Socket[], read: number[], elapsedMs: number): number {
  const due = (elapsedMs / 1_000) * bytesPerSecond;
  for (const [index, socket] of sockets.entries()) {
    let bytes = read[index] ?? 0;
    while (bytes < due) {
      const piece = socket.read() as Buffer | null;
      if (piece === null) break;
      bytes += piece.byteLength;
    }
    read[index] = bytes;
  }
  return read.reduce((sum, bytes) => sum + bytes, 0);
}

/** How long small requests take, one after the other for a time, milliseconds in their order. */
async function latencies(port: number, forMs: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; ) {
    const startedMs = performance.now();
    const answer = await exchangeRaw(port, get('/small', 'Connection: close\r\n'));
    expect(answer?.body.toString()).toBe(small);
    took.push(performance.now() - startedMs);
  }
  return took.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);

test(`${readers} clients that read slowly cost little memory, each gets on, and small requests are answered beside them`, async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const alone = await latencies(publicPort, 5_000);
  const before = { gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() };
  const sockets = Array.from({ length: readers }, () => ask(publicPort));
  const read: number[] = [];
  const startedMs = performance.now();
  const timer = setInterval(() => readOn(sockets, read, performance.now() - startedMs), everyMs);
  onTestFinished(() => clearInterval(timer));
  const grown: { readonly gateway: number; readonly agent: number }[] = [];
  const beside: number[] = [];
  while (performance.now() - startedMs < durationMs) {
    beside.push(...(await latencies(publicPort, 5_000)));
    grown.push({
      gateway: (await gateway.figures()).rssBytes - before.gateway,
      agent: (await agent.rssBytes()) - before.agent,
    });
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const total = readOn(sockets, read, performance.now() - startedMs);
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
