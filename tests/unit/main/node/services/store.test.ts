import { expect, test } from 'vitest';
import { createStoreService } from '../../../../../src/main/node/services/store.ts';
import { MemoryPeers } from '../../../../helpers/memory-peers.ts';
import { startStore } from '../../../../helpers/peer-stores.ts';
import { createRouterFixture, principalWith } from '../../../../helpers/router-fixture.ts';

const operator = { principal: principalWith('operator', 'ada@n1-press') };
const names: Readonly<Record<string, string>> = { 'press-07': 'n1-press', 'mill-02': 'n1-mill' };

/** The service at press-07, and the store of mill-02. */
async function start() {
  const network = new MemoryPeers();
  const press = await startStore(network, 'n1-press');
  const mill = await startStore(network, 'n1-mill');
  const serve = (storage: typeof press.part, nodeId: string) => {
    const { router } = createRouterFixture();
    router.register(
      createStoreService({
        storage,
        nodeId,
        findNode: (node) => names[node] ?? Object.values(names).find((id) => id === node),
        nameOf: (id) => Object.entries(names).find(([, known]) => known === id)?.[0] ?? id,
      }),
    );
    return router;
  };
  return { press: serve(press.part, 'n1-press'), mill: serve(mill.part, 'n1-mill') };
}

test('what is put is read as text where it is text, and as base64 where it is not', async () => {
  const { press } = await start();
  const put = await press.call('store.put', { key: 'text', value: 'Grüße\r\n\ufeff' }, operator);
  expect(put).toMatchObject({ key: 'text', ownerId: 'n1-press', version: 1, sizeBytes: 12, updatedBy: 'ada@n1-press', replicas: [] });
  await press.call('store.put', { key: 'bytes', value: '/wD+', encoding: 'base64' }, operator);
  expect(await press.call('store.get', { key: 'text' }, operator)).toMatchObject({ value: 'Grüße\r\n\ufeff', encoding: 'utf8' });
  expect(await press.call('store.get', { key: 'bytes' }, operator)).toMatchObject({ value: '/wD+', encoding: 'base64' });
});

test('copies are named, listed at the replica under their owner, and dropped there', async () => {
  const { press, mill } = await start();
  await press.call('store.put', { key: 'site/contact', value: 'Ines', replicas: ['mill-02', 'n1-mill'] }, operator);
  await expect
    .poll(async () => (await press.call('store.list', {}, operator)).items[0]?.replicas)
    .toEqual([{ nodeId: 'n1-mill', name: 'mill-02', version: 1, state: 'current', refusal: null }]);
  expect(await mill.call('store.get', { key: 'site/contact', owner: 'press-07' }, operator)).toMatchObject({ value: 'Ines' });
  expect(await mill.call('store.list', { owner: 'press-07' }, operator)).toMatchObject({ items: [{ ownerId: 'n1-press' }], more: false });
  expect(await mill.call('store.usage', {}, operator)).toMatchObject({
    own: { items: 0 },
    copies: [{ ownerId: 'n1-press', name: 'press-07', items: 1, sizeBytes: 4 }],
  });
  expect(await mill.call('store.forget', { owner: 'press-07' }, operator)).toEqual({ forgotten: 1 });
});

test('what cannot be meant is refused in words', async () => {
  const { press } = await start();
  const put = (params: object) => press.call('store.put', { key: 'k', value: 'x', ...params }, operator);
  await expect(put({ replicas: ['press-07'] })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringMatching(/keeps it anyway/),
  });
  await expect(put({ replicas: ['lathe-01'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(put({ value: 'a*', encoding: 'base64' })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await expect(put({ value: 'ü'.repeat(131_073) })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  await expect(put({ key: 'a b' })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await expect(press.call('store.forget', { owner: 'press-07' }, operator)).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
  await expect(press.call('store.put', { key: 'k', value: 'x' }, { principal: principalWith('viewer') })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await press.call('store.delete', { key: 'k' }, operator)).toEqual({ deleted: false });
});
