/** The group key over real links: from key to key, whoever is away, removed or killed meanwhile. */
import { expect, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';

const refusedAs = (code: string) => expect.objectContaining({ code });
/** Well before members compare what they know: what changes is told at once. */
const waiting = { timeout: 20_000, interval: 50 };

const rotationOf = (node: MemberNode): Promise<ResultOf<'membership.rotation'>> => node.client.call('membership.rotation', {});

/** Waits until these nodes have come to the end of the rotation to a key. */
const ended = (epoch: number, ...nodes: readonly MemberNode[]) =>
  expect
    .poll(async () => (await Promise.all(nodes.map(rotationOf))).map((rotation) => [rotation.epoch, rotation.state]), waiting)
    .toEqual(nodes.map(() => [epoch, 'idle']));

async function found(): Promise<MemberNode> {
  const node = await startMember('hub-01');
  await node.client.call('membership.create', { name: 'North yard' });
  return node;
}

test('an admin leads everybody to a new key', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  await letJoin(hub, press);
  await ended(1, hub, press);
  await expect(press.client.call('membership.rotate', {})).rejects.toEqual(refusedAs('FORBIDDEN'));
  expect(await hub.client.call('membership.rotate', {})).toEqual({ epoch: 2 });
  await ended(2, hub, press);
  const { since, dueAt, leader, members, skippable } = await rotationOf(hub);
  expect((dueAt ?? 0) - (since ?? 0)).toBe(90 * 86_400_000);
  expect([leader, members, skippable]).toEqual([null, [], []]);
});

test('a removal changes the key by itself, the removed node gets no other, and one that was away is given it when it is back', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  const kiln = await startMember('kiln-02');
  for (const node of [press, kiln]) await letJoin(hub, node);
  await ended(1, hub, press, kiln);
  await kiln.stop();

  await hub.client.call('membership.revoke', { node: 'press-07' });
  await expect
    .poll(() => rotationOf(hub), waiting)
    .toMatchObject({
      epoch: 2,
      state: 'installing',
      leader: { name: 'hub-01' },
      members: [
        { name: 'hub-01', step: 'install', confirmed: true },
        { name: 'kiln-02', step: null, confirmed: false },
      ],
    });
  // Before a person says so nobody goes on without the member that is away.
  expect((await rotationOf(hub)).skippable).toHaveLength(1);
  expect(await hub.client.call('membership.skip', { node: 'kiln-02' })).toMatchObject({ name: 'kiln-02', skipped: true });
  await ended(2, hub);
  expect(await hub.client.call('membership.skip', { node: 'kiln-02' })).toMatchObject({ skipped: false });
  await expect(hub.client.call('membership.skip', { node: 'hub-01' })).rejects.toEqual(refusedAs('CONFLICT'));
  expect((await rotationOf(press)).epoch).toBe(1);

  const back = await startMember('kiln-02', {}, kiln.folder);
  await ended(2, hub, back);
});

test('an admin that was stopped in the middle goes on where it was, and a removal meanwhile overtakes it', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  const kiln = await startMember('kiln-02');
  for (const node of [press, kiln]) await letJoin(hub, node);
  await ended(1, hub, press, kiln);
  await kiln.stop();
  await hub.client.call('membership.rotate', {});
  await expect.poll(async () => (await rotationOf(hub)).skippable.length, waiting).toBe(1);
  expect(await rotationOf(press)).toMatchObject({ epoch: 2, state: 'installing', leader: { name: 'hub-01' }, members: [] });
  const port = Number((await hub.address()).split(':')[1]);
  await hub.stop();

  const again = await startMember('hub-01', { 'links.port': port }, hub.folder);
  await expect.poll(() => rotationOf(again), waiting).toMatchObject({ epoch: 2, state: 'installing' });
  await again.client.call('membership.revoke', { node: 'kiln-02' });
  await ended(3, again, press);
});

test('another admin takes over by beginning anew, and the first one follows it', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  const kiln = await startMember('kiln-02');
  for (const node of [press, kiln]) await letJoin(hub, node);
  await hub.client.call('membership.setRoles', { node: 'press-07', roles: ['peer', 'admin'] });
  await expect.poll(async () => (await press.member('press-07'))?.roles, waiting).toEqual(['peer', 'admin']);
  await ended(1, hub, press, kiln);
  await kiln.stop();
  await hub.client.call('membership.rotate', {});
  await expect.poll(async () => (await rotationOf(press)).epoch, waiting).toBe(2);
  await expect(press.client.call('membership.skip', { node: 'kiln-02' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('led by hub-01'),
  });
  await hub.stop();

  expect(await press.client.call('membership.rotate', {})).toEqual({ epoch: 3 });
  const hubAgain = await startMember('hub-01', {}, hub.folder);
  const kilnAgain = await startMember('kiln-02', {}, kiln.folder);
  await ended(3, hubAgain, press, kilnAgain);
  expect((await rotationOf(hubAgain)).leader).toBeNull();
});

test('two admins that changed the key while they were cut off from each other come to one key', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  await letJoin(hub, press);
  await hub.client.call('membership.setRoles', { node: 'press-07', roles: ['peer', 'admin'] });
  await expect.poll(async () => (await press.member('press-07'))?.roles, waiting).toEqual(['peer', 'admin']);
  await ended(1, hub, press);
  await press.stop();
  await hub.client.call('membership.rotate', {});
  await hub.client.call('membership.skip', { node: 'press-07' });
  await ended(2, hub);
  const port = Number((await hub.address()).split(':')[1]);
  await hub.stop();

  const pressAlone = await startMember('press-07', {}, press.folder);
  expect(await pressAlone.client.call('membership.rotate', {})).toEqual({ epoch: 2 });
  await pressAlone.client.call('membership.skip', { node: 'hub-01' });
  await ended(2, pressAlone);
  const hubAgain = await startMember('hub-01', { 'links.port': port }, hub.folder);
  await ended(3, hubAgain, pressAlone);
});

test('without a cluster there is no key to change, and links are not needed for it', async () => {
  const node = await startMember('hub-01');
  for (const call of [rotationOf(node), node.client.call('membership.rotate', {})])
    await expect(call).rejects.toEqual(refusedAs('NOT_MEMBER'));
  const off = await startMember('hub-02', { 'links.mode': 'off' });
  await off.client.call('membership.create', { name: 'North yard' });
  await off.client.call('membership.rotate', {});
  await ended(2, off);
});
