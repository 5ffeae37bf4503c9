import { expect, test } from 'vitest';
import { exposureOf, publicUrl } from '../../../../../../src/main/node/tunnel/gateway/public-address.ts';

test.each([
  ['127.0.0.1', 'thisMachine'],
  ['localhost', 'thisMachine'],
  ['192.168.1.7', 'network'],
  ['fd00::7', 'network'],
  ['203.0.113.7', 'public'],
  ['2001:db8::7', 'public'],
  ['gateway.example.com', 'public'],
])('%s reaches %s', (host, exposure) => {
  expect(exposureOf(host)).toBe(exposure);
});

test('on all addresses it reaches as far as the farthest', () => {
  expect(exposureOf('0.0.0.0', () => ['127.0.0.1', '10.0.0.5'])).toBe('network');
  expect(exposureOf('0.0.0.0', () => ['10.0.0.5', '203.0.113.7'])).toBe('public');
});

test('a tunnel answers below the domain', () => {
  const listener = { port: 8082, tls: false, domain: 'localhost' };
  expect(publicUrl('http', 'press-07', listener, undefined)).toBe('http://press-07.localhost:8082/');
  expect(publicUrl('http', 'press-07', { port: 443, tls: true, domain: 'example.com' }, undefined)).toBe('https://press-07.example.com/');
  expect(publicUrl('http', 'orders.example.com', { ...listener, port: 80 }, undefined)).toBe('http://orders.example.com/');
  expect(publicUrl('tcp', 'press-07', listener, 20_000)).toBe('tcp://localhost:20000');
});
