import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { largestClientHelloBytes, serverNameOf } from '../../../../../../../src/main/node/tunnel/gateway/front/client-hello.ts';

/** What Node's client sends first. */
function helloTo(servername: string | undefined): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        done();
        resolve(chunk);
      },
    });
    connect({ socket, ...(servername !== undefined && { servername }), rejectUnauthorized: false }).on('error', () => undefined);
  });
}

/** The same message in records of so many bytes each. */
function inRecords(hello: Buffer, sizeBytes: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += sizeBytes) {
    const part = message.subarray(at, at + sizeBytes);
    records.push(Buffer.from([0x16, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

test('the name is read, whole or in pieces, in one record or in many', async () => {
  const hello = await helloTo('Press-07.example.com');
  const found = { state: 'name', name: 'press-07.example.com' };
  expect(serverNameOf(hello)).toEqual(found);
  for (let at = 0; at < hello.length; at++) expect(serverNameOf(hello.subarray(0, at))).toEqual({ state: 'more' });
  expect(serverNameOf(Buffer.concat([hello, Buffer.from('more')]))).toEqual(found);
  for (const sizeBytes of [1, 7, 100]) expect(serverNameOf(inRecords(hello, sizeBytes))).toEqual(found);
});

test('a client that names nobody', async () => {
  expect(serverNameOf(await helloTo(undefined))).toEqual({ state: 'none' });
});

test.each([
  ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['an alert', Buffer.from([0x15, 3, 3, 0, 2, 1, 0])],
  ['another message', Buffer.from([0x16, 3, 3, 0, 4, 2, 0, 0, 0])],
  ['an empty record', Buffer.from([0x16, 3, 3, 0, 0])],
  ['a record of another edition', Buffer.from([0x16, 9, 9, 0, 4, 1, 0, 0, 0])],
  ['a record that is too large', Buffer.from([0x16, 3, 3, 0xff, 0xff])],
  ['a message that is too large', Buffer.from([0x16, 3, 3, 0, 4, 1, 0xff, 0xff, 0xff])],
  ['a message without anything in it', Buffer.from([0x16, 3, 3, 0, 4, 1, 0, 0, 0])],
])('%s is no ClientHello', (_name, bytes) => {
  expect(serverNameOf(bytes)).toEqual({ state: 'bad' });
});

test('whatever is changed in it, reading ends with one of the four states, and never waits beyond the bound', async () => {
  const hello = await helloTo('press-07.example.com');
  for (let at = 0; at < hello.length; at++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = Buffer.from(hello);
      changed[at] = value;
      expect(['more', 'none', 'bad', 'name']).toContain(serverNameOf(changed).state);
    }
  }
  const long = inRecords(Buffer.concat([Buffer.alloc(5), Buffer.from([1, 0, 0x40, 0]), Buffer.alloc(2 * largestClientHelloBytes)]), 100);
  expect(serverNameOf(long).state).toBe('bad');
});
