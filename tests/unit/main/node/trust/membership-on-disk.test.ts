import { expect, test } from 'vitest';
import type { Store } from '../../../../../src/main/node/store/index.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import { Invites, inviteMigrations } from '../../../../../src/main/node/trust/join/index.ts';
import {
  encodeGenesis,
  Membership,
  MembershipLog,
  membershipMigrations,
  nodeRoles,
} from '../../../../../src/main/node/trust/membership/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { admin, alice, bob, carol, genesis, hex, keys, mallory, refusedAs, secondAdmin, secrets, startMs } from './people.ts';
import { killEverywhere, openStore } from './stored.ts';

const dayMs = 86_400_000;
const newLog = () => new MembershipLog(genesis, keys);
const found = (store: Store) => Membership.adopt(store, genesis, newLog(), keys, startMs);
const adding = (who: typeof alice, name: string) =>
  ({ kind: 'add', subject: who.publicKey, roles: nodeRoles.peer | nodeRoles.operator, name }) as const;

async function load(store: Store): Promise<Membership> {
  const membership = await Membership.load(store, keys);
  if (membership === undefined) throw new Error('The node is in no cluster.');
  return membership;
}

test('a cluster is founded once, changed, and found again after a restart', async () => {
  const store = await openStore(await temporaryFolder(), membershipMigrations);
  expect(await Membership.load(store, keys)).toBeUndefined();
  const membership = await found(store);
  await membership.sign(adding(alice, 'press-07'), admin, startMs);
  await membership.sign({ kind: 'checkpoint' }, admin, startMs);
  await membership.sign({ kind: 'checkpoint' }, admin, startMs + 1);
  const restarted = await load(store);
  expect(restarted.log.headDigest).toEqual(membership.log.headDigest);
  expect(restarted.log.checkpointMs).toBe(startMs + 1);
  expect(restarted.genesis).toEqual(new Uint8Array(genesis));
  expect(restarted.memberOf(alice.publicKey, startMs).name).toBe('press-07');
  await expect(found(store)).rejects.toThrow(refusedAs('CONFLICT'));
});

test('rows 11 and 62: a stranger, one who was removed and one whose time is over are told apart', async () => {
  const membership = await found(await openStore(await temporaryFolder(), membershipMigrations));
  await membership.sign(adding(alice, 'press-07'), admin, startMs);
  await membership.sign({ kind: 'revoke', subject: alice.publicKey }, admin, startMs);
  await membership.sign({ ...adding(bob, 'lent laptop'), notAfterMs: startMs + dayMs }, admin, startMs);
  expect(() => membership.memberOf(mallory.publicKey, startMs)).toThrow(refusedAs('NOT_MEMBER'));
  expect(() => membership.memberOf(alice.publicKey, startMs)).toThrow(
    expect.objectContaining({
      code: 'REVOKED',
      message: expect.stringContaining('by North yard on 2024-11-21'),
      data: expect.objectContaining({ atMs: startMs }),
    }),
  );
  expect(membership.memberOf(bob.publicKey, startMs + dayMs - 1).name).toBe('lent laptop');
  expect(() => membership.memberOf(bob.publicKey, startMs + dayMs)).toThrow(refusedAs('NOT_MEMBER'));
});

test('row 62: without a checkpoint for seven days, operators and admins from afar are refused, and others are not', async () => {
  const membership = await found(await openStore(await temporaryFolder(), membershipMigrations));
  await membership.sign(adding(alice, 'press-07'), admin, startMs);
  expect(membership.requireRole(alice.publicKey, 'operator', startMs + 7 * dayMs).name).toBe('press-07');
  expect(() => membership.requireRole(alice.publicKey, 'operator', startMs + 7 * dayMs + 1)).toThrow(refusedAs('STALE_MEMBERSHIP'));
  expect(() => membership.requireRole(admin.publicKey, 'admin', startMs + 7 * dayMs + 1)).toThrow(refusedAs('STALE_MEMBERSHIP'));
  membership.requireRole(alice.publicKey, 'peer', startMs + 7 * dayMs + 1);
  expect(() => membership.requireRole(alice.publicKey, 'admin', startMs)).toThrow(refusedAs('FORBIDDEN'));
  await membership.sign({ kind: 'checkpoint' }, admin, startMs + 7 * dayMs);
  membership.requireRole(alice.publicKey, 'operator', startMs + 14 * dayMs);
  await membership.sign({ kind: 'policy', notAfterMs: dayMs }, admin, startMs + 7 * dayMs);
  expect(() => membership.requireRole(alice.publicKey, 'operator', startMs + 9 * dayMs)).toThrow(refusedAs('STALE_MEMBERSHIP'));
});

test('row 61: of a page with invalid operations the valid ones are taken, in whatever order they stand', async () => {
  const store = await openStore(await temporaryFolder(), membershipMigrations);
  const membership = await found(store);
  const other = newLog();
  other.sign(adding(alice, 'press-07'), admin, startMs);
  other.sign(adding(bob, 'press-08'), admin, startMs);
  const forger = new MembershipLog(encodeGenesis({ ...other.genesis, firstAdmin: mallory.publicKey }), keys);
  const [forged] = forger.sign(adding(mallory, 'thief'), mallory, startMs);
  const [first, second] = other.operations.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array];
  const { added, refused } = await membership.accept([second, forged?.bytes ?? first, Uint8Array.of(1, 2, 3), first, first], startMs);
  expect(added).toHaveLength(2);
  expect(refused).toEqual([refusedAs('WRONG_CLUSTER'), refusedAs('INVALID_PARAMS')]);
  expect((await load(store)).log.headDigest).toEqual(other.headDigest);
});

test('what is refused, or could not be stored, is not in memory either', async () => {
  const store = await openStore(await temporaryFolder(), membershipMigrations);
  const membership = await found(store);
  await membership.sign({ ...adding(secondAdmin, 'office'), kind: 'addAdmin', roles: nodeRoles.peer }, admin, startMs);
  const other = newLog();
  for (const { bytes } of membership.log.operations) other.insert(bytes, startMs);
  await membership.sign(adding(alice, 'press-07'), admin, startMs);
  const [apart] = other.sign(adding(bob, 'press-08'), secondAdmin, startMs);
  await membership.accept([apart?.bytes ?? new Uint8Array()], startMs);
  const before = membership.log.headDigest;
  // The branches would have been joined first.
  await expect(membership.sign({ kind: 'revoke', subject: carol.publicKey }, admin, startMs)).rejects.toThrow(refusedAs('NOT_FOUND'));
  await expect(
    membership.sign(adding(carol, 'x'), admin, startMs, [{ sql: "INSERT INTO cluster VALUES (2, x'00', 0)" }]),
  ).rejects.toThrow();
  expect(membership.log.headDigest).toEqual(before);
  expect(() => membership.memberOf(carol.publicKey, startMs)).toThrow(refusedAs('NOT_MEMBER'));
  await membership.sign(adding(carol, 'press-09'), admin, startMs);
  expect((await load(store)).log.headDigest).toEqual(membership.log.headDigest);
});

test('a stored log that was tampered with is not taken for a valid one', async () => {
  const store = await openStore(await temporaryFolder(), membershipMigrations);
  const membership = await found(store);
  await membership.sign(adding(alice, 'press-07'), admin, startMs);
  await membership.sign(adding(bob, 'press-08'), admin, startMs);
  await store.run('DELETE FROM membership_operations WHERE serial = 1');
  await expect(load(store)).rejects.toThrow(refusedAs('INTERNAL'));
});

test('row 38: killed at any write, the membership is that of before or after the change', async () => {
  const points = await killEverywhere(
    membershipMigrations,
    async (store) => {
      const membership = await found(store);
      await membership.sign({ ...adding(secondAdmin, 'office'), kind: 'addAdmin', roles: nodeRoles.peer }, admin, startMs);
      const other = newLog();
      for (const { bytes } of membership.log.operations) other.insert(bytes, startMs);
      other.sign(adding(bob, 'press-08'), secondAdmin, startMs);
      other.sign(adding(carol, 'press-09'), secondAdmin, startMs);
      await membership.sign(adding(alice, 'press-07'), admin, startMs);
      await membership.accept(
        other.operations.map(({ bytes }) => bytes),
        startMs,
      );
      await membership.sign({ kind: 'revoke', subject: carol.publicKey }, admin, startMs);
      await membership.sign({ kind: 'checkpoint' }, admin, startMs);
    },
    async (store, finished) => {
      const membership = await Membership.load(store, keys);
      const names = [...(membership?.log.state.members.values() ?? [])].map(({ name }) => name);
      const states = ['', 'North yard', 'North yard,office', 'North yard,office,press-07', 'North yard,office,press-07,press-08,press-09'];
      const last = 'North yard,office,press-07,press-08';
      expect(finished ? [last] : [...states, last]).toContain(names.sort().join());
      const isRevoked = membership?.log.state.removed.has(toHex(carol.publicKey)) ?? false;
      if (isRevoked) expect(() => membership?.memberOf(carol.publicKey, startMs)).toThrow(refusedAs('REVOKED'));
      // And it can go on.
      if (membership !== undefined) await membership.sign(adding(mallory, 'later'), admin, startMs);
    },
  );
  expect(points).toBe(14);
});

test('row 38: killed at any write, an invitation is used if and only if its member was added', async () => {
  const inviteId = hex('0102030405060708');
  await killEverywhere(
    [...membershipMigrations, ...inviteMigrations],
    async (store) => {
      const membership = await found(store);
      const invites = await Invites.load(store, secrets);
      await invites.open({ inviteId, macKey: new Uint8Array(32) }, { roles: nodeRoles.peer }, admin, startMs);
      await invites.attempt(inviteId, () => false, startMs);
      const attempt = await invites.attempt(inviteId, () => true, startMs);
      if (!attempt.accepted) throw new Error(attempt.reason);
      await membership.sign(adding(alice, 'press-07'), admin, startMs, attempt.statements);
    },
    async (store) => {
      const isMember = (await Membership.load(store, keys))?.log.state.members.has(toHex(alice.publicKey)) ?? false;
      const [invite] = (await Invites.load(store, secrets)).list(startMs);
      expect(isMember).toBe(invite?.state === 'used');
    },
  );
});
