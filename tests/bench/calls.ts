/** Calls kept running for a while, and what they come to. */
import { performance } from 'node:perf_hooks';
import { type Measure, median, type Subject } from './harness.ts';

/** Makes one call; resolves when its answer is there. */
export type Call = () => Promise<unknown>;

/** The subjects of a measure, by name, ours first. */
export function callSubjects(
  calls: Readonly<Record<string, Call>>,
  inFlight: number,
  of: 'perSecond' | 'p50Us',
  seconds: number,
): Measure['subjects'] {
  return Object.entries(calls).map(
    ([name, call]): Subject => ({ name, sample: async () => (await keep(call, inFlight, seconds))[of] }),
  ) as unknown as Measure['subjects'];
}

/** Keeps that many calls running for a while. */
async function keep(call: Call, inFlight: number, seconds: number): Promise<{ perSecond: number; p50Us: number }> {
  const times: number[] = [];
  let done = 0;
  let measuring = false;
  let running = true;
  const worker = async () => {
    while (running) {
      const start = performance.now();
      await call();
      done++;
      if (measuring) times.push((performance.now() - start) * 1_000);
    }
  };
  const workers = Array.from({ length: inFlight }, worker);
  await pause(Math.min(500, seconds * 300));
  const before = done;
  const from = performance.now();
  measuring = true;
  await pause(seconds * 1_000);
  const perSecond = ((done - before) * 1_000) / (performance.now() - from);
  running = false;
  await Promise.all(workers);
  return { perSecond, p50Us: median(times) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
