import { expect, test } from 'vitest';
import { hostOf, isOriginForm, normalPath, withoutPrefix } from '../../../../../../../src/main/node/tunnel/gateway/front/request-target.ts';
import { RouteTable } from '../../../../../../../src/main/node/tunnel/gateway/front/route-table.ts';
import type { RouteDefinition } from '../../../../../../../src/main/node/tunnel/gateway/types.ts';

function route(host: string, pathPrefix: string, agentId: string, kind: RouteDefinition['kind'] = 'http'): RouteDefinition {
  return { routeId: `RO-${agentId}`, kind, host, pathPrefix, stripPrefix: false, agentId, access: undefined };
}

const table = new RouteTable(
  [
    route('shop.example.com', '/', 'whole'),
    route('shop.example.com', '/api', 'api'),
    route('shop.example.com', '/api/v2', 'v2'),
    route('*.example.com', '/', 'any'),
    route('*.eu.example.com', '/', 'eu'),
    route('part.example.org', '/only/', 'only'),
    route('vault.example.com', '/', 'vault', 'tls'),
  ],
  'http',
);

test.each([
  ['shop.example.com', '/', 'whole'],
  ['shop.example.com', '/apis', 'whole'],
  ['shop.example.com', '/api', 'api'],
  ['shop.example.com', '/api/', 'api'],
  ['shop.example.com', '/api?x=/api/v2', 'api'],
  ['shop.example.com', '/api/v2/x', 'v2'],
  ['shop.example.com', '/%61pi/v2', 'v2'],
  ['shop.example.com', '//api///v2', 'v2'],
  ['other.example.com', '/', 'any'],
  ['a.b.example.com', '/', 'any'],
  ['a.eu.example.com', '/', 'eu'],
  ['vault.example.com', '/', 'any'],
  ['example.com', '/', 'example'],
  ['part.example.org', '/only/x', 'only'],
  ['part.example.org', '/other', 'part'],
  ['press-07', '/', 'press-07'],
  ['press-07.anything.test', '/', 'press-07'],
])('%s%s leads to %s', (host, path, agentId) => {
  expect(table.match(host, path)).toMatchObject({ agentId });
});

test.each(['127.0.0.1', '10.1', '::1', '-a.example.org', 'under_score.example.org', `${'a'.repeat(64)}.example.org`])(
  '%s leads nowhere',
  (host) => {
    expect(table.match(host, '/')).toBeUndefined();
  },
);

test.each(['/api/../x', '/api/%2e%2e/x', '/api/.', '/./api', '/a%2fb', '/a%5cb', '/a\\b', '/%zz', '/api/..;/x', '/%'])(
  '%s under a host with prefixes can be read in more than one way',
  (path) => {
    expect(table.match('shop.example.com', path)).toBe('ambiguous');
    // Where all paths lead to one place it does not matter.
    expect(table.match('other.example.com', path)).toMatchObject({ agentId: 'any' });
  },
);

test.each([
  ['Example.COM:8080', 'example.com'],
  ['example.com.', 'example.com'],
  ['[::1]:80', '::1'],
  ['a b', undefined],
  ['a,b', undefined],
  ['a:b', undefined],
  ['a/b', undefined],
  ['', undefined],
  ['u@h', undefined],
])('the host of %j is %j', (header, host) => {
  expect(hostOf(header)).toBe(host);
});

test('targets, normal paths and shortened ones', () => {
  expect(['/', '/a?b', '/%00', '//a'].every(isOriginForm)).toBe(true);
  expect(['', '*', 'a', 'http://a/', '/#', '/a b', '/ä', '/\t'].some(isOriginForm)).toBe(false);
  expect(normalPath('/a//b/%63?d=/../')).toBe('/a/b/c');
  expect(withoutPrefix('/api/x?y', '/api')).toBe('/x?y');
  expect(withoutPrefix('/api', '/api/')).toBe('/');
  expect(withoutPrefix('/api?y', '/api')).toBe('/?y');
  expect(withoutPrefix('/%61pi/x', '/api')).toBe('/%61pi/x');
});
