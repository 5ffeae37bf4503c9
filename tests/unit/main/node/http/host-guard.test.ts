import { expect, test } from 'vitest';
import { HostGuard } from '../../../../../src/main/node/http/host-guard.ts';

function passes(guard: HostGuard, host: string | undefined, origin?: string, localAddress = '127.0.0.1'): boolean {
  try {
    guard.check({ host, origin }, localAddress);
    return true;
  } catch {
    return false;
  }
}

test('loopback names pass with any port, since a tunnel may bring another', () => {
  const guard = new HostGuard('127.0.0.1', []);
  for (const host of ['localhost', 'localhost:7420', '127.0.0.1:9', 'LOCALHOST:1', '[::1]:7420', '127.1.2.3'])
    expect(passes(guard, host)).toBe(true);
});

test('any other name is refused: it could be rebound to this machine', () => {
  const guard = new HostGuard('127.0.0.1', ['press-07.local', 'tunnel.example:8443']);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    undefined,
    'a b',
    'localhost:x',
    '192.0.2.1',
    'localhost/',
  ]) {
    expect(passes(guard, host)).toBe(false);
  }
  expect(passes(guard, 'press-07.local:7420')).toBe(true);
  expect(passes(guard, 'tunnel.example:8443')).toBe(true);
});

test('an address of the socket itself passes', () => {
  const guard = new HostGuard('0.0.0.0', []);
  expect(passes(guard, '192.0.2.7:7420', undefined, '::ffff:192.0.2.7')).toBe(true);
  expect(passes(guard, '192.0.2.8:7420', undefined, '192.0.2.7')).toBe(false);
});

test('only a page of this very host and port passes; programs send no Origin', () => {
  const guard = new HostGuard('127.0.0.1', []);
  expect(passes(guard, 'localhost:7420', 'http://localhost:7420')).toBe(true);
  expect(passes(guard, 'localhost:7420')).toBe(true);
  for (const origin of [
    'http://localhost:8000',
    'http://127.0.0.1:7420',
    'null',
    'https://evil.example',
    '',
    'file://',
    'app://localhost:7420',
  ]) {
    expect(passes(guard, 'localhost:7420', origin)).toBe(false);
  }
});
