import { expect, onTestFinished, test, vi } from 'vitest';
import { SignalboxError } from '../../../src/common/errors.ts';
import { ClusterTrust } from '../../../src/main/node/membership/cluster-trust.ts';
import { MemberLinks } from '../../../src/main/node/membership/member-links.ts';
import { deriveInviteKeys, readJoinCode } from '../../../src/main/node/trust/index.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { startFakeInviter, talkAsJoiner } from '../../helpers/raw-join.ts';

const refusedAs = (code: string) => expect.objectContaining({ code });
/** Well before members compare what they know: what changes is told at once. */
const waiting = { timeout: 20_000, interval: 50 };

const portOf = async (node: MemberNode) => Number((await node.address()).split(':')[1]);
const stateAt = async (node: MemberNode, name: string) => (await node.member(name))?.state;

function linked(...nodes: readonly MemberNode[]) {
  return expect
    .poll(async () => Promise.all(nodes.flatMap((node) => nodes.map(async (other) => stateAt(node, other.name)))), waiting)
    .toEqual(nodes.flatMap((node) => nodes.map((other) => (node === other ? 'self' : 'linked'))));
}

/** Ids of the problems that a node has ever had, by its log. */
async function problemsEver(node: MemberNode): Promise<readonly unknown[]> {
  const { entries } = await node.client.call('logs.tail', { name: 'node', lines: 500 });
  return entries.filter(({ event }) => event === 'node.problem').map(({ fields }) => fields?.id);
}

async function found(name = 'hub-01'): Promise<MemberNode> {
  const node = await startMember(name);
  await node.client.call('membership.create', { name: 'North yard' });
  return node;
}

test('a node joins with a code, both know each other, and a restart of both keeps everything', async () => {
  const hub = await startMember('hub-01');
  const created = await hub.client.call('membership.create', { name: 'North yard' });
  expect(created.recoveryWords).toHaveLength(24);
  await expect(hub.client.call('membership.create', { name: 'Again' })).rejects.toEqual(refusedAs('CONFLICT'));
  const press = await startMember('press-07');
  await letJoin(hub, press);
  await linked(hub, press);
  const { listeners } = await hub.client.call('node.status', {});
  expect(listeners).toContainEqual(expect.objectContaining({ name: 'node links', state: 'listening' }));
  const seen = await hub.member('press-07');
  expect(seen).toMatchObject({ roles: ['peer', 'viewer', 'operator'], addedBy: { name: 'hub-01' }, provenAt: expect.any(Number) });
  expect(seen?.fingerprint).toEqual((await press.client.call('membership.status', {})).fingerprint);
  await expect.poll(async () => (await hub.member('press-07'))?.addresses, waiting).toEqual([await press.address()]);

  const port = await portOf(hub);
  await Promise.all([hub.stop(), press.stop()]);
  const again = [await startMember('hub-01', { 'links.port': port }, hub.folder), await startMember('press-07', {}, press.folder)] as const;
  await linked(...again);
  expect((await again[1].client.call('membership.status', {})).cluster).toMatchObject({ name: 'North yard', members: 2, removed: null });
});

test('row 58: a code is good once, a typing mistake is found before anything is sent, and five wrong proofs burn a code', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  const { code } = await hub.client.call('membership.invite', {});
  const address = await hub.address();
  const mistyped = code.replace(/^./, (first) => (first === '0' ? '1' : '0'));
  await expect(press.client.call('membership.join', { code: mistyped, address: '127.0.0.1:9' })).rejects.toEqual(
    refusedAs('INVITE_INVALID'),
  );
  await press.client.call('membership.join', { code, address });
  const kiln = await startMember('kiln-02');
  await expect(kiln.client.call('membership.join', { code, address })).rejects.toEqual(refusedAs('INVITE_INVALID'));

  const second = await hub.client.call('membership.invite', {});
  const { inviteId } = await deriveInviteKeys(readJoinCode(second.code));
  for (let attempt = 0; attempt < 5; attempt++)
    expect(await talkAsJoiner(address, { inviteId, macKey: new Uint8Array(32) })).toMatchObject({ refused: { code: 'INVITE_INVALID' } });
  await expect(kiln.client.call('membership.join', { code: second.code, address })).rejects.toEqual(refusedAs('INVITE_INVALID'));
  const { invites } = await hub.client.call('membership.invites', {});
  expect(invites.map(({ state, failures }) => [state, failures])).toEqual([
    ['used', 0],
    ['burned', 5],
  ]);
  const { problems } = await hub.client.call('node.status', {});
  expect(problems.map(({ id }) => id)).toContain('membership.inviteBurned');
  expect((await kiln.client.call('membership.status', {})).cluster).toBeNull();
});

test('row 59: an inviter that does not know the code is found out, and nothing is stored', async () => {
  const kiln = await startMember('kiln-02');
  const hub = await found();
  const { code } = await hub.client.call('membership.invite', {});
  const address = await startFakeInviter();
  await expect(kiln.client.call('membership.join', { code, address })).rejects.toMatchObject({
    code: 'INVITE_INVALID',
    message: expect.stringContaining('does not know the join code'),
  });
  expect((await kiln.client.call('membership.status', {})).cluster).toBeNull();
  await kiln.client.call('membership.join', { code, address: await hub.address() });
});

test('row 11: a removed member is cut off at once, told by whom, and refused when it comes back', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  await letJoin(hub, press);
  await linked(hub, press);
  expect(await hub.client.call('membership.revoke', { node: 'press-07' })).toMatchObject({ revoked: true });
  await expect.poll(() => stateAt(press, 'hub-01'), waiting).toBe('notLinked');
  const by = expect.objectContaining({ code: 'REVOKED', message: expect.stringContaining('removed from the cluster by hub-01 on ') });
  expect((await press.client.call('membership.status', {})).cluster).toMatchObject({ roles: [], removed: by });
  expect((await press.client.call('node.status', {})).problems.map(({ id }) => id)).toContain('membership.revoked');

  await press.stop();
  const back = await startMember('press-07', {}, press.folder);
  await expect.poll(async () => (await back.member('hub-01'))?.failure, waiting).toEqual(by);
  expect((await hub.client.call('membership.members', {})).removed).toMatchObject([{ name: 'press-07', by: { name: 'hub-01' } }]);
  // Whoever removes another has not been removed, not even for a moment.
  expect(await problemsEver(hub)).not.toContain('membership.revoked');
  await expect(back.client.call('membership.invite', {})).rejects.toEqual(refusedAs('REVOKED'));

  // It was found again: an admin lets it in anew.
  await back.client.call('membership.leave', {});
  expect((await back.client.call('node.status', {})).problems.map(({ id }) => id)).not.toContain('membership.revoked');
  await letJoin(hub, back);
  await linked(hub, back);
  await expect(hub.client.call('membership.leave', {})).rejects.toEqual(refusedAs('CONFLICT'));
});

test('a node that leaves ends its links before it forgets the cluster, and has them again when it cannot forget', async () => {
  const [hub, press] = [await found(), await startMember('press-07')];
  await letJoin(hub, press);
  await linked(hub, press);
  const ended = vi.spyOn(MemberLinks.prototype, 'stop');
  const forget = vi.spyOn(ClusterTrust.prototype, 'leave');
  onTestFinished(() => void vi.restoreAllMocks());

  forget.mockRejectedValueOnce(new SignalboxError('STORAGE_FULL', 'The disk is full.', { executed: 'no' }));
  await expect(press.client.call('membership.leave', {})).rejects.toEqual(refusedAs('STORAGE_FULL'));
  await linked(hub, press);

  ended.mockClear();
  await press.client.call('membership.leave', {});
  expect(ended).toHaveBeenCalledOnce();
  // Whatever came over a link meanwhile would have found no cluster, and nobody to throw that at.
  expect(ended.mock.invocationCallOrder[0]).toBeLessThan(forget.mock.invocationCallOrder.at(-1) ?? 0);
  expect((await press.client.call('membership.status', {})).cluster).toBeNull();
});

test('a third node joins through the second, and the first learns of it and links with it', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  const kiln = await startMember('kiln-02');
  await letJoin(hub, press);
  await linked(hub, press);
  await expect(press.client.call('membership.invite', {})).rejects.toEqual(refusedAs('FORBIDDEN'));
  const roles = ['peer', 'operator', 'admin'] as const;
  expect(await hub.client.call('membership.setRoles', { node: 'press-07', roles: [...roles] })).toMatchObject({ roles });
  await expect.poll(async () => (await press.member('press-07'))?.roles, waiting).toEqual(roles);
  await letJoin(press, kiln);
  await linked(hub, press, kiln);
  expect(await hub.member('kiln-02')).toMatchObject({ addedBy: { name: 'press-07' } });
});

test('row 14: what two admins changed while they were cut off from each other is the same on both afterwards, and the removal wins', async () => {
  const hub = await found();
  const press = await startMember('press-07');
  await letJoin(hub, press);
  const kiln = await startMember('kiln-02');
  await letJoin(hub, kiln);
  await hub.client.call('membership.setRoles', { node: 'press-07', roles: ['peer', 'admin'] });
  await expect.poll(async () => (await press.member('press-07'))?.roles, waiting).toEqual(['peer', 'admin']);
  await linked(hub, press, kiln);
  const port = await portOf(hub);
  await Promise.all([hub.stop(), kiln.stop()]);
  await press.client.call('membership.setRoles', { node: 'kiln-02', roles: ['peer', 'bridge'] });
  await press.stop();
  const hubAgain = await startMember('hub-01', { 'links.port': port }, hub.folder);
  await hubAgain.client.call('membership.revoke', { node: 'kiln-02' });

  const pressAgain = await startMember('press-07', {}, press.folder);
  await linked(hubAgain, pressAgain);
  for (const node of [hubAgain, pressAgain]) {
    const removed = async () => (await node.client.call('membership.members', {})).removed.map(({ name, by }) => [name, by.name]);
    await expect.poll(removed, waiting).toEqual([['kiln-02', 'hub-01']]);
    expect(await node.member('kiln-02')).toBeUndefined();
  }
});

test('without a cluster there is nobody to invite, list or remove', async () => {
  const node = await startMember('hub-01');
  for (const call of [node.client.call('membership.members', {}), node.client.call('membership.invite', {})])
    await expect(call).rejects.toEqual(refusedAs('NOT_MEMBER'));
  await expect(node.client.call('membership.join', { code: 'x', address: 'nowhere' })).rejects.toEqual(refusedAs('INVALID_PARAMS'));
  await expect(node.client.call('membership.revoke', { node: 'press-07' })).rejects.toEqual(refusedAs('NOT_MEMBER'));
});
