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

test('a storage thread that dies fails what waits, is a problem, and does not take the node with it', async () => {
  const problems = new Problems();
  const store = createStore({
    file: join(await temporaryFolder(), 'test.db'),
    migrations: [{ id: 'item-1', sql: 'CREATE TABLE item (name TEXT) STRICT' }],
    logger: new Logs({ level: 'info' }).logger('store'),
    problems,
  });
  await store.start();
  // Keeps the thread busy until it is ended: it then stops at the end of the statement, before it answers.
  const busy = store.all('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000) SELECT count(*) FROM n');
  const waiting = store.run("INSERT INTO item VALUES ('a')");
  const outcomes = Promise.allSettled([busy, waiting]);
  await new Promise((resolve) => setImmediate(resolve));
  await workers[0]?.terminate();

  expect(await outcomes).toMatchObject([{ reason: { executed: 'maybe' } }, { reason: { executed: 'maybe' } }]);
  expect(problems.list()).toMatchObject([{ id: 'storage.stopped', severity: 'crit' }]);
  await expect(store.run("INSERT INTO item VALUES ('b')")).rejects.toMatchObject({ code: 'STORAGE_FULL', executed: 'no' });
  expect(await store.sample()).toBeUndefined();
  await store.stop();
});
