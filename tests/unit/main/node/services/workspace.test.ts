import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Principal } from '../../../../../src/common/roles.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { createWorkspaceService, workspaceMigrations } from '../../../../../src/main/node/services/workspace.ts';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import { Logs } from '../../../../../src/main/node/telemetry/index.ts';
import { createRouterFixture, principalWith } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const ada: Principal = principalWith('viewer', 'ada@n1');
const bob: Principal = principalWith('admin', 'bob@n1');

async function openWorkspace() {
  let nowMs = 0;
  const store = createStore({
    file: join(await temporaryFolder(), 'node.db'),
    migrations: workspaceMigrations,
    logger: new Logs({ level: 'info' }).logger('store'),
  });
  await store.start();
  onTestFinished(() => store.stop());
  const { router } = createRouterFixture();
  router.register(createWorkspaceService({ store, nowMs: () => ++nowMs }));
  return { router, store };
}

test('each person keeps own items, newest first', async () => {
  const { router } = await openWorkspace();
  await router.call('workspace.put', { kind: 'request', id: 'a', value: { method: 'system.info' } }, { principal: ada });
  await router.call('workspace.put', { kind: 'request', id: 'b', value: null }, { principal: ada });
  await router.call('workspace.put', { kind: 'request', id: 'a', value: [1] }, { principal: ada });
  await router.call('workspace.put', { kind: 'request', id: 'a', value: 'of bob' }, { principal: bob });
  expect(await router.call('workspace.list', { kind: 'request' }, { principal: ada })).toEqual({
    items: [
      { kind: 'request', id: 'a', value: [1], updatedAt: 3 },
      { kind: 'request', id: 'b', value: null, updatedAt: 2 },
    ],
    damaged: [],
    omitted: 0,
  });
  expect(await router.call('workspace.remove', { kind: 'request' }, { principal: ada })).toEqual({ removed: 2 });
  expect(await router.call('workspace.remove', { kind: 'request', id: 'a' }, { principal: bob })).toEqual({ removed: 1 });
  expect(await router.call('workspace.remove', { kind: 'request', id: 'a' }, { principal: bob })).toEqual({ removed: 0 });
});

test('the oldest history makes room; other kinds ask the person to', async () => {
  const { router } = await openWorkspace();
  const put = (kind: 'history' | 'variables', id: number) =>
    router.call('workspace.put', { kind, id: String(id), value: id }, { principal: ada });
  for (let id = 0; id < 503; id++) await put('history', id);
  const history = await router.call('workspace.list', { kind: 'history', limit: 500 }, { principal: ada });
  expect([history.items.length, history.items[0]?.id, history.items.at(-1)?.id]).toEqual([500, '502', '3']);
  for (let id = 0; id < 100; id++) await put('variables', id);
  await expect(put('variables', 100)).rejects.toMatchObject({ code: 'TOO_LARGE', executed: 'no' });
  await put('variables', 99);
});

test('an item that is too large or no value is refused, and so is one person taking the disk', async () => {
  const { router, store } = await openWorkspace();
  const put = (id: string, value: unknown) => router.call('workspace.put', { kind: 'draft', id, value }, { principal: ada });
  await put('a', 'x'.repeat(nodeLimits.workspaceValueBytes - 2));
  await expect(put('a', 'x'.repeat(nodeLimits.workspaceValueBytes))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(put('b', '€'.repeat(nodeLimits.workspaceValueBytes / 2))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(put('b', undefined)).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await store.run('UPDATE workspace_item SET size_bytes = ?', [nodeLimits.workspaceUserBytes]);
  await expect(put('b', 1)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await put('a', 'smaller again');
  await put('b', 1);
});

test('a damaged item is named and kept, the others are read', async () => {
  const { router, store } = await openWorkspace();
  for (const id of ['a', 'b']) await router.call('workspace.put', { kind: 'view', id, value: id }, { principal: ada });
  await store.run("UPDATE workspace_item SET value = '{half' WHERE id = 'a'");
  const list = await router.call('workspace.list', { kind: 'view' }, { principal: ada });
  expect([list.items.map(({ id }) => id), list.damaged]).toEqual([['b'], ['a']]);
  expect(await store.get('SELECT count(*) AS rows FROM workspace_item')).toEqual({ rows: 2 });
});

test('a list is bounded in bytes and says what it left out', async () => {
  const { router } = await openWorkspace();
  const value = 'x'.repeat(nodeLimits.workspaceValueBytes - 2);
  const fitting = nodeLimits.workspaceListBytes / nodeLimits.workspaceValueBytes;
  for (let id = 0; id < fitting + 3; id++)
    await router.call('workspace.put', { kind: 'history', id: String(id), value }, { principal: ada });
  const list = await router.call('workspace.list', { kind: 'history' }, { principal: ada });
  expect([list.items.length, list.items[0]?.id, list.omitted, list.damaged]).toEqual([fitting, String(fitting + 2), 3, []]);
});
