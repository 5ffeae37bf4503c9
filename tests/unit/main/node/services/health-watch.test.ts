import { expect, test } from 'vitest';
import { type HealthReading, HealthWatch } from '../../../../../src/main/node/services/health-watch.ts';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';

const fine: HealthReading = { diskPercent: 40, diskFreeBytes: 1e11, eventLoopDelayP99Ms: 1, eventsDroppedPerSecond: 0 };

function watch() {
  const problems = new Problems();
  const health = new HealthWatch(problems);
  const look = (values: Partial<HealthReading>, seconds = 1) => {
    for (let second = 0; second < seconds; second++) health.look({ ...fine, ...values });
    return problems.list().map(({ id, severity }) => `${id} ${severity}`);
  };
  return { look, problems };
}

test('a filling disk is a problem in two steps and does not flicker', () => {
  const { look } = watch();
  expect(look({ diskPercent: 89.9, diskFreeBytes: 1e9 })).toEqual([]);
  expect(look({ diskPercent: 91, diskFreeBytes: 1e9 })).toEqual(['disk.nearlyFull warn']);
  expect(look({ diskPercent: 89, diskFreeBytes: 2e9 })).toEqual(['disk.nearlyFull warn']);
  expect(look({ diskPercent: 91, diskFreeBytes: 1e8 })).toEqual(['disk.nearlyFull crit']);
  expect(look({ diskPercent: 87 })).toEqual([]);
});

test('a large disk may be fuller, and a disk nobody knows is no problem', () => {
  const { look } = watch();
  expect(look({ diskPercent: 92, diskFreeBytes: 1e11 })).toEqual([]);
  expect(look({ diskPercent: 94, diskFreeBytes: 1e11 })).toEqual(['disk.nearlyFull warn']);
  expect(look({ diskPercent: 98, diskFreeBytes: 1e11 })).toEqual(['disk.nearlyFull crit']);
  expect(watch().look({ diskPercent: null, diskFreeBytes: null })).toEqual([]);
});

test('the event loop must be slow for seconds to be a problem and quick for longer to be well', () => {
  const { look } = watch();
  expect(look({ eventLoopDelayP99Ms: 300 }, 4)).toEqual([]);
  expect(look({}, 1)).toEqual([]);
  expect(look({ eventLoopDelayP99Ms: 300 }, 5)).toEqual(['eventLoop.slow warn']);
  expect(look({}, 9)).toEqual(['eventLoop.slow warn']);
  expect(look({ eventLoopDelayP99Ms: null }, 5)).toEqual(['eventLoop.slow warn']);
  expect(look({}, 1)).toEqual([]);
});

test('dropped events are a problem for a minute', () => {
  const { look, problems } = watch();
  expect(look({ eventsDroppedPerSecond: 12 })).toEqual(['events.dropped warn']);
  look({ eventsDroppedPerSecond: 3 });
  expect(problems.list()[0]?.title).toBe('15 events dropped in the last minute');
  expect(look({}, 58)).toEqual(['events.dropped warn']);
  expect(look({}, 2)).toEqual([]);
});
