import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { Principal } from '../../../../../src/common/roles.ts';
import type { RpcFailure } from '../../../../../src/common/wire/messages.ts';
import { connectRecorded, createRouterFixture, endOfTurn, principalWith } from '../../../../helpers/router-fixture.ts';

const validAnswer = { valid: true, issues: [], restartNeeded: [] };

describe('a call', () => {
  test('is answered with the result, the node and the time', () => {
    const { router } = createRouterFixture({ nowMs: () => 1_700_000_000_000 });
    router.register({ 'config.validate': () => validAnswer });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'config.validate', params: { values: {} } });
    expect(client.answers).toEqual([
      {
        type: 'rpc_response',
        requestid: 'r1',
        status: 'success',
        data: validAnswer,
        timestamp: 1_700_000_000_000,
        serviceId: router.nodeId,
      },
    ]);
  });

  test('may name the node, and its method by the first system’s word', () => {
    const { router } = createRouterFixture();
    router.register({ 'config.get': () => ({ values: { a: 1 } }) });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', intent: 'get_configuration', serviceId: 'press-07' });
    expect(client.answerTo('r1')).toMatchObject({ status: 'success', data: { values: { a: 1 } } });
  });

  test.each([['toString'], ['__proto__'], ['__defineGetter__'], ['no.such.method']])('of %s has no method', (method) => {
    const { router } = createRouterFixture();
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method });
    expect(client.answerTo('r1')).toMatchObject({ code: 'METHOD_NOT_FOUND', executed: 'no' });
  });

  test('of the assistant says plainly that there is none', () => {
    const { router } = createRouterFixture();
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'query_assist', params: { query: 'hello' } });
    expect(client.answerTo('r1')).toMatchObject({
      code: 'METHOD_NOT_FOUND',
      message: 'This node has no assistant, so it cannot answer questions.',
    });
  });

  test('with wrong params has no effect and says where each is wrong', () => {
    const { router } = createRouterFixture();
    const handler = vi.fn(() => ({ entries: [], dropped: 0 }));
    router.register({ 'logs.tail': handler });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: '', lines: 'many', 'a/b~c': 1 } });
    const { code, data } = client.answerTo('r1') as RpcFailure;
    expect(code).toBe('INVALID_PARAMS');
    expect((data as { issues: { path: string }[] }).issues.map(({ path }) => path)).toEqual(['/name', '/lines', '/a~1b~0c']);
    expect(handler).not.toHaveBeenCalled();
  });

  test('of the first system may carry params nobody knows, and gets base shapes only', () => {
    const { router } = createRouterFixture();
    const handler = vi.fn((_params: unknown, { progress }: { progress(data: unknown): void }) => {
      progress({ step: 1 });
      return { entries: [], dropped: 0 };
    });
    router.register({ 'logs.tail': handler });
    const client = connectRecorded(router, { profile: 'legacy' });
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: 'router', colour: 'red' }, extra: true });
    client.request({ requestid: 'r2', method: 'logs.tail', params: { name: 1 } });
    expect(handler.mock.calls[0]?.[0]).toEqual({ name: 'router', lines: 200 });
    expect(Object.keys(client.answers[1] ?? {})).toEqual([
      'type',
      'requestid',
      'status',
      'code',
      'message',
      'retryable',
      'timestamp',
      'serviceId',
    ]);
    expect(client.answers).toHaveLength(2);
  });

  test('without the role is refused and written down, its secrets removed, a flood folded', () => {
    let nowMs = 1_000_000;
    const { router, audits } = createRouterFixture({ nowMs: () => nowMs });
    const handler = vi.fn();
    router.register({ 'users.setPassword': handler });
    const client = connectRecorded(router, { role: 'viewer' });
    const params = { username: 'eve', passwordSha256: 'f'.repeat(64) };
    for (let n = 0; n < 5; n++) client.request({ requestid: `r${n}`, method: 'users.setPassword', params });
    expect(client.answerTo('r0')).toMatchObject({ code: 'FORBIDDEN', executed: 'no' });
    expect(handler).not.toHaveBeenCalled();
    expect(audits).toHaveLength(1);
    expect(audits[0]).toMatchObject({ act: 'users.setPassword', outcome: 'refused', code: 'FORBIDDEN' });
    expect(JSON.stringify(audits)).not.toContain('ffff');
    nowMs += 10_001;
    client.request({ requestid: 'r9', method: 'users.setPassword', params });
    expect(audits[1]?.detail).toContain('4 more times');
  });

  test('that changes something is written down, done or failed, without secrets', async () => {
    const { router, audits } = createRouterFixture();
    router.register({
      'users.add': ({ username, role }) => ({ username, role, createdAt: 1, lastSignInAt: null, sessions: 0 }),
      'users.remove': () => Promise.reject(new SignalboxError('NOT_FOUND', 'There is no user eve.')),
      'users.list': () => ({ users: [] }),
    });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'users.add', params: { username: 'eve', role: 'viewer', passwordSha256: 'f'.repeat(64) } });
    client.request({ requestid: 'r2', method: 'users.remove', params: { username: 'eve' } });
    client.request({ requestid: 'r3', method: 'users.list' });
    await endOfTurn();
    expect(audits.map(({ act, outcome, code }) => ({ act, outcome, code }))).toEqual([
      { act: 'users.add', outcome: 'done', code: null },
      { act: 'users.remove', outcome: 'failed', code: 'NOT_FOUND' },
    ]);
    expect(audits[0]?.params).toEqual({ username: 'eve', role: 'viewer', passwordSha256: '(secret)' });
  });

  test('whose handler fails unexpectedly leaks nothing, and the log has the fault', () => {
    const { router, lines } = createRouterFixture();
    router.register({
      'users.list': () => {
        throw new TypeError('/home/secret/path exploded');
      },
    });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'users.list' });
    expect(client.answerTo('r1')).toMatchObject({ code: 'INTERNAL', executed: 'maybe' });
    expect(JSON.stringify(client.answers)).not.toContain('/home');
    const line = lines.find(({ event }) => event === 'router.handler_failed');
    expect(line?.fields?.error).toHaveProperty('stack', expect.stringContaining('calls.test.ts'));
  });

  test('whose result breaks the contract fails under test', () => {
    const { router } = createRouterFixture();
    router.register({ 'users.list': () => ({ users: [{ username: 1 }] }) as never });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'users.list' });
    expect(client.answerTo('r1')).toMatchObject({ code: 'INTERNAL' });
  });

  test('of a stream that goes well is written down once in ten seconds, with the count; its failures each', () => {
    let nowMs = 1_000_000;
    const { router, audits } = createRouterFixture({ nowMs: () => nowMs });
    let full = false;
    router.register({
      'events.publish': ({ topic }) => {
        if (full) throw new SignalboxError('TOO_LARGE', 'Too large.');
        return { topic, seq: 1, subscribers: 0 };
      },
    });
    const client = connectRecorded(router, { role: 'operator' });
    const publish = (id: number) =>
      client.request({ requestid: `p${id}`, method: 'events.publish', params: { topic: '/site/x', data: id } });
    for (let id = 0; id < 100; id++) publish(id);
    expect(audits).toMatchObject([{ act: 'events.publish', outcome: 'done', detail: null }]);
    nowMs += 10_001;
    publish(100);
    expect(audits[1]?.detail).toContain('99 more times');
    full = true;
    publish(101);
    publish(102);
    expect(audits.slice(2).map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'failed']);
  });

  test('whose result is too large is refused before it is written', () => {
    const { router } = createRouterFixture({ limits: { resultBytes: 1_000 } });
    router.register({ 'config.get': () => ({ values: { text: 'x'.repeat(1_001) } }) });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'config.get' });
    expect(client.answerTo('r1')).toMatchObject({ code: 'TOO_LARGE', executed: 'yes' });
  });

  test('of somebody who is no longer signed in ends the connection', () => {
    const { router } = createRouterFixture();
    const client = connectRecorded(router, { principal: () => undefined });
    client.request({ requestid: 'r1', method: 'users.list' });
    expect(client.answerTo('r1')).toMatchObject({ code: 'UNAUTHENTICATED', executed: 'no' });
    expect(client.closes).toEqual([{ code: 4401, reason: 'signed out' }]);
  });

  test('of somebody who is no longer signed in is written down under the name they had, a flood folded', async () => {
    const { router, audits } = createRouterFixture();
    for (let n = 0; n < 3; n++) {
      let principal: Principal | undefined = principalWith('admin', 'eve@test');
      const client = connectRecorded(router, { principal: () => principal });
      principal = undefined;
      client.request({ requestid: 'r1', method: 'users.setPassword', params: { username: 'eve', passwordSha256: 'f'.repeat(64) } });
    }
    const refusal = { act: 'users.setPassword', outcome: 'refused', code: 'UNAUTHENTICATED', params: null };
    expect(audits).toMatchObject([{ ...refusal, principal: { user: 'eve@test', roles: [], via: 'ws' } }]);
    await router.stop();
    expect(audits.slice(1)).toMatchObject([{ ...refusal, detail: expect.stringContaining('2 more times') }]);
  });

  test('from inside the node is checked like any other', async () => {
    const { router } = createRouterFixture();
    router.register({ 'users.list': () => ({ users: [] }) });
    await expect(router.call('users.list', {}, { principal: principalWith('admin') })).resolves.toEqual({ users: [] });
    await expect(router.call('users.list', {}, { principal: principalWith('viewer') })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('cannot be offered twice', () => {
    const { router } = createRouterFixture();
    router.register({ 'users.list': () => ({ users: [] }) });
    expect(() => router.register({ 'users.list': () => ({ users: [] }) })).toThrow('has a handler already');
  });
});

describe('a call that takes long', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is answered TIMEOUT at its deadline, once, and its handler is told', () => {
    const { router } = createRouterFixture();
    let signal: AbortSignal | undefined;
    router.register({
      'logs.tail': (_params, context) => {
        signal = context.signal;
        expect(context.deadlineMs).toBe(Date.now() + 500);
        return new Promise(() => undefined);
      },
    });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: 'router' }, timeoutMs: 500 });
    vi.advanceTimersByTime(499);
    expect(client.answers).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(client.answerTo('r1')).toMatchObject({ code: 'TIMEOUT', retryable: true, executed: 'maybe' });
    expect(signal?.aborted).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(client.answers).toHaveLength(1);
    expect(router.snapshot().rpc.inFlight).toBe(1);
  });

  test('is answered CANCELLED when its client says so; a late cancel changes nothing', () => {
    const { router } = createRouterFixture();
    let signal: AbortSignal | undefined;
    router.register({
      'logs.tail': (_params, context) => {
        signal = context.signal;
        return new Promise((_resolve, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
      },
    });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: 'router' } });
    client.client.receiveText('{"type":"rpc_cancel","requestid":"r1"}');
    client.client.receiveText('{"type":"rpc_cancel","requestid":"r1"}');
    expect(client.answers).toHaveLength(1);
    expect(client.answerTo('r1')).toMatchObject({ code: 'CANCELLED' });
    expect(signal?.aborted).toBe(true);
  });

  test('is told to stop when its client goes away, if it only reads; a write runs to its end', async () => {
    const { router, audits } = createRouterFixture();
    const signals: Record<string, AbortSignal> = {};
    let finish: (() => void) | undefined;
    router.register({
      'logs.tail': (_params, { signal }) => {
        signals.read = signal;
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      'config.set': (_params, { signal }) => {
        signals.write = signal;
        return new Promise((resolve) => {
          finish = () => resolve({ applied: [], restartNeeded: [] });
        });
      },
    });
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: 'router' } });
    client.request({ requestid: 'r2', method: 'config.set', params: { values: {} } });
    client.client.closed();
    expect(signals.read?.aborted).toBe(true);
    expect(signals.write?.aborted).toBe(false);
    finish?.();
    await endOfTurn();
    expect(audits).toMatchObject([{ act: 'config.set', outcome: 'done' }]);
    expect(router.snapshot().rpc.inFlight).toBe(0);
    expect(client.answers).toEqual([]);
  });
});

describe('stopping the node', () => {
  test('ends reads, waits for writes and closes every client', async () => {
    const { router, audits } = createRouterFixture();
    let finish: (() => void) | undefined;
    router.register({
      'logs.tail': (_params, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      'config.set': () =>
        new Promise((resolve) => {
          finish = () => resolve({ applied: ['a'], restartNeeded: [] });
        }),
    });
    await router.start();
    const client = connectRecorded(router);
    client.request({ requestid: 'r1', method: 'logs.tail', params: { name: 'router' } });
    client.request({ requestid: 'r2', method: 'config.set', params: { values: {} } });
    const stopped = router.stop();
    expect(client.answerTo('r1')).toMatchObject({ code: 'CANCELLED' });
    expect(client.closes).toEqual([]);
    client.request({ requestid: 'r3', method: 'config.set', params: { values: {} } });
    expect(client.answerTo('r3')).toMatchObject({ code: 'OVERLOADED', executed: 'no' });
    finish?.();
    await stopped;
    expect(client.answerTo('r2')).toMatchObject({ status: 'success' });
    // Its caller had no other answer before.
    expect(audits).toMatchObject([{ act: 'config.set', outcome: 'done', detail: null }]);
    expect(client.closes).toEqual([{ code: 1001, reason: 'the node is stopping' }]);
    await router.stop();
  });
});
