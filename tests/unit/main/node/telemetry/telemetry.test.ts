import { expect, onTestFinished, test } from 'vitest';
import { EventLoopDelay, Metrics, Problems, RepeatSampler } from '../../../../../src/main/node/telemetry/index.ts';

test('a repeating event is said once in ten seconds, with the number of times it was held back', () => {
  let nowMs = 0;
  const sampler = new RepeatSampler({ nowMs: () => nowMs });
  expect(sampler.take('peer-a')).toBe(0);
  for (let index = 0; index < 5; index++) expect(sampler.take('peer-a')).toBeUndefined();
  expect(sampler.take('peer-b')).toBe(0);
  nowMs = 10_000;
  expect(sampler.take('peer-a')).toBe(5);
  nowMs = 20_000;
  expect(sampler.take('peer-a')).toBe(0);
});

test('keys of strangers do not grow the sampler', () => {
  const sampler = new RepeatSampler({ maxKeys: 2, nowMs: () => 0 });
  for (const key of ['a', 'b', 'c']) sampler.take(key);
  expect(sampler.take('a')).toBe(0);
  expect(sampler.take('c')).toBeUndefined();
});

test('two nodes of one process have metrics of their own', async () => {
  const metrics = [new Metrics(), new Metrics()];
  const counters = metrics.map((each) => each.counter({ name: 'signalbox_things_total', help: 'Things', labels: ['kind'] }));
  counters[0]?.inc({ kind: 'a' }, 3);
  const [first, second] = await Promise.all(metrics.map((each) => each.text()));
  expect(first).toContain('signalbox_things_total{kind="a"} 3');
  expect(second).not.toContain('kind="a"');
});

test('process metrics have values, and a value the platform cannot give is left out', async () => {
  const metrics = new Metrics();
  metrics.gauge({ name: 'signalbox_unknown', help: 'Unknown here' }, () => undefined);
  metrics.gauge({ name: 'signalbox_known', help: 'Known' }, () => Promise.resolve(7));
  const text = await metrics.text();
  expect(text).toMatch(/^process_cpu_seconds_total \d+/m);
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d{6,}$/m);
  expect(text).toMatch(/^nodejs_heap_size_used_bytes [1-9]\d+$/m);
  expect(text).toMatch(/^signalbox_known 7$/m);
});

test('the event-loop delay shows a blocked loop, also one that blocks right after a reading', async () => {
  const delay = new EventLoopDelay();
  onTestFinished(() => delay.stop());
  expect(delay.takeP99Ms()).toBeNull();
  delay.start();
  await expect.poll(() => delay.takeP99Ms()).not.toBeNull();
  const until = performance.now() + 150;
  while (performance.now() < until) Math.sqrt(until);
  // Every overdue timer, the measuring one too, runs before the immediates of a turn.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(delay.takeP99Ms()).toBeGreaterThan(90);
});

test('problems keep the time they began, worst first', () => {
  let nowMs = 1_000;
  const problems = new Problems(() => nowMs);
  let changes = 0;
  problems.onChange(() => changes++);
  const warn = { id: 'disk', severity: 'warn', title: 'The disk is 91 % full', detail: 'Free space.' } as const;
  problems.raise(warn);
  nowMs = 2_000;
  problems.raise(warn);
  problems.raise({ ...warn, id: 'store', severity: 'crit' });
  problems.raise({ ...warn, title: 'The disk is 92 % full' });
  expect(changes).toBe(3);
  expect(problems.list().map(({ id, sinceMs, title }) => [id, sinceMs, title])).toEqual([
    ['store', 2_000, 'The disk is 91 % full'],
    ['disk', 1_000, 'The disk is 92 % full'],
  ]);
  problems.clear('disk');
  problems.clear('disk');
  expect(changes).toBe(4);
});
