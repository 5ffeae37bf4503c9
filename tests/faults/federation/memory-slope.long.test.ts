import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { SignalboxError } from '../../../src/common/errors.ts';
import { startManyNodes } from './many-nodes.ts';

const nodeCount = 50;
/** Calls of each node at full speed before, so that what is kept of calls and has a bound (the activity list) is full. */
const fillCalls = 1_200;
/** What a process takes and gives back at its start, such as garbage and the compiler's code, is no slope. */
const warmUpMs = 180_000;
const measuredMs = 600_000;
const sampleEveryMs = 2_000;
const samplesPerMinute = 60_000 / sampleEveryMs;
const mostMegabytesPerMinute = 1;

/** Resident memory at a moment of the run. */
interface Sample {
  readonly minutes: number;
  readonly megabytes: number;
}

it('fifty nodes with light traffic take no more memory by the minute', { timeout: warmUpMs + measuredMs + 120_000 }, async () => {
  const { lasting: nodes } = await startManyNodes({ lasting: nodeCount, mortal: 0 });
  const [first] = nodes;
  if (first === undefined) throw new Error('no nodes');
  const everywhere = first.client().subscribe('+/site/tick');
  await everywhere.ready;
  let heard = 0;
  const listening = (async () => {
    for await (const _event of everywhere) heard++;
  })();
  let beat = 0;
  let called = 0;
  const failures = new Map<string, number>();
  const clients = nodes.map((node) => node.client());
  /** Another node each time, never itself. */
  const neighbourOf = (index: number, round: number) => nodes[(index + 1 + (round % (nodeCount - 1))) % nodeCount] ?? first;
  for (let round = 0; round < fillCalls; round++) {
    await Promise.all(clients.map((client, index) => client.call('config.get', {}, { serviceId: neighbourOf(index, round).nodeId })));
  }
  // One event of each node a second, and a call from each to its neighbour.
  const timer = setInterval(() => {
    beat++;
    for (const [index, node] of nodes.entries()) {
      node.router.publish('/site/tick', { beat });
      clients[index]?.call('config.get', {}, { serviceId: neighbourOf(index, beat).nodeId }).then(
        () => called++,
        ({ code }: SignalboxError) => failures.set(code, (failures.get(code) ?? 0) + 1),
      );
    }
  }, 1_000);
  onTestFinished(() => clearInterval(timer));

  await pause(warmUpMs);
  const samples: Sample[] = [];
  const fromMs = performance.now();
  while (performance.now() - fromMs < measuredMs) {
    globalThis.gc?.();
    samples.push({ minutes: (performance.now() - fromMs) / 60_000, megabytes: process.memoryUsage.rss() / 1_048_576 });
    await pause(sampleEveryMs);
  }
  clearInterval(timer);
  everywhere.dispose();
  await listening;
  const lowest = lowestOfEachMinute(samples);
  const slope = slopeOf(lowest);
  const series = lowest.map(({ megabytes }) => megabytes.toFixed(0)).join(', ');
  console.log(`${nodeCount} nodes, ${called} calls, ${heard} events: ${slope.toFixed(2)} MB/min; lowest of each minute ${series} MB`);
  console.log('calls that failed, by code:', Object.fromEntries(failures));
  expect(called).toBeGreaterThan(beat * nodeCount * 0.9);
  expect(heard).toBeGreaterThan(beat * nodeCount * 0.9);
  expect(slope).toBeLessThan(mostMegabytesPerMinute);
});

/** Garbage that waits to be collected, in the threads too, goes up and down by more than what is looked for. */
function lowestOfEachMinute(samples: readonly Sample[]): Sample[] {
  const lowest: Sample[] = [];
  for (let from = 0; from + samplesPerMinute <= samples.length; from += samplesPerMinute) {
    const minute = samples.slice(from, from + samplesPerMinute);
    lowest.push(minute.reduce((least, sample) => (sample.megabytes < least.megabytes ? sample : least)));
  }
  return lowest;
}

/** Slope of the least-squares line, megabytes a minute. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(samples.map(({ minutes }) => minutes)), mean(samples.map(({ megabytes }) => megabytes))];
  const covariance = mean(samples.map(({ minutes, megabytes }) => (minutes - meanX) * (megabytes - meanY)));
  return covariance / mean(samples.map(({ minutes }) => (minutes - meanX) ** 2));
}
