import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { peerLimits } from '../../../../../../src/main/node/broker/peers/limits.ts';
import { PeerDialer } from '../../../../../../src/main/node/broker/peers/peer-dialer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function dialing(random: number) {
  const at: number[] = [];
  let isConnected = false;
  const dialer = new PeerDialer({
    dial: async () => {
      at.push(Date.now());
      if (!isConnected) throw new SignalboxError('NODE_UNREACHABLE', 'Nobody answers.');
    },
    isConnected: () => isConnected && at.length > 0,
    onFailure: () => undefined,
    limits: peerLimits,
    random: () => random,
  });
  const pauses = () => at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  return { dialer, pauses, connect: () => (isConnected = true), attempts: () => at.length };
}

test('pauses double from 100 ms to 5 s, with jitter below', async () => {
  const longest = dialing(1);
  longest.dialer.begin(0);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(longest.pauses().slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  longest.dialer.stop();
  const shortest = dialing(0);
  shortest.dialer.begin(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(new Set(shortest.pauses())).toEqual(new Set([50]));
  shortest.dialer.stop();
});

test('it rests while there is a connection, and dials after it was lost', async () => {
  const { dialer, connect, attempts } = dialing(1);
  dialer.begin(0);
  await vi.advanceTimersByTimeAsync(0);
  connect();
  await vi.advanceTimersByTimeAsync(60_000);
  const settled = attempts();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempts()).toBe(settled);
  dialer.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempts()).toBe(settled);
});
