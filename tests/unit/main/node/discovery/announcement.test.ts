import { type Answer, encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { type Announcement, encodeAnnouncement, encodeQuestion, readPacket } from '../../../../../src/main/node/discovery/announcement.ts';

const hub: Announcement = {
  shortId: 'n1rkeohx',
  name: 'hub-01',
  port: 7_422,
  cluster: { name: 'North yard', shortId: 'zrYifC8p' },
  takesRequests: true,
};
const instance = 'n1rkeohx._signalbox._tcp.local';
const fields = ['v=1', 'id=n1rkeohx', 'name=hub-01', 'join=1'];

function packetOf(text: readonly (string | Buffer)[], port = 7_422, more: readonly Answer[] = []): Buffer {
  return encode({
    type: 'response',
    answers: [
      { type: 'SRV', name: instance, ttl: 120, data: { port, target: 'n1rkeohx.local' } },
      { type: 'TXT', name: instance, ttl: 120, data: [...text] },
      ...more,
    ],
  });
}

test('what a node tells is read as it was told, a question as a question, a good-bye as one', () => {
  expect(readPacket(encodeAnnouncement(hub, '192.0.2.1', 120))).toEqual({ asks: false, announced: [hub], left: [] });
  const alone = { ...hub, cluster: undefined, takesRequests: false };
  expect(readPacket(encodeAnnouncement(alone, '192.0.2.1', 120))?.announced).toEqual([alone]);
  expect(readPacket(encodeAnnouncement(hub, '192.0.2.1', 0))).toEqual({ asks: false, announced: [], left: [hub] });
  expect(readPacket(encodeQuestion())).toEqual({ asks: true, announced: [], left: [] });
  const question = (name: string) => encode({ type: 'query', questions: [{ name, type: 'PTR' }] });
  expect(readPacket(question('_SignalBox._tcp.local'))?.asks).toBe(true);
  expect(readPacket(question('_ipp._tcp.local'))).toBeUndefined();
  // The code of an invitation is nowhere in it, nor a whole node id.
  expect(encodeAnnouncement(hub, '192.0.2.1', 120).toString('latin1')).not.toMatch(/n1[a-z2-7]{7}/);
});

test.each([
  ['markup', [...fields.slice(0, 2), 'name=<img src=x onerror=alert(1)>', 'join=1']],
  ['a cluster with bidirectional characters', [...fields, 'cluster=North\u202eyard']],
  ['control characters', [...fields.slice(0, 2), 'name=hub\u001b[2J', 'join=1']],
  ['another version', ['v=2', ...fields.slice(1)]],
  ['a whole node id', ['v=1', `id=n1${'a'.repeat(52)}`, ...fields.slice(2)]],
  ['no id', [...fields.slice(0, 1), ...fields.slice(2)]],
  ['bytes that are no text', ['v=1', 'id=n1rkeohx', Buffer.from([0x6e, 0x61, 0x6d, 0x65, 0x3d, 0xff, 0xfe]), 'join=1']],
  ['the name of a prototype', ['__proto__=1', 'constructor=1']],
])('row 60: not believed: %s', (_, text) => {
  expect(readPacket(packetOf(text))).toBeUndefined();
});

test('row 60: a packet that is too large, has too many records, a port of none or points in a ring is not read', () => {
  expect(readPacket(packetOf(fields))?.announced).toHaveLength(1);
  expect(readPacket(packetOf(fields, 0))).toBeUndefined();
  const large = packetOf([...fields, ...Array.from({ length: 250 }, () => 'x'.repeat(255))]);
  expect(large.length).toBeGreaterThan(63_000);
  expect(readPacket(large)).toBeUndefined();
  const many = packetOf(
    fields,
    7_422,
    Array.from({ length: 70 }, () => ({ type: 'A', name: 'a', ttl: 1, data: '192.0.2.1' })),
  );
  expect(many.length).toBeLessThanOrEqual(1_500);
  expect(readPacket(many)).toBeUndefined();
  const ring = Buffer.concat([Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from([0xc0, 12, 0, 1, 0, 1])]);
  for (const hostile of [ring, Buffer.alloc(0), Buffer.alloc(12, 0xff), Buffer.alloc(1_500, 0xff)])
    expect(readPacket(hostile)).toBeUndefined();
});
