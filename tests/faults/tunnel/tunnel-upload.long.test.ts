import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { bulk, bulkHash, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const gigabyte = 1_073_741_824;
const size = 5 * gigabyte;
const mostBytes = 48 * 1_048_576;

test('5 GB go up whole, with memory flat', { timeout: 1_200_000 }, async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const upload = request({
    port: publicPort,
    method: 'POST',
    path: '/sink',
    headers: { host: tunnelHost, 'content-length': size },
    agent: false,
  });
  const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
  const memory: { readonly gateway: number; readonly agent: number }[] = [];
  async function* pieces() {
    let sent = 0;
    let nextLook = gigabyte / 4;
    for (const piece of bulk(size)) {
      yield piece;
      sent += piece.byteLength;
      if (sent < nextLook) continue;
      nextLook += gigabyte / 4;
      memory.push({ gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() });
    }
  }
  const startedMs = performance.now();
  await pipeline(pieces(), upload);
  const [answer] = await answered;
  const seconds = (performance.now() - startedMs) / 1_000;
  const inMegabytes = (which: 'gateway' | 'agent') => memory.map((sample) => (sample[which] / 1_048_576).toFixed(0)).join(', ');
  console.log(`MB resident at each 256 MB; gateway: ${inMegabytes('gateway')}; agent: ${inMegabytes('agent')}`);
  console.log(`${(size / 1_048_576 / seconds).toFixed(0)} MB/s`);
  expect(await json(answer)).toMatchObject({ bytes: size, sha256: bulkHash(size), contentLength: `${size}` });
  for (const which of ['gateway', 'agent'] as const)
    expect((memory.at(-1)?.[which] ?? 0) - (memory[0]?.[which] ?? 0)).toBeLessThan(mostBytes);
});
