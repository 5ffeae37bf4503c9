import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { RestartedThread, type RestartedThreadOptions, Thread, workerUrl } from '../../../../../src/main/node/threads/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';
import type { ScriptedThread } from '../../../../helpers/scripted-worker.ts';
import { until } from '../../../../helpers/until.ts';

const url = workerUrl('scripted-worker', new URL('../../../../helpers/here.ts', import.meta.url).href);
type Data = ScriptedThread['data'];

/** @param data of each start; the last one is for all that follow */
function restarted(data: readonly Data[] = [{}], options: Partial<RestartedThreadOptions<ScriptedThread>> = {}) {
  const problems = new Problems();
  const logger = recordingLogger();
  const waits: (number | undefined)[] = [];
  let starts = 0;
  const host = new RestartedThread<ScriptedThread>({
    name: 'scripted',
    subject: 'The scripted part of this node',
    logger,
    problems,
    problem: ({ code }) => ({ id: 'scripted.stopped', severity: 'crit', title: 'It stopped', detail: `${code}` }),
    healthyMs: 60_000,
    retriesFirstStart: false,
    onEnd: (_end, waitMs) => waits.push(waitMs),
    ...options,
    thread: () => ({
      url,
      data: data[Math.min(starts++, data.length - 1)] ?? {},
      mostRequests: 10,
      stopMs: 20_000,
      reports: { heard: () => undefined },
    }),
  });
  onTestFinished(() => host.stop());
  return { host, problems, waits, events: () => logger.lines.map(({ event }) => event) };
}

describe('a thread that is started again', () => {
  test('comes back after it died, and is a problem meanwhile', async () => {
    const { host, problems, waits, events } = restarted();
    await host.launch()?.started;
    await expect(host.thread?.ask('exit', 3)).rejects.toMatchObject({ code: 'INTERNAL' });
    await until(() => waits.length > 0);
    expect([host.thread, waits]).toEqual([undefined, [expect.any(Number)]]);
    expect(problems.list()).toMatchObject([{ id: 'scripted.stopped', detail: '3' }]);
    await until(() => host.thread?.isReady === true);
    expect([problems.list(), host.restarts, events()]).toEqual([[], 1, ['scripted.threadEnded', 'scripted.threadRestarted']]);
    expect(await host.thread?.ask('echo', 'again')).toBe('again');
  });

  test('is tried again when it did not come back', async () => {
    const { host, waits } = restarted([{}, { start: 'refuse' }, {}]);
    await host.launch()?.started;
    host.thread?.ask('exit', 1).catch(() => undefined);
    await until(() => host.restarts === 2 && host.thread?.isReady === true);
    expect(waits).toHaveLength(2);
  });

  test('leaves a first start that fails to its caller, who may try again, or tries again itself', async () => {
    const left = restarted([{ start: 'refuse' }, {}]);
    await expect(left.host.launch()?.started).rejects.toMatchObject({ code: 'CONFLICT' });
    await until(() => left.waits.length > 0);
    expect([left.waits, left.problems.list(), left.host.thread]).toEqual([[undefined], [], undefined]);
    await left.host.launch()?.started;
    const tried = restarted([{ start: 'refuse' }, {}], { retriesFirstStart: true });
    tried.host.launch();
    await until(() => tried.host.thread?.isReady === true);
    expect(tried.waits).toEqual([expect.any(Number)]);
  });

  test('is not waited for when it is wanted at once', async () => {
    const { host, waits } = restarted();
    await host.launch()?.started;
    host.thread?.ask('exit', 1).catch(() => undefined);
    await until(() => waits.length > 0);
    const next = host.launch();
    expect(next).toBeInstanceOf(Thread);
    expect(host.launch()).toBe(next);
    expect(await next?.ask('echo', 1)).toBe(1);
    expect(host.restarts).toBe(0);
  });

  test('stays away once it was stopped, whatever it was at', async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker) => threads.push(thread);
    process.on('worker', note);
    onTestFinished(() => void process.off('worker', note));
    const { host, problems, waits } = restarted();
    await host.launch()?.started;
    host.thread?.ask('exit', 1).catch(() => undefined);
    await until(() => waits.length > 0);
    await host.stop();
    expect([host.launch(), host.thread, problems.list()]).toEqual([undefined, undefined, []]);
    expect(threads).toHaveLength(1);
  });
});
