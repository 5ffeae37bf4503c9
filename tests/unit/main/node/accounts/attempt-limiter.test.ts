import { expect, onTestFinished, test, vi } from 'vitest';
import { AttemptLimiter, networkOf } from '../../../../../src/main/node/accounts/index.ts';

const small = { address: { attempts: 3, windowSeconds: 60 }, username: { attempts: 2, windowSeconds: 60 } };

test('failures from one address are limited, whatever the name', async () => {
  const limiter = new AttemptLimiter(small);
  for (const name of ['a', 'b', 'c']) await limiter.begin('sign-in', '192.0.2.1', name);
  await expect(limiter.begin('sign-in', '192.0.2.1', 'd')).rejects.toMatchObject({ code: 'OVERLOADED', data: { retryAfterSeconds: 60 } });
  await limiter.begin('sign-in', '192.0.2.2', 'd');
});

test('failures for one name are limited, whatever the address', async () => {
  const limiter = new AttemptLimiter(small);
  await limiter.begin('sign-in', '192.0.2.1', 'ada');
  await limiter.begin('sign-in', '192.0.2.2', 'ada');
  await expect(limiter.begin('sign-in', '192.0.2.3', 'ada')).rejects.toMatchObject({ code: 'OVERLOADED' });
});

test('a program with an old refresh token does not keep its neighbours from signing in', async () => {
  const limiter = new AttemptLimiter(small);
  for (let index = 0; index < 3; index++) await limiter.begin('refresh', '192.0.2.1');
  await expect(limiter.begin('refresh', '192.0.2.1')).rejects.toMatchObject({ code: 'OVERLOADED' });
  await limiter.begin('sign-in', '192.0.2.1', 'ada');
});

test('a clock that is set back makes nobody wait for longer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const limiter = new AttemptLimiter(small);
  for (let index = 0; index < 3; index++) await limiter.begin('sign-in', '192.0.2.1');
  vi.setSystemTime(Date.now() - 86_400_000);
  await expect(limiter.begin('sign-in', '192.0.2.1')).rejects.toMatchObject({ data: { retryAfterSeconds: 60 } });
});

test('whoever is right is not limited', async () => {
  const limiter = new AttemptLimiter(small);
  for (let index = 0; index < 10; index++) await (await limiter.begin('sign-in', '192.0.2.1', 'ada')).succeeded();
});

test('a hundred attempts at once gain nothing', async () => {
  const limiter = new AttemptLimiter(small);
  const attempts = await Promise.allSettled(Array.from({ length: 100 }, () => limiter.begin('sign-in', '192.0.2.1')));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

test('one person’s IPv6 network counts as one address', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::9'));
  expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::1')).toBe('0:0:0:0');
});
