import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import { Logs, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const workers: Worker[] = [];
// Real workers; only remembered, so that the test can end one from outside as a fault in native code would.
vi.mock(import('node:worker_threads'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    Worker: class extends original.Worker {
      constructor(...args: ConstructorParameters<typeof original.Worker>) {
        super(...args);
        workers.push(this);
      }
    },
  };
});

async function openStore() {
  const problems = new Problems();
  const store = createStore({
    file: join(await temporaryFolder(), 'test.db'),
    migrations: [{ id: 'item-1', sql: 'CREATE TABLE item (name TEXT) STRICT' }],
    logger: new Logs({ level: 'info' }).logger('store'),
    problems,
  });
  await store.start();
  return { store, problems };
}

/** Resolves at the next change of the problems after which there are none. */
function untilWell(problems: Problems): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = problems.onChange(() => {
      if (problems.list().length > 0) return;
      unwatch();
      resolve();
    });
  });
}

test('a storage thread that dies fails what waits, is a problem until another has taken its place, and loses nothing', async () => {
  const { store, problems } = await openStore();
  await store.run("INSERT INTO item VALUES ('kept')");
  // Keeps the thread busy until it is ended: it then stops at the end of the statement, before it answers.
  const busy = store.all('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000) SELECT count(*) FROM n');
  const waiting = store.run("INSERT INTO item VALUES ('a')");
  const outcomes = Promise.allSettled([busy, waiting]);
  const well = untilWell(problems);
  await new Promise((resolve) => setImmediate(resolve));
  await workers.at(-1)?.terminate();

  expect(await outcomes).toMatchObject([{ reason: { executed: 'maybe' } }, { reason: { executed: 'maybe' } }]);
  expect(problems.list()).toMatchObject([{ id: 'storage.stopped', severity: 'crit' }]);
  await expect(store.run("INSERT INTO item VALUES ('b')")).rejects.toMatchObject({ code: 'STORAGE_FULL', executed: 'no', retryable: true });
  expect(await store.sample()).toBeUndefined();

  await well;
  await store.run("INSERT INTO item VALUES ('c')");
  expect(await store.all('SELECT name FROM item')).toEqual(expect.arrayContaining([{ name: 'kept' }, { name: 'c' }]));
  await store.stop();
});

test('a store that is stopped while its thread is away stays stopped', async () => {
  const { store } = await openStore();
  const count = workers.length;
  await workers.at(-1)?.terminate();
  await store.stop();
  await expect(store.run("INSERT INTO item VALUES ('b')")).rejects.toMatchObject({ code: 'STORAGE_FULL', executed: 'no' });
  expect(workers).toHaveLength(count);
});
