import { expect, test } from 'vitest';
import { LineGuard } from '../../../../../../../src/main/node/tunnel/gateway/front/line-guard.ts';

function accepts(pieces: readonly string[]): boolean {
  const guard = new LineGuard(1_000);
  return pieces.every((piece) => guard.accepts(Buffer.from(piece, 'latin1')));
}

const head = 'POST / HTTP/1.1\r\nHost: a\r\n';

const sound: Record<string, string> = {
  'requests in a row': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'a body with line feeds': `${head}Content-Length: 4\r\n\r\n\n\n\n\nGET / HTTP/1.1\r\n\r\n`,
  'chunks with line feeds, extensions and trailers': `${head}Transfer-Encoding: chunked\r\n\r\n3;a="b"\r\n\n\n\n\r\nA\r\n0123456789\r\n0\r\nX-A: b\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  'a body of nothing': `${head}Content-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
};

const unsound: Record<string, string> = {
  'a request line that ends in LF': 'GET / HTTP/1.1\nHost: a\r\n\r\n',
  'a head that ends in LF': 'GET / HTTP/1.1\r\nHost: a\r\n\n',
  'a header that ends in LF': 'GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n',
  'LF before the request': '\nGET / HTTP/1.1\r\n\r\n',
  'other bytes after a chunk': `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n`,
  'a chunk size that ends in LF': `${head}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
  'a chunk that ends in LF': `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n`,
  'no chunk size': `${head}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
  'trailers that end in LF': `${head}Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: b\n\r\n`,
  'the second request': `${head}Content-Length: 1\r\n\r\n\nGET / HTTP/1.1\nHost: a\r\n\r\n`,
  'a line without an end': 'x'.repeat(2_000),
};

test.each(Object.entries(sound))('%s pass, wherever they are cut', (_name, text) => {
  for (let at = 0; at <= text.length; at++) expect(accepts([text.slice(0, at), text.slice(at)])).toBe(true);
  expect(accepts([...text])).toBe(true);
});

test.each(Object.entries(unsound))('%s is found, wherever it is cut', (_name, text) => {
  for (let at = 0; at <= text.length; at++) expect(accepts([text.slice(0, at), text.slice(at)])).toBe(false);
  expect(accepts([...text])).toBe(false);
});
