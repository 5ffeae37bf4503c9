import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { BrokerFiles } from '../../../../../../src/main/node/broker/engine/broker-files.ts';
import { brokerLimits } from '../../../../../../src/main/node/broker/limits.ts';
import type { LogStore } from '../../../../../../src/main/node/broker/log/types.ts';
import type { StateStore } from '../../../../../../src/main/node/broker/state/types.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const full = new SignalboxError('STORAGE_FULL', 'The disk is full.');

/** A disk whose opening fails as long as it is full; everything that happens to it is noted. */
function disk() {
  const state = { isFull: false, stalledMs: 0 };
  const seen: string[] = [];
  const note = (what: string) => () => {
    seen.push(what);
    return Promise.resolve();
  };
  const files = new BrokerFiles({
    createLog: () =>
      ({
        open: () => (state.isFull ? Promise.reject(full) : Promise.resolve({ images: [], damaged: [] })),
        close: note('log closed'),
        stalledMs: () => state.stalledMs,
      }) as unknown as LogStore,
    createState: () => ({ close: note('state closed') }) as unknown as StateStore,
    stallMs: 1_000,
    problems: { raise: ({ id }) => seen.push(`raised ${id}`), clear: (id) => seen.push(`cleared ${id}`) },
    onOpened: note('opened'),
    onPersisted: () => undefined,
    onFailed: () => seen.push('failed'),
    onClosing: note('groups ended'),
    onStalled: () => seen.push('stalled'),
  });
  return { files, seen, state };
}

test('a disk that refuses is tried again until it takes what it is given', async () => {
  const { files, seen, state } = disk();
  await files.start();
  state.isFull = true;
  files.failed(full);
  files.failed(full);
  expect(() => files.require()).toThrow('The disk is full.');
  await vi.advanceTimersByTimeAsync(brokerLimits.reopenAfterMs * 3);
  expect(seen.filter((what) => what.startsWith('raised'))).toEqual(['raised broker.storage']);
  expect(files.ifOpen).toBeUndefined();
  state.isFull = false;
  await vi.advanceTimersByTimeAsync(brokerLimits.reopenAfterMs);
  expect(files.failure).toBeUndefined();
  expect(seen.slice(-2)).toEqual(['opened', 'cleared broker.storage']);
  await files.stop();
  expect(seen.slice(-3)).toEqual(['groups ended', 'log closed', 'state closed']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a stop while the disk refuses ends the tries', async () => {
  const { files, state } = disk();
  await files.start();
  state.isFull = true;
  files.failed(full);
  await files.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('a write that waits too long is told once, and again when the disk has answered meanwhile', async () => {
  const { files, seen, state } = disk();
  await files.start();
  state.stalledMs = 2_000;
  await vi.advanceTimersByTimeAsync(brokerLimits.stallLookEveryMs * 3);
  state.stalledMs = 0;
  await vi.advanceTimersByTimeAsync(brokerLimits.stallLookEveryMs);
  state.stalledMs = 2_000;
  await vi.advanceTimersByTimeAsync(brokerLimits.stallLookEveryMs);
  expect(seen.filter((what) => what === 'stalled')).toHaveLength(2);
  expect(seen).toContain('cleared broker.diskStalled');
  await files.stop();
});
