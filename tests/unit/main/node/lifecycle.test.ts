import { expect, test } from 'vitest';
import { Lifecycle } from '../../../../src/main/node/lifecycle.ts';
import { recordingLogger } from '../../../helpers/router-fixture.ts';
import { until } from '../../../helpers/until.ts';

function lifecycleOf(parts: Record<string, { start?: () => Promise<void>; stop?: () => Promise<void> }>, stopDeadlineMs = 60_000) {
  const acts: string[] = [];
  const logger = recordingLogger();
  const lifecycle = new Lifecycle({
    logger,
    stopDeadlineMs,
    parts: Object.entries(parts).map(([name, { start, stop }]) => ({
      name,
      part: {
        start: async () => {
          acts.push(`start ${name}`);
          await start?.();
        },
        stop: async () => {
          acts.push(`stop ${name}`);
          await stop?.();
        },
      },
    })),
  });
  return { lifecycle, acts, logger };
}

test('parts start in order and stop in reverse, once', async () => {
  const { lifecycle, acts } = lifecycleOf({ a: {}, b: {}, c: {} });
  await lifecycle.start();
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  expect(acts).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

test('a start that fails stops what had started, the failing part too, and tells why', async () => {
  const { lifecycle, acts } = lifecycleOf({ a: {}, b: { start: () => Promise.reject(new Error('no disk')) }, c: {} });
  await expect(lifecycle.start()).rejects.toThrow('no disk');
  expect(acts).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  await lifecycle.stop();
});

test('a stop during the start ends it', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { lifecycle, acts } = lifecycleOf({ a: {}, b: { start: () => held }, c: {} });
  const starting = lifecycle.start();
  await until(() => acts.includes('start b'));
  await lifecycle.stop();
  release();
  await starting;
  expect(acts).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

test('a part that fails or hangs in its stop keeps no other from stopping', async () => {
  const { lifecycle, acts, logger } = lifecycleOf(
    { a: {}, b: { stop: () => new Promise(() => undefined) }, c: { stop: () => Promise.reject(new Error('late')) } },
    5,
  );
  await lifecycle.start();
  await lifecycle.stop();
  expect(acts.slice(3)).toEqual(['stop c', 'stop b', 'stop a']);
  expect(logger.lines.map(({ event }) => event)).toEqual(['node.stopFailed', 'node.stopLate']);
});
