/** Invite files over real links: as many nodes as they are for, at whatever address answers. */
import { expect, test } from 'vitest';
import { type MemberNode, startMember } from '../../helpers/member-node.ts';

const refusedAs = (code: string) => expect.objectContaining({ code });
const joinWith = (node: MemberNode, file: string) => node.client.call('membership.join', { file }, { timeoutMs: 30_000 });
const changed = (file: string, change: Record<string, unknown>) => JSON.stringify({ ...(JSON.parse(file) as object), ...change });

async function found(name: string): Promise<MemberNode> {
  const node = await startMember(name);
  await node.client.call('membership.create', { name });
  return node;
}

test('a file lets in as many nodes as it is for, with its roles, and no more', async () => {
  const hub = await found('hub-01');
  const { file, inviteId } = await hub.client.call('membership.inviteFile', { uses: 2, minutes: 5, roles: ['peer', 'bridge'] });
  const [press, kiln, late] = [await startMember('press-07'), await startMember('kiln-02'), await startMember('late-03')];
  // The first address is of nobody: the next is tried.
  const { addresses } = JSON.parse(file) as { addresses: string[] };
  await joinWith(press, changed(file, { addresses: ['127.0.0.1:9', ...addresses] }));
  expect(await joinWith(kiln, file)).toMatchObject({ name: 'hub-01', members: 3 });
  expect(await hub.member('kiln-02')).toMatchObject({ roles: ['peer', 'bridge'] });
  await expect(joinWith(late, file)).rejects.toEqual(refusedAs('INVITE_INVALID'));
  const { invites } = await hub.client.call('membership.invites', {});
  expect(invites).toMatchObject([{ inviteId, state: 'used', usesLeft: 0 }]);
});

test('a file of another cluster, a withdrawn one, and what is no file join nothing', async () => {
  const hub = await found('hub-01');
  const other = await found('hub-02');
  const { file, inviteId } = await hub.client.call('membership.inviteFile', { uses: 5, minutes: 5 });
  const foreign = await other.client.call('membership.inviteFile', { uses: 5, minutes: 5 });
  const press = await startMember('press-07');
  // Whoever changed where the file leads to does not change which cluster it is for.
  const { cluster } = JSON.parse(file) as { cluster: object };
  await expect(joinWith(press, changed(foreign.file, { cluster }))).rejects.toEqual(refusedAs('WRONG_CLUSTER'));
  await hub.client.call('membership.withdraw', { inviteId });
  await expect(joinWith(press, file)).rejects.toEqual(refusedAs('INVITE_INVALID'));
  await expect(joinWith(press, changed(file, { expiresAt: '2020-01-01T00:00:00.000Z' }))).rejects.toMatchObject({
    message: expect.stringContaining('was good until 2020-01-01'),
  });
  await expect(joinWith(press, file.slice(0, 80))).rejects.toEqual(refusedAs('INVITE_INVALID'));
  await expect(press.client.call('membership.join', {})).rejects.toEqual(refusedAs('INVALID_PARAMS'));
  expect((await press.client.call('membership.status', {})).cluster).toBeNull();
});
