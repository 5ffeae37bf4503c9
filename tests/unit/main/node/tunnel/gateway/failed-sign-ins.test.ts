import { expect, test } from 'vitest';
import { FailedSignIns } from '../../../../../../src/main/node/tunnel/gateway/failed-sign-ins.ts';

test('after ten failures an address waits for a minute, others do not (security.md row 55)', async () => {
  const failures = new FailedSignIns();
  for (let count = 0; count < 9; count++) await failures.add('198.51.100.7');
  expect(await failures.waitSeconds('198.51.100.7')).toBeUndefined();
  await failures.add('198.51.100.7');
  expect(await failures.waitSeconds('198.51.100.7')).toBe(60);
  expect(await failures.waitSeconds('198.51.100.8')).toBeUndefined();
  expect(failures.total).toBe(10);
});

test('a network of IPv6 is one address', async () => {
  const failures = new FailedSignIns();
  for (let host = 1; host <= 10; host++) await failures.add(`2001:db8::${host}`);
  expect(await failures.waitSeconds('2001:db8::ff')).toBe(60);
});
