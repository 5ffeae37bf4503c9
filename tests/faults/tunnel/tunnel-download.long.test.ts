import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import { startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { bulkHash, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const gigabyte = 1_073_741_824;
const size = 5 * gigabyte;
const mostBytes = 48 * 1_048_576;

test('5 GB come down whole, with memory flat', { timeout: 1_200_000 }, async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const hash = createHash('sha256');
  const [answer] = (await once(
    request({ port: publicPort, path: `/bulk?bytes=${size}`, headers: { host: tunnelHost }, agent: false }).end(),
    'response',
  )) as [IncomingMessage];
  let received = 0;
  let nextLook = gigabyte / 4;
  const memory: { readonly gateway: number; readonly agent: number }[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) {
    hash.update(piece);
    received += piece.byteLength;
    if (received < nextLook) continue;
    nextLook += gigabyte / 4;
    memory.push({ gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() });
  }
  const inMegabytes = (which: 'gateway' | 'agent') => memory.map((sample) => (sample[which] / 1_048_576).toFixed(0)).join(', ');
  console.log(`MB resident at each 256 MB; gateway: ${inMegabytes('gateway')}; agent: ${inMegabytes('agent')}`);
  expect(received).toBe(size);
  expect(hash.digest('hex')).toBe(bulkHash(size));
  for (const which of ['gateway', 'agent'] as const)
    expect((memory.at(-1)?.[which] ?? 0) - (memory[0]?.[which] ?? 0)).toBeLessThan(mostBytes);
});
