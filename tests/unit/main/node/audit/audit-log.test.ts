import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { auditEntrySchema } from '../../../../../src/common/contract/audit.ts';
import { AuditLog, auditMigrations, canonicalJson } from '../../../../../src/main/node/audit/index.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import type { AuditRecord } from '../../../../../src/main/node/router/types.ts';
import { createStore, type WorkerStore } from '../../../../../src/main/node/store/index.ts';
import { Logs, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { until } from '../../../../helpers/until.ts';

const record = (values: Partial<AuditRecord> = {}): AuditRecord => ({
  principal: { user: 'ada@n1', roles: ['operator', 'admin'], via: 'ws' },
  act: 'config.set',
  target: null,
  params: { b: 1, a: { d: null, c: [1, 'x'] } },
  outcome: 'done',
  code: null,
  detail: null,
  durationMs: 1.5,
  ...values,
});

async function openAudit(): Promise<{ audit: AuditLog; store: WorkerStore; problems: Problems }> {
  const problems = new Problems();
  const logger = new Logs({ level: 'trace' }).logger('audit');
  const store = createStore({ file: join(await temporaryFolder(), 'node.db'), migrations: auditMigrations, logger });
  await store.start();
  const audit = new AuditLog({ store, nodeId: 'n1x', logger, problems, nowMs: () => 1_700_000_000_000 });
  onTestFinished(async () => {
    await audit.stop();
    await store.stop();
  });
  return { audit, store, problems };
}

test('a record is kept with time and node, its values in one canonical form', async () => {
  const { audit, store } = await openAudit();
  audit.record(record());
  const { entries, total } = await audit.list({ limit: 10 });
  expect(total).toBe(1);
  expect(entries.map((entry) => auditEntrySchema.parse(entry))).toEqual([
    {
      id: 1,
      timestamp: 1_700_000_000_000,
      node: 'n1x',
      user: 'ada@n1',
      roles: ['admin', 'operator'],
      via: 'ws',
      act: 'config.set',
      target: null,
      params: { a: { c: [1, 'x'], d: null }, b: 1 },
      outcome: 'done',
      code: null,
      detail: null,
      durationMs: 1.5,
    },
  ]);
  expect(await store.get('SELECT params, roles FROM audit')).toEqual({
    params: '{"a":{"c":[1,"x"],"d":null},"b":1}',
    roles: '["admin","operator"]',
  });
});

test('the table takes records and gives none back', async () => {
  const { audit, store } = await openAudit();
  audit.record(record());
  await audit.list({ limit: 1 });
  for (const sql of ['DELETE FROM audit', "UPDATE audit SET user = 'somebody else'", 'INSERT OR REPLACE INTO audit SELECT * FROM audit'])
    await expect(store.run(sql), sql).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await audit.list({ limit: 10 })).entries).toMatchObject([{ user: 'ada@n1' }]);
});

test('records are read newest first, by page, outcome, person and beginning of the act', async () => {
  const { audit } = await openAudit();
  for (let index = 0; index < 5; index++) audit.record(record({ act: `users.${index}`, outcome: index === 3 ? 'refused' : 'done' }));
  audit.record(record({ act: 'usersXadd', principal: { user: 'bob@n1', roles: [], via: 'cli' } }));
  const idsOf = async (query: Partial<Parameters<AuditLog['list']>[0]>) => {
    const { entries, total } = await audit.list({ limit: 2, ...query });
    return { ids: entries.map(({ id }) => id), total };
  };
  expect(await idsOf({})).toEqual({ ids: [6, 5], total: 6 });
  expect(await idsOf({ beforeId: 5 })).toEqual({ ids: [4, 3], total: 6 });
  expect(await idsOf({ outcome: 'refused' })).toEqual({ ids: [4], total: 1 });
  expect(await idsOf({ user: 'bob@n1' })).toEqual({ ids: [6], total: 1 });
  expect(await idsOf({ act: 'users.', limit: 9 })).toEqual({ ids: [5, 4, 3, 2, 1], total: 5 });
  expect(await idsOf({ act: '%' })).toEqual({ ids: [], total: 0 });
});

test('params that are too large or no plain data are named instead of kept', async () => {
  const { audit } = await openAudit();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  audit.record(record({ params: { text: 'x'.repeat(nodeLimits.auditParamsBytes) } }));
  audit.record(record({ params: circle }));
  audit.record(record({ params: undefined }));
  const { entries } = await audit.list({ limit: 3 });
  expect(entries.map(({ params }) => params)).toMatchObject([
    null,
    { notKept: 'not plain data' },
    { notKept: 'too large', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test('stop writes what waits', async () => {
  const { audit, store } = await openAudit();
  for (let index = 0; index < 500; index++) audit.record(record());
  await audit.stop();
  expect(await store.get('SELECT count(*) AS rows FROM audit')).toEqual({ rows: 500 });
});

test('while the disk refuses, records wait and are a problem; none is lost when it takes them again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { audit, store, problems } = await openAudit();
  await store.all('PRAGMA query_only = 1');
  audit.record(record({ act: 'first' }));
  await until(() => vi.getTimerCount() === 1);
  expect(problems.list()).toMatchObject([{ id: 'audit.waiting', severity: 'crit', title: '1 audit record waits for the disk' }]);
  audit.record(record({ act: 'second' }));
  await store.all('PRAGMA query_only = 0');
  vi.advanceTimersByTime(5_000);
  expect((await audit.list({ limit: 9 })).entries.map(({ act }) => act)).toEqual(['second', 'first']);
  expect([problems.list(), audit.lost]).toEqual([[], 0]);
});

test('what can never be written does not throw; it is counted and stays a problem', async () => {
  const { audit, store, problems } = await openAudit();
  await store.all('PRAGMA query_only = 1');
  audit.record(record());
  audit.record(record());
  await audit.stop();
  expect(audit.lost).toBe(2);
  expect(problems.list()).toMatchObject([{ id: 'audit.lost', severity: 'crit', title: '2 audit records are lost' }]);
  await store.stop();
  audit.record(record());
  await audit.stop();
  expect(audit.lost).toBe(3);
});

test('records wait within a bound', async () => {
  const { audit } = await openAudit();
  for (let index = 0; index < nodeLimits.auditPendingRecords + 50; index++) audit.record(record({ params: null }));
  expect(audit.lost).toBe(50);
  await audit.stop();
  expect((await audit.list({ limit: 1 })).total).toBe(nodeLimits.auditPendingRecords);
});

test('one value has one canonical text', () => {
  expect(canonicalJson({ b: undefined, a: [undefined, { z: 1, y: 'ü"' }], c: null })).toBe('{"a":[null,{"y":"ü\\"","z":1}],"c":null}');
});

test('whoever waits is told when a record is on the disk, one after the other and all at once', async () => {
  const { audit } = await openAudit();
  let written = 0;
  const stop = audit.onWritten((records) => {
    written += records;
  });
  for (let index = 0; index < 5; index++) {
    await audit.record(record({ act: `one.${index}` }));
    expect(await audit.lastId()).toBe(index + 1);
  }
  await Promise.all(Array.from({ length: 5 }, (_none, index) => audit.record(record({ act: `all.${index}` }))));
  stop();
  await audit.record(record({ act: 'unheard' }));
  expect(written).toBe(10);
  expect((await audit.since(8, 2)).map(({ id, act }) => [id, act])).toEqual([
    [9, 'all.3'],
    [10, 'all.4'],
  ]);
});
