import { expect, test } from 'vitest';
import { agreementKeyFromBytes, createSealOpener, rawAgreementKey } from '../../../../../src/main/node/identity/index.ts';
import type { Store } from '../../../../../src/main/node/store/index.ts';
import { EnvelopeSender, openForGroup, openForNode } from '../../../../../src/main/node/trust/envelope/index.ts';
import {
  GroupKeyRotation,
  GroupKeyring,
  groupKeyCommitment,
  groupKeyMigrations,
  newGroupKey,
  rotationMigrations,
  unwrapGroupKey,
  wrapGroupKey,
} from '../../../../../src/main/node/trust/group-key/index.ts';
import {
  certifySealingKey,
  readSealingCertificate,
  SealingKeyring,
  sealingKeyMigrations,
} from '../../../../../src/main/node/trust/sealing-key/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import {
  admin,
  alice,
  bob,
  carol,
  clusterId,
  keys,
  mallory,
  otherCluster,
  refusedAs,
  secrets,
  seedOf,
  startMs,
  text,
  withBitTurned,
} from './people.ts';
import { killEverywhere, openStore } from './stored.ts';

const dayMs = 86_400_000;
const message = { target: null, ttlSeconds: 60, priority: 'Low', type: 'block', payload: text('{"type":"Block"}') } as const;
const firstKey = { epoch: 1, key: seedOf(0x11) };
const secondKey = { epoch: 2, key: seedOf(0x22) };

/** A rotation whose beginning is on the disk. */
async function begin(store: Store, epoch: number, members: readonly Uint8Array[]): Promise<GroupKeyRotation> {
  const { rotation, statements } = GroupKeyRotation.prepare(store, epoch, members);
  await store.transaction(statements);
  return rotation;
}

test('a broadcast opens with the group key of its epoch, in its own envelope', () => {
  const sender = new EnvelopeSender({ identity: alice, clusterId, epoch: 1, now: () => startMs });
  const envelope = sender.sealedForGroup(firstKey, message);
  const keyOf = (epoch: number) => (epoch === 1 ? firstKey : undefined);
  expect(Buffer.from(openForGroup(envelope.payload, keyOf, envelope)).toString()).toBe('{"type":"Block"}');
  const elsewhere = [
    { clusterId: otherCluster },
    { messageId: new Uint8Array(16) },
    { source: mallory.publicKey },
    { target: bob.publicKey },
  ];
  for (const other of elsewhere)
    expect(() => openForGroup(envelope.payload, keyOf, { ...envelope, ...other })).toThrow(refusedAs('DECRYPT'));
  expect(() => openForGroup(envelope.payload, () => undefined, envelope)).toThrow(refusedAs('DECRYPT'));
  expect(() => openForGroup(envelope.payload, (epoch) => ({ ...secondKey, epoch }), envelope)).toThrow(refusedAs('DECRYPT'));
  for (let bit = 0; bit < envelope.payload.length * 8; bit++)
    expect(() => openForGroup(withBitTurned(envelope.payload, bit), (epoch) => ({ ...firstKey, epoch }), envelope)).toThrow(
      refusedAs('DECRYPT'),
    );
  for (let length = 0; length < envelope.payload.length; length++)
    expect(() => openForGroup(envelope.payload.subarray(0, length), keyOf, envelope)).toThrow(refusedAs('DECRYPT'));
});

test('row 46: a ciphertext that another member signs as its own does not open', async () => {
  const opener = await createSealOpener(seedOf(9));
  const sealingKey = rawAgreementKey(agreementKeyFromBytes(seedOf(9)));
  const sender = new EnvelopeSender({ identity: alice, clusterId, epoch: 1, now: () => startMs });
  const envelope = await sender.sealedFor(sealingKey, { ...message, target: bob.publicKey });
  expect(Buffer.from(await openForNode(envelope.payload, [opener], envelope)).toString()).toBe('{"type":"Block"}');
  await expect(openForNode(envelope.payload, [opener], { ...envelope, source: mallory.publicKey })).rejects.toThrow(refusedAs('DECRYPT'));
  await expect(openForNode(envelope.payload, [opener], { ...envelope, target: carol.publicKey })).rejects.toThrow(refusedAs('DECRYPT'));
  await expect(openForNode(envelope.payload, [], envelope)).rejects.toThrow(refusedAs('DECRYPT'));
});

test('a group key reaches a member sealed, and the log lets it be compared', async () => {
  const opener = await createSealOpener(seedOf(9));
  const wrapped = await wrapGroupKey(firstKey, rawAgreementKey(agreementKeyFromBytes(seedOf(9))), alice.publicKey, clusterId);
  expect(await unwrapGroupKey(wrapped, [opener], alice.publicKey, clusterId)).toEqual(firstKey);
  await expect(unwrapGroupKey(wrapped, [opener], bob.publicKey, clusterId)).rejects.toThrow(refusedAs('DECRYPT'));
  await expect(unwrapGroupKey(wrapped, [opener], alice.publicKey, otherCluster)).rejects.toThrow(refusedAs('DECRYPT'));
  for (const length of [0, 3, 4, 20, wrapped.length - 1])
    await expect(unwrapGroupKey(wrapped.subarray(0, length), [opener], alice.publicKey, clusterId)).rejects.toThrow(
      refusedAs('DECRYPT', 'INVALID_PARAMS'),
    );
  expect(groupKeyCommitment(firstKey)).not.toEqual(groupKeyCommitment({ ...firstKey, epoch: 2 }));
  expect(newGroupKey(3).key).not.toEqual(newGroupKey(3).key);
});

test('a node installs, uses and removes keys in that order, and can be told each step twice', async () => {
  const store = await openStore(await temporaryFolder(), groupKeyMigrations);
  const keyring = await GroupKeyring.load(store, secrets);
  expect(keyring.inUse).toBeUndefined();
  const first = await keyring.first(firstKey, startMs);
  await store.transaction(first.statements);
  first.confirm();
  expect(keyring.inUse?.epoch).toBe(1);
  await expect(keyring.first(secondKey, startMs)).rejects.toThrow(refusedAs('CONFLICT'));
  await expect(keyring.use(2)).rejects.toThrow(refusedAs('NOT_FOUND'));
  for (const _ of [1, 2]) await keyring.install(secondKey, startMs);
  await expect(keyring.install({ ...firstKey, key: seedOf(0x33) }, startMs)).rejects.toThrow(refusedAs('CONFLICT'));
  await expect(keyring.removeBefore(2)).rejects.toThrow(refusedAs('CONFLICT'));
  expect(keyring.inUse?.epoch).toBe(1);
  for (const _ of [1, 2]) await keyring.use(2);
  expect(keyring.list().map(({ epoch, state }) => [epoch, state])).toEqual([
    [1, 'former'],
    [2, 'inUse'],
  ]);
  await expect(keyring.use(1)).rejects.toThrow(refusedAs('CONFLICT'));
  expect(keyring.keyOf(1)?.key).toEqual(firstKey.key);
  const restarted = await GroupKeyring.load(store, secrets);
  expect(restarted.list()).toEqual(keyring.list());
  for (const _ of [1, 2]) await restarted.removeBefore(2);
  expect(restarted.keyOf(1)).toBeUndefined();
  await expect(restarted.install(firstKey, startMs)).rejects.toThrow(refusedAs('CONFLICT'));
  expect([restarted.isDue(startMs + 90 * dayMs - 1), restarted.isDue(startMs + 90 * dayMs)]).toEqual([false, true]);
  await restarted.install({ epoch: 3, key: seedOf(3) }, startMs);
  await restarted.install({ epoch: 4, key: seedOf(4) }, startMs);
  // Of two rotations that began apart: the later word of the log holds, as long as nobody has used the other key.
  await restarted.install({ epoch: 4, key: seedOf(5) }, startMs);
  expect((await GroupKeyring.load(store, secrets)).keyOf(4)?.key).toEqual(seedOf(5));
  await expect(restarted.install({ epoch: 2, key: seedOf(5) }, startMs)).rejects.toThrow(refusedAs('CONFLICT'));
  // However many rotations overtake each other, what is in use stays and the memory is bounded.
  for (let epoch = 5; epoch < 20; epoch++) await restarted.install({ epoch, key: seedOf(epoch) }, startMs);
  expect(restarted.list().map(({ epoch }) => epoch)).toEqual([2, 16, 17, 18, 19]);
  expect((await GroupKeyring.load(store, secrets)).list()).toEqual(restarted.list());
});

test('a rotation goes on when everybody has confirmed, or without those left behind', async () => {
  const store = await openStore(await temporaryFolder(), rotationMigrations);
  expect(await GroupKeyRotation.load(store)).toBeUndefined();
  const rotation = await begin(store, 2, [alice.publicKey, bob.publicKey]);
  await rotation.confirm(alice.publicKey, 2, 'install');
  await rotation.fail(bob.publicKey, 'not reached');
  await expect(rotation.advance()).rejects.toThrow(
    expect.objectContaining({ code: 'CONFLICT', data: { waitingFor: [Buffer.from(bob.publicKey).toString('hex')] } }),
  );
  // Of another rotation, of a later step, of a stranger: they change nothing.
  await rotation.confirm(bob.publicKey, 1, 'install');
  await rotation.confirm(bob.publicKey, 2, 'use');
  await rotation.confirm(mallory.publicKey, 2, 'install');
  await rotation.fail(mallory.publicKey, 'x');
  expect(rotation.waitingFor).toEqual([{ key: bob.publicKey, confirmed: null, failure: 'not reached' }]);
  expect(await rotation.advance({ leaveBehind: true })).toBe('use');
  const restarted = await GroupKeyRotation.load(store);
  expect([restarted?.epoch, restarted?.step]).toEqual([2, 'use']);
  expect(restarted?.waitingFor).toHaveLength(2);
  await restarted?.include(carol.publicKey);
  await restarted?.include(carol.publicKey);
  await restarted?.exclude(bob.publicKey);
  await restarted?.confirm(alice.publicKey, 2, 'use');
  await restarted?.confirm(alice.publicKey, 2, 'install');
  await restarted?.confirm(carol.publicKey, 2, 'use');
  expect(await restarted?.advance()).toBe('remove');
  for (const { key } of restarted?.members ?? []) await restarted?.confirm(key, 2, 'remove');
  expect(await restarted?.advance()).toBe('done');
  expect(await GroupKeyRotation.load(store)).toBeUndefined();
});

test('row 38: killed at any write of a rotation, every node opens what every other seals', async () => {
  const migrations = [...groupKeyMigrations, ...rotationMigrations];
  await killEverywhere(
    migrations,
    async (store) => {
      const keyring = await GroupKeyring.load(store, secrets);
      const first = await keyring.first(firstKey, startMs);
      await store.transaction(first.statements);
      first.confirm();
      const rotation = await begin(store, 2, [admin.publicKey]);
      await keyring.install(secondKey, startMs);
      await rotation.confirm(admin.publicKey, 2, 'install');
      await rotation.advance();
      await keyring.use(2);
      await rotation.confirm(admin.publicKey, 2, 'use');
      await rotation.advance();
      await keyring.removeBefore(2);
      await rotation.confirm(admin.publicKey, 2, 'remove');
      await rotation.advance();
    },
    async (store, finished) => {
      const keyring = await GroupKeyring.load(store, secrets);
      const rotation = await GroupKeyRotation.load(store);
      const held = keyring.list().map(({ epoch, state }) => `${epoch} ${state}`);
      const states = ['', '1 inUse', '1 inUse,2 installed', '1 former,2 inUse', '2 inUse'];
      expect(finished ? ['2 inUse'] : states).toContain(held.join());
      if (finished) expect(rotation).toBeUndefined();
      // Nobody is asked for a step before this node, the only other one, has done the one before.
      if (rotation?.step === 'install' || rotation?.step === 'use') expect(keyring.keyOf(1)?.key).toEqual(firstKey.key);
      if (rotation?.step === 'use' || rotation?.step === 'remove') expect(keyring.keyOf(2)?.key).toEqual(secondKey.key);
      if (rotation?.step === 'remove') expect(keyring.inUse?.epoch).toBe(2);
    },
  );
});

test('a sealing key is certified, renewed after 30 days, and its former one still opens for seven', async () => {
  const store = await openStore(await temporaryFolder(), sealingKeyMigrations);
  const keyring = await SealingKeyring.load(store, secrets, alice, startMs);
  const first = readSealingCertificate(keyring.certificate, keys, startMs);
  expect([first.owner, first.createdMs]).toEqual([alice.publicKey, startMs]);
  expect([keyring.isDue(startMs + 30 * dayMs - 1), keyring.isDue(startMs + 30 * dayMs)]).toEqual([false, true]);
  await keyring.rotate(startMs + 30 * dayMs);
  const second = readSealingCertificate(keyring.certificate, keys, startMs + 30 * dayMs);
  expect(second.sealingKey).not.toEqual(first.sealingKey);
  const sender = new EnvelopeSender({ identity: bob, clusterId, epoch: 1, now: () => startMs });
  const late = await sender.sealedFor(first.sealingKey, { ...message, target: alice.publicKey });
  const restarted = await SealingKeyring.load(store, secrets, alice, startMs);
  expect(restarted.certificate).toEqual(keyring.certificate);
  await openForNode(late.payload, restarted.openers, late);
  await restarted.dropFormer(startMs + 37 * dayMs - 1);
  await openForNode(late.payload, restarted.openers, late);
  await restarted.dropFormer(startMs + 37 * dayMs);
  await expect(openForNode(late.payload, restarted.openers, late)).rejects.toThrow(refusedAs('DECRYPT'));
  // A clock that was set back does not make the newest key an old one.
  await restarted.rotate(startMs);
  expect(readSealingCertificate(restarted.certificate, keys, startMs + 30 * dayMs).createdMs).toBe(startMs + 30 * dayMs + 1);
  expect((await SealingKeyring.load(store, secrets, alice, startMs)).certificate).toEqual(restarted.certificate);
});

test('row 41: any one bit turned in a sealing certificate is refused', async () => {
  const certificate = certifySealingKey(rawAgreementKey(agreementKeyFromBytes(seedOf(9))), startMs, alice);
  for (let bit = 0; bit < certificate.length * 8; bit++)
    expect(() => readSealingCertificate(withBitTurned(certificate, bit), keys, startMs), `bit ${bit}`).toThrow(
      refusedAs('BAD_SIGNATURE', 'INVALID_PARAMS', 'KEY_WEAK'),
    );
  expect(() => readSealingCertificate(certificate, keys, startMs + 37 * dayMs + 1)).toThrow(refusedAs('EXPIRED'));
  expect(() => readSealingCertificate(certificate, keys, startMs - 120_001)).toThrow(refusedAs('FUTURE'));
  expect(() => readSealingCertificate(certifySealingKey(new Uint8Array(32), startMs, alice), keys, startMs)).toThrow(refusedAs('KEY_WEAK'));
});

test('row 38: killed at any write, a node has a sealing key that opens what the others seal with its certificate', async () => {
  await killEverywhere(
    sealingKeyMigrations,
    async (store) => {
      const keyring = await SealingKeyring.load(store, secrets, alice, startMs);
      await keyring.rotate(startMs + dayMs);
      await keyring.rotate(startMs + 2 * dayMs);
      await keyring.dropFormer(startMs + 9 * dayMs);
    },
    async (store) => {
      const keyring = await SealingKeyring.load(store, secrets, alice, startMs);
      const { sealingKey } = readSealingCertificate(keyring.certificate, keys, startMs + 2 * dayMs);
      const envelope = await new EnvelopeSender({ identity: bob, clusterId, epoch: 1, now: () => startMs }).sealedFor(sealingKey, {
        ...message,
        target: alice.publicKey,
      });
      await openForNode(envelope.payload, keyring.openers, envelope);
      expect(keyring.openers.length).toBeLessThanOrEqual(2);
    },
  );
});
