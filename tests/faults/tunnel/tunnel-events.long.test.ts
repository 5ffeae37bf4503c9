import { expect, test } from 'vitest';
import { openRaw } from '../../helpers/raw-http.ts';
import { startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const durationMs = 600_000;
const everyMs = 1_000;
/** Silence in the middle, longer than any time after which a busy connection is given up. */
const silenceMs = 90_000;

test('a stream of events goes on for ten minutes, each event at once, over a long silence too', {
  timeout: durationMs + 60_000,
}, async () => {
  const origin = await startTunnelOrigin();
  const { gateway, publicPort } = await startTunnelProcesses(origin.target);
  const client = await openRaw(publicPort);
  client.send(`GET /events HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`);
  await client.until((received) => received.includes(': open'));
  const before = await gateway.figures();
  const startedMs = performance.now();
  let told = 0;
  let slowestMs = 0;
  while (performance.now() - startedMs < durationMs) {
    const toldMs = performance.now();
    expect(origin.tell(`event ${++told}`)).toBe(true);
    await client.until((received) => received.includes(`data: event ${told}\n`));
    expect(client.end).toBe('open');
    slowestMs = Math.max(slowestMs, performance.now() - toldMs);
    const pauseMs = told === 60 ? silenceMs : everyMs;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const after = await gateway.figures();
  console.log(
    `${told} events, the slowest after ${slowestMs.toFixed(1)} ms; heap ${(after.heapBytes - before.heapBytes) / 1_024} KiB more`,
  );
  expect(after.heapBytes - before.heapBytes).toBeLessThan(2 * 1_048_576);
});
