/** The head that the gateway writes itself beside the one that Node writes: clients are to see no difference. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headText, keepAliveLines } from '../../../../../../../src/main/node/tunnel/gateway/front/head-text.ts';
import { checkHead } from '../../../../../../../src/main/node/tunnel/gateway/front/response-head.ts';

const bounds = { headers: 128, headBytes: 32_768 };
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const known = fc.constantFrom(
  'Content-Type',
  'Set-Cookie',
  'content-length',
  'Date',
  'ETag',
  'Connection',
  'Keep-Alive',
  'Trailer',
  'Expect',
);
const text = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,20}$/);
/** Lines that end early, names that are none, whatever else a service may send. */
const anything = fc.string({ maxLength: 12, unit: 'binary' });
const headers = (value: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(fc.oneof(token, known), value), { maxLength: 8 })
    .map((pairs) => pairs.flatMap(([name, line]) => [name, name.toLowerCase() === 'content-length' ? '5' : line]));

function nodeHead(status: number, pairs: readonly string[], hasDate: boolean): string {
  const request = new IncomingMessage(new Socket());
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  const response = new ServerResponse(request) as ServerResponse & { _header: string; _keepAliveTimeout: number };
  response._keepAliveTimeout = 15_000;
  response.sendDate = !hasDate;
  response.writeHead(status, pairs as string[]);
  return response._header;
}

/** Two heads may be written on both sides of a second. */
const withoutDate = (head: string): string =>
  head.replace(/\r\nDate: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n/, '\r\nDate\r\n');

test('an answer with a length has the head that Node gives it, byte for byte', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204),
      headers(text),
      (status, pairs) => {
        const head = checkHead({ status, headers: [...pairs, 'Content-Length', '5'] }, bounds, { method: 'GET', httpVersionMinor: 1 });
        if (typeof head === 'string') throw new Error(head);
        expect(withoutDate(headText(head, keepAliveLines(15_000)))).toBe(withoutDate(nodeHead(status, head.headers, head.hasDate)));
      },
    ),
  );
});

test('a head that is passed on is one of the lines that were given, whatever they hold', () => {
  fc.assert(
    fc.property(headers(fc.oneof(text, anything)), (pairs) => {
      const head = checkHead({ status: 200, headers: [...pairs, 'Content-Length', '5'] }, bounds, { method: 'GET', httpVersionMinor: 1 });
      if (typeof head === 'string') return;
      const lines = headText(head, keepAliveLines(0)).split('\r\n');
      expect(lines).toHaveLength(head.headers.length / 2 + (head.hasDate ? 4 : 5));
      for (const line of lines.slice(0, -2)) expect(line).toMatch(/^[\t\x20-\x7e\x80-\xff]+$/);
    }),
  );
});

test('the time of a connection is said in seconds, and not at all when it has no end', () => {
  expect(keepAliveLines(15_900)).toBe('Connection: keep-alive\r\nKeep-Alive: timeout=15\r\n');
  expect(keepAliveLines(0)).toBe('Connection: keep-alive\r\n');
});
