import { describe, expect, test } from 'vitest';
import { requestText } from '../../../../../../../src/main/node/tunnel/agent/origin/request-head.ts';
import type { RequestHead } from '../../../../../../../src/main/node/tunnel/link/types.ts';

function textOf(headers: readonly string[], hostHeader: string, rest: Partial<RequestHead> = {}): string | undefined {
  const head: RequestHead = {
    kind: 'http',
    method: 'POST',
    path: '/',
    headers,
    bodyBytes: 0,
    remoteAddress: undefined,
    gatewayMicros: undefined,
    expectsContinue: false,
    ...rest,
  };
  return requestText(head, hostHeader, 'localhost:3000')?.text;
}

describe('What a service is told of the host', () => {
  const own = ['Host', 'press-07.gateway:8082', 'Origin', 'http://Press-07.gateway:8082'];

  test('a page of the service itself stays one of its own when the service is told another host', () => {
    expect(textOf(own, 'target')).toContain('\r\nOrigin: http://localhost:3000\r\n');
    expect(textOf(own, 'shop.internal')).toContain('\r\nOrigin: http://shop.internal\r\n');
    expect(textOf(['Host', 'a.example', 'Origin', 'https://a.example'], 'target')).toContain('\r\nOrigin: http://localhost:3000\r\n');
  });

  test('nothing is changed when it is told the original', () => {
    expect(textOf(own, 'original')).toContain('\r\nOrigin: http://Press-07.gateway:8082\r\n');
  });

  test.each(['http://evil.example', 'http://press-07.gateway', 'null', 'ftp://press-07.gateway:8082'])(
    'a page of %s stays one of another',
    (origin) => {
      expect(textOf(['Host', 'press-07.gateway:8082', 'Origin', origin], 'target')).toContain(`\r\nOrigin: ${origin}\r\n`);
    },
  );

  test('a client of HTTP/1.0 without a host gets the target', () => {
    expect(textOf([], 'original')).toBe('POST / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n');
  });

  test('a length of nothing is still said when the client said it', () => {
    expect(textOf(['Content-Length', '0'], 'target')).toContain('\r\nContent-Length: 0\r\n');
  });

  test('headers of one hop stay behind, and so do those that the connection names', () => {
    const text = textOf(
      ['Connection', 'close, X-Mine', 'x-mine', '1', 'Transfer-Encoding', 'chunked', 'TE', 'x', 'Expect', '100-continue'],
      'target',
    );
    expect(text).toBe('POST / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n');
  });
});
