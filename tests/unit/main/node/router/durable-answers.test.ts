/** Nothing acknowledged is lost: a write is answered when its audit record is on the disk. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { connectRecorded, createRouterFixture } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A router whose audit records are on the disk when the test says so. */
function start() {
  const store: (() => void)[] = [];
  const { router } = createRouterFixture({ audit: { record: () => new Promise<void>((resolve) => store.push(resolve)) } });
  router.register({
    'config.get': () => ({ values: {} }) as never,
    'users.remove': () => {
      throw new SignalboxError('NOT_FOUND', 'There is no user eve.', { executed: 'no' });
    },
    'events.publish': () => ({ delivered: 0 }) as never,
  });
  return { client: connectRecorded(router), viewer: connectRecorded(router, { role: 'viewer' }), store };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test('a write, also one that failed, waits for its record', async () => {
  const { client, store } = start();
  client.request({ requestid: 'w', method: 'users.remove', params: { username: 'eve' } });
  await settled();
  expect(client.answerTo('w')).toBeUndefined();
  store[0]?.();
  await settled();
  expect(client.answerTo('w')).toMatchObject({ code: 'NOT_FOUND' });
  expect(vi.getTimerCount()).toBe(0);
});

test('one with a key waits too, and its repeat gets the same answer', async () => {
  const { client, store } = start();
  const call = { method: 'users.remove', params: { username: 'eve' }, idempotencyKey: '01932c07-209c-7000-8000-000000000001' };
  client.request({ requestid: 'first', ...call });
  await settled();
  client.request({ requestid: 'again', ...call });
  await settled();
  expect([client.answerTo('first'), client.answerTo('again')]).toEqual([undefined, undefined]);
  store[0]?.();
  await settled();
  expect(client.answerTo('first')).toMatchObject({ code: 'NOT_FOUND' });
  expect(client.answerTo('again')).toMatchObject({ code: 'NOT_FOUND' });
  expect(store).toHaveLength(1);
});

test('a disk that does not answer holds a write up for two seconds at most', async () => {
  const { client } = start();
  client.request({ requestid: 'w', method: 'users.remove', params: { username: 'eve' } });
  await vi.advanceTimersByTimeAsync(nodeLimits.auditAnswerWaitMs - 1);
  expect(client.answerTo('w')).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(client.answerTo('w')).toMatchObject({ code: 'NOT_FOUND' });
});

test('reads, refusals and what is sent without end do not wait', async () => {
  const { client, viewer } = start();
  client.request({ requestid: 'r', method: 'config.get' });
  client.request({ requestid: 's', method: 'events.publish', params: { topic: '/site/x', data: 1 } });
  viewer.request({ requestid: 'f', method: 'users.remove', params: { username: 'eve' } });
  expect(client.answerTo('r')).toBeDefined();
  expect(client.answerTo('s')).toBeDefined();
  expect(viewer.answerTo('f')).toMatchObject({ code: 'FORBIDDEN' });
});
