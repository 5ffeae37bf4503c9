import { expect, test } from 'vitest';
import { ClockJumps, type SystemClocks } from '../../../../../src/main/node/clock/index.ts';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

const dayMs = 86_400_000;
const lookMs = 5_000;

function watch() {
  const now = { wallMs: 1_800_000_000_000, monotonicMs: 0, uptimeMs: 100_000 };
  const clocks: SystemClocks = { wallMs: () => now.wallMs, monotonicMs: () => now.monotonicMs, uptimeMs: () => now.uptimeMs };
  const problems = new Problems();
  const logger = recordingLogger();
  const jumps = new ClockJumps({ problems, logger, clocks, lookEveryMs: 1_000_000 });
  void jumps.start();
  const pass = (ms: number, { setByMs = 0, asleep = false } = {}) => {
    now.wallMs += ms + setByMs;
    now.uptimeMs += ms;
    if (!asleep) now.monotonicMs += ms;
    jumps.look();
  };
  return { problems, logger, pass, stop: () => jumps.stop() };
}

test('a clock that runs, drifts or sleeps is no jump', async () => {
  const { problems, logger, pass, stop } = watch();
  pass(lookMs);
  pass(lookMs, { setByMs: 900 });
  pass(dayMs, { asleep: true });
  pass(lookMs, { setByMs: -3_000 });
  expect([problems.list(), logger.lines]).toEqual([[], []]);
  await stop();
});

test('a clock that is set back is a problem until it is put right', async () => {
  const { problems, logger, pass, stop } = watch();
  pass(lookMs, { setByMs: -dayMs });
  expect(problems.list()).toMatchObject([{ id: 'clock.jumped', severity: 'warn', title: 'The system clock was set back by 1 d' }]);
  for (let n = 0; n < 1_000; n++) pass(lookMs);
  expect(problems.list()).toHaveLength(1);
  pass(lookMs, { setByMs: dayMs });
  expect(problems.list()).toEqual([]);
  expect(logger.lines.map(({ event }) => event)).toEqual(['clock.jumped', 'clock.jumped']);
  await stop();
});

test('a clock that is set forward is told for an hour: nothing else depends on it', async () => {
  const { problems, pass, stop } = watch();
  pass(lookMs, { setByMs: 365 * dayMs });
  expect(problems.list()).toMatchObject([{ title: 'The system clock was set forward by 365 d' }]);
  for (let n = 0; n <= 720; n++) pass(lookMs);
  expect(problems.list()).toEqual([]);
  await stop();
});
