/**
 * A program: somebody on the network who tells of ten thousand nodes, borrows the short id of a real one, and sends what is too large or
 * no name: two thousand packets a second, a hundred times what is read of one address. `node multicast-flood.ts ADDRESS SHORT_ID` prints a
 * line when the first thousand are out, and ends by itself after twenty seconds.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { encode } from 'dns-packet';
import { encodeAnnouncement } from '../../src/main/node/discovery/announcement.ts';

const [address = '', shortId = ''] = process.argv.slice(2);
const cluster = { name: 'North yard', shortId: 'AAAAAAAA' };
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const names = 10_000;

function madeUp(at: number): Buffer {
  const digits = [at % 32, (at >> 5) % 32, (at >> 10) % 32].map((digit) => base32[digit]).join('');
  return encodeAnnouncement({ shortId: `n1aaa${digits}`, name: `flood-${at}`, port: 1 + at, cluster, takesRequests: true }, address, 120);
}

function hostile(name: string): Buffer {
  const instance = `${shortId}._signalbox._tcp.local`;
  return encode({
    type: 'response',
    answers: [
      { type: 'SRV', name: instance, ttl: 120, data: { port: 7_422, target: 'x.local' } },
      { type: 'TXT', name: instance, ttl: 120, data: ['v=1', `id=${shortId}`, `name=${name.slice(0, 200)}`, 'join=1', ...filling(name)] },
    ],
  });
}

function filling(name: string): string[] {
  return Array.from({ length: name.length > 200 ? 250 : 0 }, () => 'x'.repeat(255));
}

const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.bind(5_353, address);
await once(socket, 'listening');
socket.setMulticastInterface(address);
const send = (packet: Buffer) => new Promise<void>((resolve) => socket.send(packet, 5_353, '224.0.0.251', () => resolve()));
const fixed = [
  encodeAnnouncement({ shortId, name: 'hub-01', port: 7_422, cluster, takesRequests: true }, address, 120),
  hostile('<img src=x onerror=alert(1)>'),
  hostile('x'.repeat(64_000)),
];
const endsMs = performance.now() + 20_000;
for (let at = 0; at < names || performance.now() < endsMs; at++) {
  await send(madeUp(at % names));
  if (at % 100 === 0) for (const packet of fixed) await send(packet);
  // As fast as it can it would have a processor of this machine, on which both nodes run too, to itself.
  if (at % 20 === 0) await pause(10);
  if (at === 1_000) process.stdout.write('flooding\n');
}
socket.close();
