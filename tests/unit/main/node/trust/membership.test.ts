import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signer } from '../../../../../src/main/node/identity/index.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import {
  type Change,
  encodeGenesis,
  foundCluster,
  MembershipLog,
  nodeRoles,
  operationBytes,
  rolesOf,
  signOperation,
} from '../../../../../src/main/node/trust/membership/index.ts';
import {
  admin,
  alice,
  bob,
  carol,
  clusterId,
  genesis,
  keys,
  mallory,
  otherCluster,
  recovery,
  refusedAs,
  secondAdmin,
  startMs,
  withBitTurned,
} from './people.ts';

const newLog = () => new MembershipLog(genesis, keys);
const people = { admin, secondAdmin, alice, bob, carol, mallory };
const nameOf = new Map(Object.entries(people).map(([name, { publicKey }]) => [toHex(publicKey), name]));

const add = (who: Signer, roles: number = nodeRoles.peer): Change => ({
  kind: 'add',
  subject: who.publicKey,
  roles,
  name: nameOf.get(toHex(who.publicKey)) ?? 'x',
});
const addAdmin = (who: Signer): Change => ({ ...add(who), kind: 'addAdmin' });
const revoke = (who: Signer): Change => ({ kind: 'revoke', subject: who.publicKey });
const removeAdmin = (who: Signer): Change => ({ kind: 'removeAdmin', subject: who.publicKey });

/** Members with their roles and those removed, by name. */
function summary(log: MembershipLog): { members: Record<string, string>; removed: (string | undefined)[] } {
  const { members, removed } = log.state;
  return {
    members: Object.fromEntries([...members].map(([key, { roles }]) => [nameOf.get(key) ?? key, rolesOf(roles).join()]).sort()),
    removed: [...removed.keys()].map((key) => nameOf.get(key)).sort(),
  };
}

function copyOf(log: MembershipLog, order: (operations: Uint8Array[]) => Uint8Array[] = (all) => all): MembershipLog {
  const copy = newLog();
  for (const bytes of order([...log.operations, ...log.checkpoints].map(({ bytes }) => bytes))) copy.insert(bytes, startMs);
  return copy;
}

function exchange(a: MembershipLog, b: MembershipLog): void {
  for (const { bytes } of a.operations) b.insert(bytes, startMs);
  for (const { bytes } of b.operations) a.insert(bytes, startMs);
}

test('the signed bytes have the published layout', () => {
  const operation = signOperation(
    {
      clusterId,
      serial: 2,
      kind: 'add',
      subject: alice.publicKey,
      roles: 3,
      issuedMs: startMs,
      notAfterMs: 0,
      supersedes: new Uint8Array(32),
      prev: new Uint8Array(32),
      issuer: admin.publicKey,
      name: 'press-07',
    },
    admin,
  );
  const bytes = operationBytes(operation);
  expect(bytes.length).toBe(212);
  // The published digest was made under the protocol's first name: but for those four letters the bytes are the same.
  const underFirstName = Buffer.concat([Buffer.from('CNCP'), bytes.subarray(4)]);
  expect(createHash('sha256').update(underFirstName).digest('hex')).toBe(
    '567f3636c2d9792ff200859a082f35cff2a253f0f9dc756cb220d1bedcc09846',
  );
});

test('a cluster begins with its founder, and two of one name differ', () => {
  const log = newLog();
  expect(summary(log)).toEqual({ members: { admin: 'peer,viewer,operator,admin' }, removed: [] });
  expect(log.genesis.name).toBe('North yard');
  const founded = { name: 'North yard', firstAdmin: admin.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs };
  expect(foundCluster(founded)).not.toEqual(foundCluster(founded));
  expect(() => foundCluster({ ...founded, name: 'a\u202eb' })).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => new MembershipLog(encodeGenesis({ ...log.genesis, firstAdmin: new Uint8Array(32) }), keys)).toThrow(refusedAs('KEY_WEAK'));
});

test('members are added, changed and revoked, admins made and unmade', () => {
  const log = newLog();
  log.sign(add(alice), admin, startMs);
  log.sign(addAdmin(bob), admin, startMs);
  log.sign({ kind: 'setRoles', subject: alice.publicKey, roles: nodeRoles.viewer | nodeRoles.operator }, bob, startMs);
  expect(summary(log).members).toEqual({ admin: 'peer,viewer,operator,admin', alice: 'viewer,operator', bob: 'peer,admin' });
  log.sign(removeAdmin(bob), admin, startMs);
  log.sign(revoke(alice), admin, startMs);
  expect(summary(log)).toEqual({ members: { admin: 'peer,viewer,operator,admin', bob: 'peer' }, removed: ['alice'] });
  expect(log.state.removed.get(toHex(alice.publicKey))).toEqual({ by: admin.publicKey, atMs: startMs });
  // Somebody who was removed by mistake is let in again by an operation that follows the removal.
  log.sign(add(alice), admin, startMs);
  expect(summary(log)).toEqual({ members: { admin: 'peer,viewer,operator,admin', alice: 'peer', bob: 'peer' }, removed: [] });
  expect(log.operations.map(({ serial }) => serial)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('row 41: any one bit turned in an operation is refused', () => {
  const log = newLog();
  const [operation] = log.sign(add(alice), admin, startMs);
  const bytes = operation?.bytes ?? new Uint8Array();
  const fresh = newLog();
  for (let bit = 0; bit < bytes.length * 8; bit++)
    expect(() => fresh.insert(withBitTurned(bytes, bit), startMs), `bit ${bit}`).toThrow(
      refusedAs('BAD_SIGNATURE', 'INVALID_PARAMS', 'WRONG_CLUSTER', 'VERSION', 'KEY_WEAK', 'FUTURE'),
    );
  expect(fresh.operations).toEqual([]);
});

describe('row 61: operations that do not count', () => {
  test('self-promotion, by a member or a stranger', () => {
    const log = newLog();
    log.sign(add(alice), admin, startMs);
    for (const who of [alice, mallory]) {
      expect(() => log.sign(addAdmin(who), who, startMs)).toThrow(refusedAs('FORBIDDEN'));
      expect(() => log.sign({ kind: 'checkpoint' }, who, startMs)).toThrow(refusedAs('FORBIDDEN'));
    }
    expect(() => log.sign({ ...add(alice), roles: nodeRoles.admin }, admin, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
  });

  test('of a removed admin', () => {
    const log = newLog();
    log.sign(addAdmin(bob), admin, startMs);
    log.sign(removeAdmin(bob), admin, startMs);
    expect(() => log.sign(add(mallory), bob, startMs)).toThrow(refusedAs('FORBIDDEN'));
  });

  test('removing the last admin, but by the recovery key', () => {
    const log = newLog();
    expect(() => log.sign(removeAdmin(admin), admin, startMs)).toThrow(refusedAs('CONFLICT'));
    expect(() => log.sign(revoke(admin), admin, startMs)).toThrow(refusedAs('CONFLICT'));
    expect(() => log.sign(revoke(admin), recovery, startMs)).toThrow(refusedAs('FORBIDDEN'));
    log.sign(removeAdmin(admin), recovery, startMs);
    log.sign(addAdmin(bob), recovery, startMs);
    log.sign(revoke(admin), bob, startMs);
    expect(summary(log)).toEqual({ members: { bob: 'peer,admin' }, removed: ['admin'] });
  });

  test('about the recovery key: it is nobody who could be removed', () => {
    const log = newLog();
    for (const change of [add(recovery), addAdmin(recovery)])
      expect(() => log.sign(change, admin, startMs)).toThrow(refusedAs('FORBIDDEN'));
    expect(() => log.sign(addAdmin(recovery), recovery, startMs)).toThrow(refusedAs('FORBIDDEN'));
    expect(() => new MembershipLog(encodeGenesis({ ...log.genesis, firstAdmin: recovery.publicKey }), keys)).toThrow(
      refusedAs('INVALID_PARAMS'),
    );
  });

  test('about nobody, from the future, from another cluster, out of row', () => {
    const log = newLog();
    expect(() => log.sign(revoke(alice), admin, startMs)).toThrow(refusedAs('NOT_FOUND'));
    const [operation] = newLog().sign(add(alice), admin, startMs + 120_001);
    expect(() => log.insert(operation?.bytes ?? new Uint8Array(), startMs)).toThrow(refusedAs('FUTURE'));
    const [first] = log.sign(add(alice), admin, startMs);
    if (first === undefined) throw new Error('nothing was signed');
    expect(() => log.insert(signOperation({ ...first, clusterId: otherCluster }, admin).bytes, startMs)).toThrow(
      refusedAs('WRONG_CLUSTER'),
    );
    for (const serial of [2, 3, Number.MAX_SAFE_INTEGER])
      expect(() => log.insert(signOperation({ ...first, serial }, admin).bytes, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
    expect(log.insert(signOperation({ ...first, prev: first.subject, name: 'x' }, admin).bytes, startMs).outcome).toBe('waiting');
    expect(log.insert(first.bytes, startMs).outcome).toBe('known');
  });

  test('many that wait for what never comes: the latest are kept, and nothing else is held up', () => {
    const log = newLog();
    const [first] = copyOf(log).sign(add(alice), admin, startMs);
    if (first === undefined) throw new Error('nothing was signed');
    for (let at = 0; at < 1_100; at++)
      log.insert(signOperation({ ...first, prev: createHash('sha256').update(`${at}`).digest() }, admin).bytes, startMs);
    expect(log.insert(first.bytes, startMs).outcome).toBe('added');
  });
});

test('row 61: what is lacking comes in pages of at most 64 KiB', () => {
  const log = newLog();
  for (let at = 0; at < 400; at++) log.sign({ kind: 'setRoles', subject: admin.publicKey, roles: 1 + (at % 7) }, admin, startMs);
  log.sign({ kind: 'checkpoint' }, admin, startMs);
  const copy = newLog();
  let pages = 0;
  for (let more = true; more; pages++) {
    const answer = log.missing(copy.heads, new Set(copy.checkpoints.map(({ id }) => id)));
    expect(answer.page.reduce((sum, { length }) => sum + length + 4, 0)).toBeLessThanOrEqual(65_536);
    for (const bytes of answer.page) copy.insert(bytes, startMs);
    more = answer.more;
  }
  expect(pages).toBeGreaterThan(1);
  expect(copy.headDigest).toEqual(log.headDigest);
  expect(copy.checkpoints).toEqual(log.checkpoints);
  expect(log.missing(copy.heads, new Set(copy.checkpoints.map(({ id }) => id)))).toEqual({ page: [], more: false });
});

describe('row 14: what was signed on both sides of a cut network', () => {
  /** Two admins with the same log, then apart. */
  function apart() {
    const one = newLog();
    one.sign(addAdmin(secondAdmin), admin, startMs);
    one.sign(add(alice), admin, startMs);
    return { one, other: copyOf(one) };
  }

  test('is merged to the same on both', () => {
    const { one, other } = apart();
    one.sign(add(bob), admin, startMs);
    other.sign(add(carol), secondAdmin, startMs);
    exchange(one, other);
    expect(one.headDigest).toEqual(other.headDigest);
    expect(summary(one)).toEqual(summary(other));
    expect(Object.keys(summary(one).members)).toEqual(['admin', 'alice', 'bob', 'carol', 'secondAdmin']);
    // The next change joins the branches for good.
    const added = one.sign({ kind: 'checkpoint' }, admin, startMs);
    expect(added.map(({ kind }) => kind)).toEqual(['checkpoint', 'checkpoint']);
    expect(one.heads).toHaveLength(1);
    exchange(one, other);
    expect(other.heads).toEqual(one.heads);
  });

  test('revoking wins over giving roles, adding, and making admin', () => {
    for (const change of [
      { kind: 'setRoles', subject: alice.publicKey, roles: nodeRoles.operator } as const,
      add(alice),
      addAdmin(alice),
    ]) {
      const { one, other } = apart();
      one.sign(revoke(alice), admin, startMs);
      other.sign(change, secondAdmin, startMs);
      exchange(one, other);
      expect(summary(one).removed).toEqual(['alice']);
      expect(summary(other)).toEqual(summary(one));
    }
  });

  test('what a removed admin signed meanwhile does not count, nor what those did whom it made admins', () => {
    const { one, other } = apart();
    one.sign(revoke(secondAdmin), admin, startMs);
    other.sign(addAdmin(mallory), secondAdmin, startMs);
    other.sign(revoke(alice), mallory, startMs);
    other.sign(add(carol), mallory, startMs);
    exchange(one, other);
    expect(summary(one)).toEqual({ members: { admin: 'peer,viewer,operator,admin', alice: 'peer' }, removed: ['secondAdmin'] });
    expect(summary(other)).toEqual(summary(one));
  });

  test('a stolen machine is out, whatever it signs with an earlier place; the other admins go on', () => {
    for (const [stolen, remover] of [
      [admin, secondAdmin],
      [secondAdmin, admin],
    ] as const) {
      const { one } = apart();
      one.sign(addAdmin(bob), admin, startMs);
      const thief = copyOf(one);
      one.sign(revoke(stolen), remover, startMs);
      // It strikes back at who removed it, and at others, itself and through a helper.
      thief.sign(addAdmin(mallory), stolen, startMs);
      thief.sign(revoke(remover), stolen, startMs);
      thief.sign(revoke(alice), mallory, startMs);
      thief.sign(removeAdmin(bob), stolen, startMs);
      exchange(one, thief);
      expect(summary(thief)).toEqual(summary(one));
      expect(summary(one)).toEqual({ members: { alice: 'peer', bob: 'peer,admin' }, removed: ['admin', 'secondAdmin'] });
      // Who removed it is let in again by one of the others.
      one.sign(addAdmin(remover), bob, startMs);
      expect(summary(one).removed).toEqual([nameOf.get(toHex(stolen.publicKey))]);
    }
  });

  test('when two admins remove a stolen machine, it cannot even harm them', () => {
    const { one } = apart();
    one.sign(addAdmin(bob), admin, startMs);
    const [other, thief] = [copyOf(one), copyOf(one)];
    one.sign(revoke(admin), secondAdmin, startMs);
    other.sign(revoke(admin), bob, startMs);
    for (const who of [secondAdmin, bob, alice]) thief.sign(revoke(who), admin, startMs);
    exchange(one, other);
    exchange(one, thief);
    expect(summary(one)).toEqual({ members: { alice: 'peer', bob: 'peer,admin', secondAdmin: 'peer,admin' }, removed: ['admin'] });
  });

  test('a founder that was stolen and makes up another past takes at most the one who removed it, and what that one did', () => {
    const { one } = apart();
    one.sign(add(carol), secondAdmin, startMs);
    one.sign(revoke(admin), secondAdmin, startMs);
    const past = newLog();
    for (const who of [secondAdmin, carol, alice]) {
      past.sign(addAdmin(who), admin, startMs);
      past.sign(revoke(who), admin, startMs);
    }
    exchange(one, past);
    expect(summary(past)).toEqual(summary(one));
    expect(summary(one)).toEqual({ members: { alice: 'peer' }, removed: ['admin', 'secondAdmin'] });
    one.sign(addAdmin(alice), recovery, startMs);
    one.sign(addAdmin(secondAdmin), alice, startMs);
    expect(summary(one).removed).toEqual(['admin']);
  });

  test('two admins who remove each other are both out: then the recovery words make the next', () => {
    const { one, other } = apart();
    one.sign(revoke(secondAdmin), admin, startMs);
    other.sign(removeAdmin(admin), secondAdmin, startMs);
    exchange(one, other);
    expect(summary(one)).toEqual({ members: { admin: 'peer,viewer,operator', alice: 'peer' }, removed: ['secondAdmin'] });
    expect(summary(other)).toEqual(summary(one));
    expect(() => one.sign(add(bob), admin, startMs)).toThrow(refusedAs('FORBIDDEN'));
    one.sign(addAdmin(alice), recovery, startMs);
    one.sign(add(bob), alice, startMs);
    exchange(one, other);
    expect(summary(other)).toEqual(summary(one));
    expect(summary(one).members).toEqual({ admin: 'peer,viewer,operator', alice: 'peer,admin', bob: 'peer' });
  });

  test('nobody strikes the recovery key', () => {
    const { one, other } = apart();
    one.sign(revoke(secondAdmin), admin, startMs);
    other.sign(removeAdmin(admin), recovery, startMs);
    other.sign(revoke(admin), secondAdmin, startMs);
    exchange(one, other);
    expect(summary(one)).toEqual({ members: { alice: 'peer', secondAdmin: 'peer,admin' }, removed: ['admin'] });
    expect(summary(other)).toEqual(summary(one));
  });

  test('of three who remove each other in a ring the most senior removal counts', () => {
    const { one } = apart();
    one.sign(addAdmin(bob), admin, startMs);
    const sides = [one, copyOf(one), copyOf(one)] as const;
    sides[0].sign(revoke(secondAdmin), admin, startMs);
    sides[1].sign(revoke(bob), secondAdmin, startMs);
    sides[2].sign(revoke(admin), bob, startMs);
    exchange(sides[0], sides[1]);
    exchange(sides[0], sides[2]);
    expect(summary(sides[0])).toEqual({ members: { alice: 'peer', bob: 'peer,admin' }, removed: ['admin', 'secondAdmin'] });
    expect(summary(sides[2])).toEqual(summary(sides[0]));
  });
});

test('the state depends on the operations alone, not on the order in which they come (random forks, orders and repeats)', () => {
  const everybody = Object.values(people);
  const step = fc.record({
    side: fc.nat({ max: 2 }),
    issuer: fc.constantFrom(admin, secondAdmin, bob, recovery),
    subject: fc.constantFrom(...everybody),
    change: fc.constantFrom(add, addAdmin, revoke, removeAdmin),
    sync: fc.option(fc.nat({ max: 2 }), { freq: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, chance) => {
      const sides = [newLog(), newLog(), newLog()] as const;
      for (const { side, issuer, subject, change, sync } of steps) {
        const log = sides[side] as MembershipLog;
        try {
          log.sign(change(subject), issuer, startMs);
        } catch (error) {
          expect(error).toEqual(refusedAs('FORBIDDEN', 'NOT_FOUND', 'CONFLICT'));
        }
        if (sync !== null && sync !== side) exchange(log, sides[sync] as MembershipLog);
      }
      const all = sides.flatMap((log) => log.operations);
      const shuffled = () => all.map((operation) => ({ operation, rank: chance.next().value as number })).sort((a, b) => a.rank - b.rank);
      const [one, other] = [newLog(), newLog()];
      for (const { operation } of shuffled()) one.insert(operation.bytes, startMs);
      for (const { operation } of shuffled()) other.insert(operation.bytes, startMs);
      expect(summary(other)).toEqual(summary(one));
      expect(other.headDigest).toEqual(one.headDigest);
      // Associative: what was merged before is merged to the same.
      exchange(sides[0], sides[1]);
      exchange(sides[0], sides[2]);
      exchange(sides[0], sides[1]);
      for (const side of sides) expect(summary(side)).toEqual(summary(one));
      // A change on top of it all changes nothing else.
      const before = summary(one);
      const present = everybody.find(({ publicKey }) => (one.state.members.get(toHex(publicKey))?.roles ?? 0) & nodeRoles.admin);
      if (present === undefined) return;
      one.sign({ kind: 'policy', notAfterMs: 1_000 }, present, startMs);
      expect(summary(one)).toEqual(before);
      expect(one.heads).toHaveLength(1);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a revoked key stays out whatever it signs beside the removal, and harms at most who removed it (random backdated operations)', () => {
  const change = fc.constantFrom<(who: Signer) => Change>(add, addAdmin, revoke, removeAdmin);
  const issuers = fc.constantFrom(mallory, carol);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(change, fc.constantFrom(...Object.values(people)), issuers), { maxLength: 10 }),
      fc.boolean(),
      (steps, late) => {
        const log = newLog();
        log.sign(addAdmin(mallory), admin, startMs);
        log.sign(addAdmin(secondAdmin), admin, startMs);
        log.sign(add(bob), admin, startMs);
        const thief = copyOf(log);
        if (late) log.sign(add(alice), admin, startMs);
        log.sign(revoke(mallory), secondAdmin, startMs);
        const honest = summary(log);
        for (const [make, who, issuer] of steps) {
          try {
            thief.sign(make(who), issuer, startMs);
          } catch (error) {
            expect(error).toEqual(refusedAs('FORBIDDEN', 'NOT_FOUND', 'CONFLICT'));
          }
        }
        for (const { bytes } of thief.operations) log.insert(bytes, startMs);
        const { secondAdmin: _, ...others } = honest.members;
        const { secondAdmin: __, ...left } = summary(log).members;
        const { admin: ___, ...unrelated } = others;
        expect(left).toEqual(expect.objectContaining(unrelated));
        expect(Object.keys(left).every((name) => name in others)).toBe(true);
      },
    ),
    { seed: 1, numRuns: 150 },
  );
});

test('checkpoints keep their age, one an admin, and nothing follows them', () => {
  const log = newLog();
  log.sign(addAdmin(secondAdmin), admin, startMs);
  expect(log.checkpointMs).toBe(startMs);
  for (let at = 1; at <= 5; at++) log.sign({ kind: 'checkpoint' }, at % 2 === 0 ? admin : secondAdmin, startMs + at);
  expect(log.checkpoints).toHaveLength(2);
  expect(log.operations).toHaveLength(1);
  expect(log.checkpointMs).toBe(startMs + 5);
  const newest = log.checkpoints.find(({ issuedMs }) => issuedMs === startMs + 5);
  if (newest === undefined) throw new Error('there is no checkpoint');
  log.sign(removeAdmin(secondAdmin), admin, startMs);
  expect(log.checkpointMs).toBe(startMs + 4);
  const follows = signOperation({ ...newest, serial: 3, kind: 'policy', prev: newest.hash, issuer: admin.publicKey }, admin);
  expect(log.insert(follows.bytes, startMs).outcome).toBe('waiting');
});
