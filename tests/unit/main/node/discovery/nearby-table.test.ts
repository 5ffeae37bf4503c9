import { expect, test } from 'vitest';
import { localAddresses, onLink } from '../../../../../src/main/node/discovery/interfaces.ts';
import { discoveryLimits } from '../../../../../src/main/node/discovery/limits.ts';
import { type NearbyNode, NearbyTable } from '../../../../../src/main/node/discovery/nearby-table.ts';
import { PacketBuckets } from '../../../../../src/main/node/discovery/packet-buckets.ts';

const { nodes, nodesPerAddress, forgetMs, packetBurst, allPacketsPerSecond } = discoveryLimits;

function heard(name: string, host: string, more: Partial<NearbyNode> = {}): NearbyNode {
  return { shortId: 'n1rkeohx', name, host, port: 7_422, cluster: undefined, takesRequests: true, seenMs: 0, ...more };
}

test('row 60: ten thousand names of one address fill its share; those of many addresses fill the table, and who was there stays', () => {
  const table = new NearbyTable();
  table.hear(heard('hub-01', '192.0.2.1'), 0);
  for (let at = 0; at < 10_000; at++) table.hear(heard(`flood-${at}`, '192.0.2.66', { port: 1 + at }), 1);
  expect(table.size).toBe(1 + nodesPerAddress);
  expect(table.leftOut).toBe(10_000 - nodesPerAddress);
  for (let at = 0; at < 10_000; at++) table.hear(heard(`flood-${at}`, `10.0.${at >> 8}.${at & 255}`), 2);
  expect(table.size).toBe(nodes);
  expect(table.hear(heard('hub-02', '192.0.2.1'), 3)).toBe(true);
  expect(table.list().filter(({ host }) => host === '192.0.2.1')).toMatchObject([{ name: 'hub-02' }]);
});

test('row 60: a borrowed short id displaces nobody, and cannot say good-bye for another', () => {
  const table = new NearbyTable();
  table.hear(heard('hub-01', '192.0.2.1'), 0);
  table.hear(heard('hub-01', '192.0.2.66'), 0);
  expect(table.list().map(({ host }) => host)).toEqual(['192.0.2.1', '192.0.2.66']);
  expect(table.leave({ shortId: 'n1rkeohx', host: '192.0.2.66', port: 7_422 })).toBe(true);
  expect(table.leave({ shortId: 'n1rkeohx', host: '192.0.2.66', port: 7_422 })).toBe(false);
  expect(table.list().map(({ host }) => host)).toEqual(['192.0.2.1']);
});

test('what is told again is nothing new, what is told otherwise is, and what is told no more is forgotten', () => {
  const table = new NearbyTable();
  expect(table.hear(heard('hub-01', '192.0.2.1'), 0)).toBe(true);
  expect(table.hear(heard('hub-01', '192.0.2.1', { seenMs: 9 }), 1_000)).toBe(false);
  expect(table.list()).toMatchObject([{ seenMs: 9 }]);
  expect(table.hear(heard('hub-01', '192.0.2.1', { cluster: { name: 'North yard', shortId: 'x' } }), 2_000)).toBe(true);
  expect(table.forgetOld(1_999 + forgetMs)).toBe(false);
  expect(table.forgetOld(2_000 + forgetMs)).toBe(true);
  expect(table.list()).toEqual([]);
});

test('a flood from one address leaves the others heard, and one from everywhere costs no more than the bound', () => {
  const buckets = new PacketBuckets();
  const nowMs = performance.now();
  const taken = Array.from({ length: 10_000 }, () => buckets.take('192.0.2.66', nowMs)).filter(Boolean);
  expect(taken).toHaveLength(packetBurst);
  expect(buckets.take('192.0.2.1', nowMs)).toBe(true);
  const everywhere = Array.from({ length: 10_000 }, (_, at) => buckets.take(`10.0.${at >> 8}.${at & 255}`, nowMs)).filter(Boolean);
  expect(everywhere.length).toBeLessThan(allPacketsPerSecond);
});

test('only networks that others share are asked, and only what comes from them is heard', () => {
  const ipv4 = { family: 'IPv4', netmask: '255.255.255.0', mac: '02:00:00:00:00:01' } as const;
  const found = localAddresses({
    lo: [{ ...ipv4, address: '127.0.0.1', internal: true, cidr: '127.0.0.1/8' }],
    eth0: [
      { ...ipv4, address: '192.0.2.7', internal: false, cidr: '192.0.2.7/24' },
      { ...ipv4, family: 'IPv6', address: 'fe80::1', internal: false, cidr: 'fe80::1/64', scopeid: 2 },
    ],
    wlan0: [{ ...ipv4, address: '198.51.100.9', internal: false, cidr: '198.51.100.9/26' }],
  });
  expect(found).toEqual([
    { address: '192.0.2.7', prefixBits: 24 },
    { address: '198.51.100.9', prefixBits: 26 },
  ]);
  const isOnLink = onLink(found);
  expect(['192.0.2.200', '198.51.100.1', '198.51.100.65', '203.0.113.5'].map(isOnLink)).toEqual([true, true, false, false]);
});
