import { describe, expect, onTestFinished, test } from 'vitest';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { Thread, type ThreadEnd, type ThreadOptions, workerUrl } from '../../../../../src/main/node/threads/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';
import type { ScriptedThread } from '../../../../helpers/scripted-worker.ts';
import { until } from '../../../../helpers/until.ts';

const helpers = new URL('../../../../helpers/here.ts', import.meta.url).href;

function startThread(options: Partial<ThreadOptions<ScriptedThread>> = {}) {
  const logger = recordingLogger();
  const sink = new Problems();
  const heard: string[] = [];
  const ends: ThreadEnd[] = [];
  const thread = new Thread<ScriptedThread>({
    url: workerUrl('scripted-worker', helpers),
    name: 'scripted',
    subject: 'The scripted part of this node',
    data: {},
    mostRequests: 100,
    stopMs: 20_000,
    logger,
    problems: { sink, view: '/overview' },
    reports: { heard: (word) => heard.push(word) },
    onEnd: (end) => ends.push(end),
    ...options,
  });
  onTestFinished(() => thread.stop());
  const events = () => logger.lines.map(({ event }) => event);
  return { thread, logger, events, problems: sink, heard, ends };
}

describe('a thread', () => {
  test('says when it is ready, and answers what was asked before', async () => {
    const { thread } = startThread();
    const early = thread.ask('echo', 'early');
    expect(thread.isReady).toBe(false);
    expect(await thread.started).toEqual({ startedWith: '{}' });
    expect(thread.isReady).toBe(true);
    expect(await early).toBe('early');
  });

  test('that does not start says why, and what was asked of it is refused', async () => {
    const { thread, ends } = startThread({ data: { start: 'refuse' } });
    const asked = thread.ask('echo', 1);
    await expect(thread.started).rejects.toMatchObject({ code: 'CONFLICT', message: 'It does not want to.' });
    await expect(asked).rejects.toMatchObject({ code: 'INTERNAL', executed: 'maybe' });
    expect(ends).toMatchObject([{ startFailure: { error: { code: 'CONFLICT' }, systemCode: 'CONFLICT' }, readyMs: undefined }]);
    await expect(thread.ask('echo', 1)).rejects.toMatchObject({ code: 'INTERNAL', executed: 'no' });
  });

  test('whose code is not there did not start', async () => {
    const { thread, ends } = startThread({ url: workerUrl('nothing-worker', helpers) });
    await expect(thread.started).rejects.toThrow(/nothing-worker/);
    expect(ends).toHaveLength(1);
  });

  test('that is not ready in its time is ended', async () => {
    const { thread, ends, events } = startThread({ data: { start: 'hang' }, startMs: 20 });
    await expect(thread.started).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(ends).toMatchObject([{ startFailure: { error: { code: 'TIMEOUT' } }, readyMs: undefined }]);
    expect(events()).toEqual(['scripted.startLate']);
  });

  test('refuses with the code and the detail that its handler threw', async () => {
    const { thread } = startThread();
    await expect(thread.ask('refuse', undefined)).rejects.toMatchObject({ code: 'NOT_FOUND', executed: 'no', data: { of: 'these' } });
  });

  test('tells how far it has come, and moves memory there and back', async () => {
    const { thread } = startThread();
    const steps: number[] = [];
    expect(await thread.ask('steps', 3, { onProgress: (step) => steps.push(step) })).toBe('done');
    expect(steps).toEqual([1, 2, 3]);
    const memory = new ArrayBuffer(8);
    const back = await thread.ask('memory', memory, { memory: [memory] });
    expect([memory.byteLength, back.byteLength]).toEqual([0, 8]);
  });

  test('hears what it is told in order, and tells back', async () => {
    const { thread, heard } = startThread();
    for (const word of ['one', 'two']) thread.tell('word', word);
    await until(() => heard.length === 2);
    expect(heard).toEqual(['one', 'two']);
  });

  test('does not answer what is asked or told after its end was asked for', async () => {
    const { thread, heard, ends } = startThread();
    await thread.started;
    const stopping = thread.stop();
    thread.tell('word', 'late');
    await expect(thread.ask('echo', 1)).rejects.toMatchObject({ code: 'INTERNAL', executed: 'no' });
    await stopping;
    thread.tell('word', 'later');
    await thread.stop();
    expect([heard, ends]).toEqual([[], []]);
  });

  test('that is stopped while it starts ends once it has started', async () => {
    const readies: unknown[] = [];
    const { thread, ends } = startThread({ onReady: (ready) => readies.push(ready) });
    await thread.stop();
    await expect(thread.started).resolves.toBeDefined();
    // Whoever ended it would take it for one that runs.
    expect([readies, ends]).toEqual([[], []]);
  });

  test('that hangs in its start or its stop is ended in time', async () => {
    const starting = startThread({ data: { start: 'hang' }, stopMs: 20 });
    await starting.thread.stop();
    await expect(starting.thread.started).rejects.toMatchObject({ code: 'TIMEOUT' });
    const stopping = startThread({ data: { stop: 'hang' }, stopMs: 20 });
    await stopping.thread.started;
    const waiting = stopping.thread.ask('never', undefined);
    waiting.catch(() => undefined);
    await stopping.thread.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'INTERNAL', executed: 'maybe' });
    for (const { events, ends } of [starting, stopping]) expect([events(), ends]).toEqual([['scripted.stopLate'], []]);
  });

  test('whose stop fails ends all the same, and the log says so', async () => {
    const { thread, logger } = startThread({ data: { stop: 'throw' } });
    await thread.started;
    await thread.stop();
    expect(logger.lines).toMatchObject([{ event: 'scripted.stopFailed', fields: { error: { message: 'not today' } } }]);
  });

  test('that dies leaves no request without an answer', async () => {
    const { thread, ends, problems } = startThread();
    thread.tell('problem', true);
    await until(() => problems.list().length > 0);
    expect(problems.list()).toMatchObject([{ id: 'scripted', view: '/overview' }]);
    const waiting = Promise.allSettled([thread.ask('never', undefined), thread.ask('exit', 7), thread.ask('echo', 1)]);
    const refused = { reason: { code: 'INTERNAL', message: 'The scripted part of this node has stopped.', executed: 'maybe' } };
    expect(await waiting).toMatchObject([refused, refused, refused]);
    await until(() => ends.length > 0);
    expect(ends).toMatchObject([{ code: 7, startFailure: undefined, fault: undefined, readyMs: expect.any(Number) }]);
    expect([thread.waiting, problems.list()]).toEqual([0, []]);
    await thread.stop();
  });

  test('in which a promise is rejected that nobody handles ends and says of what', async () => {
    const { thread, ends, events } = startThread();
    await expect(thread.ask('reject', undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    await until(() => ends.length > 0);
    expect(ends).toMatchObject([{ code: 1, fault: { message: 'nobody handles this' } }]);
    expect(events()).toEqual(['scripted.threadFailed']);
  });

  test('takes no more requests at once than it may', async () => {
    const { thread } = startThread({ mostRequests: 2 });
    const waiting = [thread.ask('never', undefined), thread.ask('never', undefined)];
    await expect(thread.ask('echo', 1)).rejects.toMatchObject({ code: 'OVERLOADED', executed: 'no', retryable: true });
    await thread.stop();
    for (const answer of waiting) await expect(answer).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('is not waited for longer than was said, nor when nobody wants to any more', async () => {
    const { thread } = startThread();
    await expect(thread.ask('never', undefined, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'TIMEOUT', executed: 'maybe' });
    const control = new AbortController();
    const left = thread.ask('never', undefined, { leave: control.signal });
    control.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(thread.ask('echo', 1, { leave: control.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(thread.waiting).toBe(0);
  });

  test('still answers what was cancelled', async () => {
    const { thread } = startThread();
    const control = new AbortController();
    const asked = thread.ask('cancelled', undefined, { cancel: control.signal });
    control.abort();
    expect(await asked).toBe('as far as it went');
    expect(await thread.ask('cancelled', undefined, { cancel: control.signal })).toBe('as far as it went');
  });

  test('is told that its time is over by the signals of what it is at', async () => {
    const { thread } = startThread();
    await thread.started;
    const asked = thread.ask('cancelled', undefined);
    await thread.stop();
    expect(await asked).toBe('as far as it went');
  });

  test('does not choke on what cannot be passed on', async () => {
    const { thread, logger } = startThread();
    await expect(thread.ask('unclonable', undefined)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(thread.ask('echo', () => undefined)).rejects.toThrow(/clone/);
    expect(thread.waiting).toBe(0);
    thread.tell('log', undefined);
    await until(() => logger.lines.length > 0);
    expect(logger.lines).toMatchObject([
      { level: 'warn', event: 'scripted.log', fields: { error: { message: 'a fault' }, callback: '() => undefined' } },
    ]);
  });
});
