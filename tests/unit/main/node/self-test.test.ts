import { expect, test } from 'vitest';
import { selfTest } from '../../../../src/main/node/self-test.ts';

test('every check of the self-test passes in this runtime', async () => {
  const checks = await selfTest();
  expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
    ['ed25519', true],
    ['x25519', true],
    ['aes-256-gcm', true],
    ['hkdf-sha256', true],
    ['scrypt', true],
    ['crypto vectors', true],
    ['sqlite', true],
  ]);
});
