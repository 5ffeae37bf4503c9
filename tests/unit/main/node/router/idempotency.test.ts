import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { type RouterOptions, routerMigrations } from '../../../../../src/main/node/router/index.ts';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import type { Store } from '../../../../../src/main/node/store/types.ts';
import { connectRecorded, createRouterFixture, recordingLogger } from '../../../../helpers/router-fixture.ts';

let folder: string;
const stores: Store[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-answers-'));
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  await rm(folder, { recursive: true, force: true });
});

async function openStore(): Promise<Store> {
  const store = createStore({ file: join(folder, 'node.db'), migrations: routerMigrations, logger: recordingLogger() });
  stores.push(store);
  await store.start();
  return store;
}

const key = 'key-00000001';

function open(options: Partial<RouterOptions> = {}) {
  const fixture = createRouterFixture(options);
  let effects = 0;
  let fail: SignalboxError | undefined;
  let hold: Promise<void> | undefined;
  fixture.router.register({
    'config.set': async ({ values }) => {
      effects++;
      await hold;
      if (fail !== undefined) throw fail;
      return { applied: Object.keys(values), restartNeeded: [`run ${effects}`] };
    },
    'users.setupLink': () => {
      effects++;
      return { url: 'http://node/setup#secret', path: '/setup', expiresAt: 1 };
    },
  });
  const client = connectRecorded(fixture.router);
  return {
    ...fixture,
    client,
    effects: () => effects,
    failWith: (error: SignalboxError | undefined) => {
      fail = error;
    },
    holdUntil: (promise: Promise<void> | undefined) => {
      hold = promise;
    },
    set: (requestid: string, values: Record<string, unknown> = { a: 1 }, idempotencyKey = key) =>
      client.request({ requestid, method: 'config.set', params: { values }, idempotencyKey }),
    answer: async (requestid: string) => {
      while (client.answerTo(requestid) === undefined) await new Promise((resolve) => setImmediate(resolve));
      return client.answerTo(requestid);
    },
  };
}

const withStore = async (): Promise<Partial<RouterOptions>> => ({ store: await openStore() });
const withoutStore = async (): Promise<Partial<RouterOptions>> => ({});

describe.each([
  ['with a store', withStore],
  ['without a store', withoutStore],
])('the same key, %s', (_name, options) => {
  test('gives a repeat the stored answer, whatever the order of its params; the effect is once', async () => {
    const node = open(await options());
    node.set('r1', { a: 1, b: { c: 1, d: 2 } });
    const first = await node.answer('r1');
    node.set('r2', { b: { d: 2, c: 1 }, a: 1 });
    const second = await node.answer('r2');
    expect(first).toMatchObject({ status: 'success', data: { restartNeeded: ['run 1'] } });
    expect(second).toMatchObject({ status: 'success', data: { restartNeeded: ['run 1'] } });
    expect(node.effects()).toBe(1);
    expect(node.audits).toHaveLength(1);
  });

  test('joins a repeat to the call that still runs', async () => {
    const node = open(await options());
    let release: () => void = () => undefined;
    node.holdUntil(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    node.set('r1');
    node.set('r2');
    release();
    expect(await node.answer('r1')).toMatchObject({ data: { restartNeeded: ['run 1'] } });
    expect(await node.answer('r2')).toMatchObject({ data: { restartNeeded: ['run 1'] } });
    expect(node.effects()).toBe(1);
  });

  test('for another call is a conflict, while the first runs and after', async () => {
    const node = open(await options());
    node.set('r1', { a: 1 });
    node.set('r2', { a: 2 });
    expect(await node.answer('r2')).toMatchObject({ code: 'CONFLICT', executed: 'no' });
    await node.answer('r1');
    node.set('r3', { a: 3 });
    expect(await node.answer('r3')).toMatchObject({ code: 'CONFLICT', executed: 'no' });
    expect(node.effects()).toBe(1);
  });

  test('of another person is another key', async () => {
    const node = open(await options());
    node.set('r1');
    await node.answer('r1');
    const other = connectRecorded(node.router, { user: 'other@test' });
    other.request({ requestid: 'r1', method: 'config.set', params: { values: { a: 9 } }, idempotencyKey: key });
    while (other.answerTo('r1') === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(other.answerTo('r1')).toMatchObject({ status: 'success' });
    expect(node.effects()).toBe(2);
  });

  test('may be used again when nothing happened, and not when something may have', async () => {
    const node = open(await options());
    node.failWith(new SignalboxError('CONFLICT', 'Somebody else edits.', { executed: 'no' }));
    node.set('r1');
    expect(await node.answer('r1')).toMatchObject({ code: 'CONFLICT' });
    node.failWith(new SignalboxError('STORAGE_FULL', 'The disk is full.', { executed: 'maybe' }));
    node.set('r2');
    expect(await node.answer('r2')).toMatchObject({ code: 'STORAGE_FULL' });
    node.failWith(undefined);
    node.set('r3');
    expect(await node.answer('r3')).toMatchObject({ code: 'STORAGE_FULL', executed: 'maybe' });
    expect(node.effects()).toBe(2);
  });

  test('runs this node’s part of a broadcast once', async () => {
    const node = open(await options());
    const broadcast = { method: 'config.set', params: { values: { a: 1 } }, idempotencyKey: key, serviceId: '*' };
    node.client.request({ requestid: 'r1', ...broadcast });
    node.client.request({ requestid: 'r2', ...broadcast });
    expect(node.client.answerTo('r2')).toMatchObject({ data: { accepted: true } });
    node.set('r3');
    expect(await node.answer('r3')).toMatchObject({ data: { restartNeeded: ['run 1'] } });
    expect(node.effects()).toBe(1);
  });

  test('never repeats a secret that was told once', async () => {
    const node = open(await options());
    node.client.request({ requestid: 'r1', method: 'users.setupLink', idempotencyKey: key });
    expect(await node.answer('r1')).toMatchObject({ data: { url: 'http://node/setup#secret' } });
    node.client.request({ requestid: 'r2', method: 'users.setupLink', idempotencyKey: key });
    expect(await node.answer('r2')).toMatchObject({ code: 'CONFLICT', executed: 'yes' });
    expect(node.effects()).toBe(1);
  });

  test('gives the answer to who lost the connection before it came', async () => {
    const node = open(await options());
    let release: () => void = () => undefined;
    node.holdUntil(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    node.set('r1');
    node.client.client.closed();
    release();
    const again = connectRecorded(node.router);
    again.request({ requestid: 'r1', method: 'config.set', params: { values: { a: 1 } }, idempotencyKey: key });
    while (again.answerTo('r1') === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(again.answerTo('r1')).toMatchObject({ data: { restartNeeded: ['run 1'] } });
    expect(node.effects()).toBe(1);
  });
});

describe('answers in the store', () => {
  test('outlive the node', async () => {
    const store = await openStore();
    const before = open({ store });
    before.set('r1');
    await before.answer('r1');
    const after = open({ store });
    after.set('r1');
    expect(await after.answer('r1')).toMatchObject({ data: { restartNeeded: ['run 1'] } });
    expect(after.effects()).toBe(0);
  });

  test('a call that the node’s end cut short is not run again, and says so', async () => {
    const store = await openStore();
    const before = open({ store });
    before.holdUntil(new Promise(() => undefined));
    before.set('r1');
    while (before.effects() === 0) await new Promise((resolve) => setImmediate(resolve));
    const after = open({ store });
    after.set('r1');
    expect(await after.answer('r1')).toMatchObject({ code: 'NODE_LOST', executed: 'maybe', retryable: false });
    expect(after.effects()).toBe(0);
  });

  test('hold nothing made from a secret', async () => {
    const store = await openStore();
    const node = open({ store });
    node.router.register({
      'users.setPassword': ({ username }) => ({ username, role: 'viewer', createdAt: 1, lastSignInAt: null, sessions: 0 }),
    });
    for (const digit of ['a', 'b']) {
      const params = { username: 'ada', passwordSha256: digit.repeat(64) };
      node.client.request({ requestid: digit, method: 'users.setPassword', params, idempotencyKey: `key-of-call-${digit}` });
      expect(await node.answer(digit)).toMatchObject({ status: 'success' });
    }
    const kept = await store.all<{ fingerprint: string }>('SELECT fingerprint, outcome FROM answers');
    expect(new Set(kept.map((row) => JSON.stringify(row))).size).toBe(1);
  });

  test('are kept for a day and up to a number', async () => {
    const store = await openStore();
    let nowMs = 1_700_000_000_000;
    const node = open({ store, nowMs: () => nowMs, limits: { idempotencyEntries: 10 } });
    node.set('first');
    await node.answer('first');
    nowMs += 86_400_001;
    node.set('again');
    expect(await node.answer('again')).toMatchObject({ data: { restartNeeded: ['run 2'] } });
    for (let n = 0; n < 105; n++) {
      nowMs++;
      node.set(`r${n}`, { a: 1 }, `key-of-call-${n}`);
      await node.answer(`r${n}`);
    }
    const [row] = await store.all<{ count: number }>('SELECT count(*) AS count FROM answers');
    expect(row?.count).toBeLessThanOrEqual(10 + 100);
  });
});
