/** The key-value stores of whole nodes: a cluster whose members keep copies for each other. */
import { expect, it } from 'vitest';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';
import { type MemberNode, startMember } from '../../helpers/member-node.ts';

async function statesAt({ client }: MemberNode, key: string): Promise<Record<string, string>> {
  const { replicas } = await client.call('store.get', { key });
  return Object.fromEntries(replicas.map(({ name, state, version }) => [name, `${state} ${version}`]));
}

it('keeps copies at two other nodes, reads them there while the owner is away, and brings them up to date when it is back', async () => {
  const [north, south, east] = await startLinkedMembers(['north', 'south', 'east']);
  const large = 'x'.repeat(262_144);
  await north.client.call('store.put', { key: 'site/contact', value: 'Ines', replicas: ['south', 'east'] });
  await north.client.call('store.put', { key: 'large', value: large, replicas: ['south'] });
  await expect.poll(() => statesAt(north, 'site/contact'), { timeout: 20_000 }).toEqual({ south: 'current 1', east: 'current 1' });
  await expect.poll(() => statesAt(north, 'large'), { timeout: 20_000 }).toEqual({ south: 'current 1' });

  const port = Number((await north.address()).split(':').at(-1));
  await north.stop();
  for (const { client } of [south, east])
    expect(await client.call('store.get', { key: 'site/contact', owner: 'north' })).toMatchObject({ value: 'Ines', version: 1 });
  expect((await south.client.call('store.get', { key: 'large', owner: 'north' })).value).toBe(large);
  // What a node keeps for another is read from a third one too.
  const target = { node: 'east' };
  expect(await south.client.call('store.get', { key: 'site/contact', owner: 'north' }, { target })).toMatchObject({ value: 'Ines' });

  const again = await startMember('north', { 'links.port': port }, north.folder);
  await again.client.call('store.put', { key: 'site/contact', value: 'Jonas' });
  await again.client.call('store.delete', { key: 'large' });
  await expect.poll(() => statesAt(again, 'site/contact'), { timeout: 20_000 }).toEqual({ south: 'current 2', east: 'current 2' });
  expect(await east.client.call('store.get', { key: 'site/contact', owner: 'north' })).toMatchObject({ value: 'Jonas', version: 2 });
  await expect
    .poll(async () => (await south.client.call('store.list', { owner: 'north' })).items.map(({ key }) => key), { timeout: 20_000 })
    .toEqual(['site/contact']);
});

it('lets no node write what another owns, whoever asks it to', async () => {
  const [north, south] = await startLinkedMembers(['north', 'south']);
  await north.client.call('store.put', { key: 'k', value: 'of north', replicas: ['south'] });
  await expect.poll(() => statesAt(north, 'k'), { timeout: 20_000 }).toEqual({ south: 'current 1' });
  const ask = (fields: object) =>
    north.node.peers.communicator.request(
      south.node.nodeId,
      { type: 'StorageRequest', ...fields },
      { priority: 'Medium', timeoutMs: 10_000 },
    );
  const value = Buffer.from('forged').toString('base64');
  const forged = { operation: 'Put', key: 'k', value, version: 9 };
  expect(await ask({ ...forged, owner: south.node.nodeId })).toMatchObject({ result: 'Error', code: 'SecurityError', reason: 'FORBIDDEN' });
  expect(await ask({ ...forged, owner: `n1${'a'.repeat(52)}` })).toMatchObject({ result: 'Error', reason: 'FORBIDDEN' });
  expect(await ask({ operation: 'Put', key: 'k', value })).toMatchObject({ result: 'Success', version: 1 });
  expect(await south.client.call('store.get', { key: 'k' })).toMatchObject({ value: 'forged', updatedBy: `node@${north.node.nodeId}` });
  // No call of the router, and on record all the same.
  expect(await south.client.call('audit.list', { limit: 10 })).toMatchObject({
    entries: expect.arrayContaining([expect.objectContaining({ act: 'store.put', user: `node@${north.node.nodeId}`, outcome: 'done' })]),
  });
  expect(await south.client.call('store.get', { key: 'k', owner: 'north' })).toMatchObject({ value: 'of north', version: 1 });
});
