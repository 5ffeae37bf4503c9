/** Revocation and the change of the group key, of two nodes that are killed at every write of each. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { agreementKeyFromBytes, rawAgreementKey, type Signer, toBase64url } from '../../../../../src/main/node/identity/index.ts';
import { type GroupKeyMessage, GroupKeys, type KeyPeer } from '../../../../../src/main/node/membership/group-key/index.ts';
import type { GroupKeysHeld } from '../../../../../src/main/node/membership/group-key/messages.ts';
import { ClusterTrust, membershipLimits, membershipTables } from '../../../../../src/main/node/membership/index.ts';
import type { Store } from '../../../../../src/main/node/store/index.ts';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';
import {
  certifySealingKey,
  MembershipLog,
  nodeRoles,
  type Operation,
  readSealingCertificate,
  wrapGroupKey,
} from '../../../../../src/main/node/trust/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { admin, alice, bob, keys, secrets, seedOf, startMs } from '../trust/people.ts';
import { killAllEverywhere, openStore } from '../trust/stored.ts';

const takeoverMs = startMs + 2 * 3_600_000;
const roles = nodeRoles.peer | nodeRoles.operator;

interface Node {
  readonly trust: ClusterTrust;
  readonly groupKeys: GroupKeys;
  readonly problems: Problems;
}

async function load(store: Store, identity: Signer, atMs = startMs): Promise<Node> {
  const nowMs = () => atMs;
  const trust = await ClusterTrust.load({ store, secrets, identity, keys, nowMs });
  const problems = new Problems();
  const options = { trust, store, identity, keys, nowMs, logger: recordingLogger(), problems, onProgress: () => undefined };
  const groupKeys = new GroupKeys(options);
  trust.onChange((operations) => groupKeys.membershipChanged(operations));
  return { trust, groupKeys, problems };
}

/** Both know the same of the membership from now on, and hear each other. */
async function link(hub: Node, press: Node, atMs = startMs): Promise<void> {
  for (const [from, to, key] of [
    [hub, press, admin.publicKey],
    [press, hub, alice.publicKey],
  ] as const) {
    const pass = (operations: readonly Operation[]) =>
      to.trust.accept(
        operations.map(({ bytes }) => bytes),
        key,
        atMs,
      );
    await pass(from.trust.require().log.operations);
    from.trust.onChange((operations) => void pass(operations));
  }
  const toPress: KeyPeer = { publicKey: alice.publicKey, sendGroupKey: (message) => void press.groupKeys.take(toHub, message) };
  const toHub: KeyPeer = { publicKey: admin.publicKey, sendGroupKey: (message) => void hub.groupKeys.take(toPress, message) };
  hub.groupKeys.linked(toPress);
  press.groupKeys.linked(toHub);
}

/** A hub with two members, of which one has never spoken; all three have key 1. */
async function found(stores: readonly Store[]): Promise<readonly [Node, Node]> {
  const [hub, press] = [await load(stores[0] as Store, admin), await load(stores[1] as Store, alice)];
  await hub.trust.create('North yard', 'hub-01');
  await hub.trust.sign({ kind: 'add', subject: alice.publicKey, roles, name: 'press-07' });
  await hub.trust.sign({ kind: 'add', subject: bob.publicKey, roles, name: 'kiln-02' });
  const { log, genesis } = hub.trust.require();
  const given = new MembershipLog(genesis, keys);
  for (const { bytes } of log.operations) given.insert(bytes, startMs);
  const groupKey = hub.trust.groupKeys.inUse;
  if (groupKey === undefined) throw new Error('The hub has no group key.');
  await press.trust.join({ log: given, genesis, groupKey, inviter: admin.publicKey });
  return [hub, press];
}

const hasKiln = ({ trust }: Node) => trust.require().log.state.members.has(Buffer.from(bob.publicKey).toString('hex'));
const standing = ({ trust, groupKeys }: Node) => [groupKeys.status().epoch, groupKeys.status().step, trust.groupKeys.list().length];
const converged = (epoch: number, ...nodes: readonly Node[]) =>
  expect.poll(() => nodes.map(standing), { timeout: 20_000, interval: 5 }).toEqual(nodes.map(() => [epoch, undefined, 1]));

/** What the removed one says when it comes again. */
const kilnReport: GroupKeysHeld = {
  type: 'groupKeysHeld',
  held: [],
  sealingCertificate: toBase64url(certifySealingKey(rawAgreementKey(agreementKeyFromBytes(seedOf(9))), startMs, bob)),
  failure: null,
};

test('row 38: killed at any write of a removal and of the change of key that follows, both come to one key, and the removed one gets none', {
  timeout: 240_000,
}, async () => {
  let [founded, revoked] = [0, 0];
  const points = await killAllEverywhere(
    membershipTables,
    2,
    async (stores, reached) => {
      const [hub, press] = await found(stores);
      await link(hub, press);
      for (const { groupKeys } of [hub, press]) groupKeys.start();
      founded = reached();
      await hub.trust.sign({ kind: 'revoke', subject: bob.publicKey });
      revoked = reached();
      await converged(2, hub, press);
      for (const { groupKeys } of [hub, press]) await groupKeys.stop();
    },
    async (stores, point) => {
      if (point < founded) return;
      const [hub, press] = [await load(stores[0] as Store, admin), await load(stores[1] as Store, alice)];
      const isRemoved = !hasKiln(hub);
      if (point >= revoked) expect(isRemoved, `point ${point}`).toBe(true);
      const given: GroupKeyMessage[] = [];
      const kiln: KeyPeer = { publicKey: bob.publicKey, sendGroupKey: (message) => void given.push(message) };
      for (const { groupKeys } of [hub, press]) groupKeys.start();
      await hub.groupKeys.take(kiln, kilnReport);
      await link(hub, press);
      await converged(isRemoved ? 2 : 1, hub, press);
      expect(press.trust.groupKeys.inUse, `point ${point}`).toEqual(hub.trust.groupKeys.inUse);
      if (isRemoved) expect(given, `point ${point}`).toEqual([]);
      for (const { groupKeys } of [hub, press]) await groupKeys.stop();
    },
  );
  // The removal, and at least a write of each node for each step.
  expect(points - founded).toBeGreaterThan(10);
});

test('row 38: killed at any write of it, another admin takes over from the one that led, and that one follows when it is back', {
  timeout: 240_000,
}, async () => {
  let founded = 0;
  await killAllEverywhere(
    membershipTables,
    2,
    async (stores, reached) => {
      const [hub, press] = await found(stores);
      await hub.trust.sign({ kind: 'addAdmin', subject: alice.publicKey, roles, name: 'press-07' });
      await link(hub, press);
      for (const { groupKeys } of [hub, press]) groupKeys.start();
      founded = reached();
      await hub.trust.sign({ kind: 'revoke', subject: bob.publicKey });
      await converged(2, hub, press);
      for (const { groupKeys } of [hub, press]) await groupKeys.stop();
    },
    async (stores, point) => {
      if (point < founded) return;
      const press = await load(stores[1] as Store, alice, takeoverMs);
      press.groupKeys.start();
      press.groupKeys.upkeep();
      // In turn after what upkeep has begun, if it has.
      await press.groupKeys.skip(admin.publicKey).catch((error: unknown) => expect(error).toMatchObject({ code: 'CONFLICT' }));
      if (!hasKiln(press)) await converged(press.groupKeys.status().epoch, press);
      const hub = await load(stores[0] as Store, admin, takeoverMs);
      hub.groupKeys.start();
      await link(hub, press, takeoverMs);
      const isSettled = () => {
        const announced = press.trust.require().log.state.groupKey?.epoch;
        return [hub, press].every((node) => isDeepStrictEqual(standing(node), [announced, undefined, 1]));
      };
      await expect.poll(isSettled, { timeout: 20_000, interval: 5 }).toBe(true);
      const { epoch } = press.groupKeys.status();
      expect(press.trust.groupKeys.inUse, `point ${point}`).toEqual(hub.trust.groupKeys.inUse);
      expect(epoch > 1, `point ${point}`).toBe(!hasKiln(hub));
      for (const { groupKeys } of [hub, press]) await groupKeys.stop();
    },
  );
});

test('a key is changed after 90 days, and a person is told when members do not answer', async () => {
  const store = await openStore(await temporaryFolder(), membershipTables);
  const hub = await load(store, admin);
  await hub.trust.create('North yard', 'hub-01');
  await hub.trust.sign({ kind: 'add', subject: alice.publicKey, roles, name: 'press-07' });
  const dueMs = startMs + 90 * 86_400_000;
  const early = await load(store, admin, dueMs - 1);
  early.groupKeys.upkeep();
  expect(await early.groupKeys.skip(alice.publicKey)).toBe(false);
  expect(early.groupKeys.status()).toMatchObject({ epoch: 1, step: undefined, dueMs });

  const due = await load(store, admin, dueMs);
  due.groupKeys.upkeep();
  await expect.poll(() => due.groupKeys.status()).toMatchObject({ epoch: 2, step: 'install', leader: admin.publicKey });
  due.groupKeys.upkeep();
  expect(due.problems.list()).toEqual([]);
  const waited = await load(store, admin, dueMs + membershipLimits.rotationPatienceMs);
  waited.groupKeys.start();
  waited.groupKeys.upkeep();
  await expect
    .poll(() => waited.problems.list())
    .toMatchObject([{ id: 'membership.rotationWaits', detail: expect.stringContaining('press-07') }]);
  expect(await waited.groupKeys.skip(alice.publicKey)).toBe(true);
  expect(waited.problems.list()).toEqual([]);
  expect(waited.groupKeys.status()).toMatchObject({ epoch: 2, step: undefined });
  await waited.groupKeys.stop();
});

test('a node takes a key only from an admin, only the announced one, and only sealed for itself', async () => {
  const stores = await Promise.all([0, 1].map(async () => openStore(await temporaryFolder(), membershipTables)));
  const [hub, press] = await found(stores);
  await press.trust.accept(
    hub.trust.require().log.operations.map(({ bytes }) => bytes),
    admin.publicKey,
    startMs,
  );
  const answers: GroupKeyMessage[] = [];
  const asking = (publicKey: Uint8Array): KeyPeer => ({ publicKey, sendGroupKey: (message) => void answers.push(message) });
  const refused = async (from: Uint8Array, step: GroupKeyMessage) => {
    await press.groupKeys.take(asking(from), step);
    return (answers.pop() as GroupKeysHeld | undefined)?.failure?.message;
  };
  const { clusterId } = hub.trust.require().log;
  const sealingKey = readSealingCertificate(press.trust.sealing.certificate, keys, startMs).sealingKey;
  const sealed = async (epoch: number, member: Uint8Array) =>
    toBase64url(await wrapGroupKey({ epoch, key: seedOf(0x77) }, sealingKey, member, clusterId));
  const install = async (epoch: number, member = alice.publicKey) =>
    ({ type: 'groupKeyStep', epoch, step: 'install', sealedKey: await sealed(epoch, member) }) as const;
  expect(await refused(bob.publicKey, await install(1))).toContain('by admin nodes alone');
  expect(await refused(admin.publicKey, await install(2))).toContain('has not heard');
  expect(await refused(admin.publicKey, await install(1))).toContain('is not the group key 1');
  expect(await refused(admin.publicKey, await install(1, bob.publicKey))).toContain('cannot be opened');
  expect(await refused(admin.publicKey, { ...(await install(1)), sealedKey: null })).toBeDefined();
  expect(press.trust.groupKeys.inUse).toEqual(hub.trust.groupKeys.inUse);
});
