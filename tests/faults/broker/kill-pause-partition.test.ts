import { expect, it } from 'vitest';
import { everyCommit } from './nemesis.ts';
import { run } from './run.ts';

it('three brokers killed, frozen and cut off for a minute: nothing acknowledged is lost, and nine other promises', {
  timeout: 300_000,
}, async () => {
  const untilMs = performance.now() + 60_000;
  const report = await run({
    brokers: 3,
    queues: ['orders', 'alarms'],
    producers: { stamped: 3, plain: 1 },
    producerPauseMs: 5,
    holdMs: [500, 3_500],
    faults: inTurn(() => performance.now() < untilMs),
  });
  console.log(report);
  expect(report.violations).toEqual([]);
  expect(report.strangeErrors).toEqual([]);
  expect(report.acknowledgedAppends).toBeGreaterThan(500);
  expect(report.elections).toBeGreaterThan(2);
});

/** All faults one after the other, again and again. */
function* inTurn(goesOn: () => boolean) {
  while (goesOn())
    for (const fault of everyCommit) {
      if (!goesOn()) return;
      yield fault;
    }
}
