import { describe, expect, test } from 'vitest';
import { InvalidResponse } from '../../../../../../../src/main/node/tunnel/agent/origin/invalid-response.ts';
import { ResponseParser } from '../../../../../../../src/main/node/tunnel/agent/origin/response-parser.ts';
import type { HeaderPairs } from '../../../../../../../src/main/node/tunnel/link/types.ts';

interface Seen {
  heads: { status: number; headers: HeaderPairs }[];
  body: string;
  trailers: HeaderPairs | undefined;
  raw: string;
}

function parse(text: string, { method = 'GET', mayUpgrade = false, piece = text.length } = {}): Seen & { parser: ResponseParser } {
  const seen: Seen = { heads: [], body: '', trailers: undefined, raw: '' };
  const parser = new ResponseParser({
    responseHead: (status, headers) => seen.heads.push({ status, headers }),
    responseData: (chunk) => {
      seen.body += chunk.toString('latin1');
    },
    responseEnd: (trailers) => {
      seen.trailers = trailers;
    },
    upgraded: (rest) => {
      seen.raw += rest.toString('latin1');
    },
  });
  parser.expect(method, mayUpgrade);
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += piece) parser.push(bytes.subarray(at, at + piece));
  return Object.assign(seen, { parser });
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;note=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n';

describe('ResponseParser', () => {
  test('keeps the headers in their order and spelling, twice when they came twice', () => {
    const { heads, body, parser } = parse(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nX-ODD: \t b \r\nset-cookie: c\r\ncontent-length: 2\r\n\r\nhi',
    );
    expect(heads).toEqual([{ status: 200, headers: ['Set-Cookie', 'a', 'X-ODD', 'b', 'set-cookie', 'c', 'content-length', '2'] }]);
    expect(body).toBe('hi');
    expect(parser.reusable).toBe(true);
  });

  test.each([1, 2, 3, 7, 1_000])('reads a chunked body with extensions and trailers in pieces of %i bytes', (piece) => {
    const { body, trailers, parser } = parse(chunked, { piece });
    expect(body).toBe('hello world');
    expect(trailers).toEqual(['X-Sum', '11']);
    expect(parser.reusable).toBe(true);
  });

  test.each(['HEAD', 'GET'])('knows that an answer of %s without a body has none', (method) => {
    const { trailers, parser } = parse(`HTTP/1.1 ${method === 'HEAD' ? 200 : 304} X\r\nContent-Length: 10\r\n\r\n`, { method });
    expect(trailers).toEqual([]);
    expect(parser.reusable).toBe(true);
  });

  test('tells the heads of 1xx apart from the one that counts', () => {
    const { heads } = parse('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n');
    expect(heads.map(({ status }) => status)).toEqual([103, 204]);
  });

  test('reads a body that ends with the connection, and does not use it again', () => {
    const { parser, ...seen } = parse('HTTP/1.0 200 OK\r\n\r\nhello');
    expect(seen.trailers).toBeUndefined();
    expect(parser.finish()).toBe(true);
    expect(parser.reusable).toBe(false);
  });

  test('does not take the end of the connection for the end of a body that has another', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello').parser.finish()).toBe(false);
  });

  test('passes on everything behind an agreed upgrade', () => {
    const { heads, raw } = parse('HTTP/1.1 101 Switching\r\nUpgrade: echo\r\n\r\nraw', { mayUpgrade: true });
    expect(heads[0]?.status).toBe(101);
    expect(raw).toBe('raw');
  });

  test('tells an agreed upgrade at once, also when the client is the first to speak then', () => {
    const rests: string[] = [];
    const ignored = () => undefined;
    const sink = { responseHead: ignored, responseData: ignored, responseEnd: ignored };
    const parser = new ResponseParser({ ...sink, upgraded: (rest) => rests.push(rest.toString('latin1')) });
    parser.expect('GET', true);
    parser.push(Buffer.from('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n'));
    expect(rests).toEqual(['']);
  });

  test.each([
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true],
  ])('knows from %j whether another request may follow', (text, reusable) => {
    expect(parse(text).parser.reusable).toBe(reusable);
  });

  test.each([
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n'],
    ['a coding before chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX : a\r\n\r\n'],
    ['a zero byte', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\n\r\n'],
    ['more than the answer', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab'],
    ['a chunk that is longer than it says', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a chunk size of another kind', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n'],
    ['a bare line feed after a chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(300)}\r\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrow(InvalidResponse);
    expect(() => parse(text, { piece: 5 })).toThrow(InvalidResponse);
  });
});
