import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ErrorCode, SignalboxError } from '../../../../../src/common/errors.ts';
import type { Link } from '../../../../../src/main/node/links/index.ts';
import { membershipLimits } from '../../../../../src/main/node/membership/limits.ts';
import { MemberDialer } from '../../../../../src/main/node/membership/member-dialer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const link = {} as Link;

/** A dialler whose attempts answer by the script, then with a link. */
function dialerOf(script: readonly ErrorCode[], hosts = ['a']) {
  const codes = [...script];
  const dialled: string[] = [];
  const failures: string[] = [];
  let linked = false;
  const dialer = new MemberDialer({
    addresses: () => hosts.map((host) => ({ host, port: 1 })),
    dial: ({ host }) => {
      dialled.push(host);
      const code = codes.shift();
      return code === undefined ? Promise.resolve(link) : Promise.reject(new SignalboxError(code, 'Said by the test.'));
    },
    isLinked: () => linked,
    onLink: () => {
      linked = true;
    },
    onFailure: ({ code }) => void failures.push(code),
  });
  return { dialer, dialled, failures, isLinked: () => linked };
}

test('takes the addresses in turn, then pauses and begins again until there is a link', async () => {
  const { dialer, dialled, failures, isLinked } = dialerOf(['NODE_UNREACHABLE', 'TIMEOUT', 'NODE_UNREACHABLE'], ['a', 'b']);
  dialer.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect([dialled, failures]).toEqual([['a', 'b'], ['NODE_UNREACHABLE']]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect([dialled, isLinked()]).toEqual([['a', 'b', 'a', 'b'], true]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(dialled).toHaveLength(4);
});

test('leaves a member that refused alone for five minutes', async () => {
  const { dialer, dialled, failures } = dialerOf(['REVOKED']);
  dialer.wake();
  await vi.advanceTimersByTimeAsync(membershipLimits.refusedRestMs - 1);
  expect([dialled, failures]).toEqual([['a'], ['REVOKED']]);
  await vi.advanceTimersByTimeAsync(1);
  expect(dialled).toEqual(['a', 'a']);
});

test('says the refusal of one address rather than that nobody answers at another, and tries the other again soon', async () => {
  const { dialer, dialled, failures } = dialerOf(['NODE_UNREACHABLE', 'PIN'], ['a', 'b']);
  dialer.wake();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(failures).toEqual(['PIN']);
  expect(dialled).toEqual(['a', 'b', 'a']);
});

test('dials nobody once it is stopped, and nobody without an address', async () => {
  const stopped = dialerOf(['NODE_UNREACHABLE']);
  stopped.dialer.wake();
  await vi.advanceTimersByTimeAsync(0);
  stopped.dialer.stop();
  stopped.dialer.wake();
  stopped.dialer.lost();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(stopped.dialled).toEqual(['a']);
  const unknown = dialerOf([], []);
  unknown.dialer.wake();
  await vi.advanceTimersByTimeAsync(600_000);
  expect([unknown.dialled, unknown.failures]).toEqual([[], []]);
});
