/** The whole way, through the public face alone: found, invite, join, talk, revoke. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { KnownKeys, recoverySigner, recoveryWordsOf, type Signer } from '../../../../../src/main/node/identity/index.ts';
import {
  checkInvitation,
  checkJoinSignature,
  deriveInviteKeys,
  EnvelopeReceiver,
  EnvelopeSender,
  encodeEnvelope,
  encodeJoinBody,
  foundCluster,
  GroupKeyRotation,
  GroupKeyring,
  groupKeyCommitment,
  Invites,
  joinCodeOf,
  knowsCode,
  loadReplayGuard,
  Membership,
  MembershipLog,
  newGroupKey,
  newInviteSecret,
  nodeRoles,
  payloadTypeOf,
  proveInvitation,
  proveJoin,
  readJoinBody,
  readJoinCode,
  readSealingCertificate,
  SealingKeyring,
  trustMigrations,
  unwrapGroupKey,
  wrapGroupKey,
} from '../../../../../src/main/node/trust/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { admin, alice, refusedAs, secrets, startMs, text } from './people.ts';
import { openStore } from './stored.ts';

const keys = new KnownKeys();

async function nodeOf(identity: Signer) {
  const store = await openStore(await temporaryFolder(), trustMigrations);
  const sealing = await SealingKeyring.load(store, secrets, identity, startMs);
  const group = await GroupKeyring.load(store, secrets);
  return { identity, store, sealing, group, replay: await loadReplayGuard(store), invites: await Invites.load(store, secrets) };
}
type Node = Awaited<ReturnType<typeof nodeOf>>;

function receiverOf(node: Node, membership: Membership) {
  return new EnvelopeReceiver({
    clusterId: membership.log.clusterId,
    self: node.identity.publicKey,
    keys,
    replay: node.replay,
    memberOf: (key, nowMs) => membership.memberOf(key, nowMs),
    offsetMs: () => undefined,
    openers: () => node.sealing.openers,
    groupKeyOf: (epoch: number) => node.group.keyOf(epoch),
    now: () => startMs,
    monotonicMs: () => 0,
  });
}

test('two nodes found a cluster, join by a code, talk sealed, rotate the group key, and one is revoked', async () => {
  const [office, press] = [await nodeOf(admin), await nodeOf(alice)];

  // Founding, with recovery words that are shown once.
  const recoverySeed = randomBytes(32);
  const recovery = recoverySigner(recoveryWordsOf(recoverySeed).join(' '));
  const genesis = foundCluster({ name: 'North yard', firstAdmin: admin.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs });
  const firstKey = newGroupKey(1);
  const first = await office.group.first(firstKey, startMs);
  const founded = await Membership.adopt(office.store, genesis, new MembershipLog(genesis, keys), keys, startMs, first.statements);
  first.confirm();
  await founded.sign({ kind: 'rotateGroupKey', subject: groupKeyCommitment(firstKey), notAfterMs: 1 }, admin, startMs);

  // The code is read over a radio.
  const secret = newInviteSecret();
  await office.invites.open(await deriveInviteKeys(secret), { roles: nodeRoles.peer | nodeRoles.operator }, admin, startMs);
  const { inviteId, macKey } = await deriveInviteKeys(readJoinCode(joinCodeOf(secret).toLowerCase()));
  const transcript = { channelBinding: randomBytes(32), request: text('J1'), reply: text('J2') };
  const proof = proveJoin(macKey, transcript, alice);

  // The inviter checks it, adds the member and uses up the code in one transaction.
  const attempt = await office.invites.attempt(inviteId, (key) => knowsCode(key, transcript, proof), startMs);
  if (!attempt.accepted) throw new Error(attempt.reason);
  checkJoinSignature(transcript, proof, alice.publicKey, admin.publicKey, keys);
  await founded.sign(
    { kind: 'add', subject: alice.publicKey, roles: attempt.invite.roles, name: 'press-07' },
    admin,
    startMs,
    attempt.statements,
  );
  const certificate = readSealingCertificate(press.sealing.certificate, keys, startMs);
  const wrappedGroupKey = await wrapGroupKey(firstKey, certificate.sealingKey, alice.publicKey, founded.log.clusterId);
  const body = encodeJoinBody({ genesis, wrappedGroupKey, operations: founded.log.operations.map(({ bytes }) => bytes) });
  const mac = proveInvitation(macKey, transcript, body);

  // The joiner checks everything before it stores anything.
  checkInvitation(macKey, transcript, body, mac);
  const answer = readJoinBody(body, alice.publicKey, keys, startMs);
  const received = await unwrapGroupKey(answer.wrappedGroupKey, press.sealing.openers, alice.publicKey, answer.log.clusterId);
  expect(groupKeyCommitment(received)).toEqual(answer.log.state.groupKey?.commitment);
  const installing = await press.group.first(received, startMs);
  const joined = await Membership.adopt(press.store, answer.genesis, answer.log, keys, startMs, installing.statements);
  installing.confirm();
  expect(joined.log.headDigest).toEqual(founded.log.headDigest);

  // They talk.
  const { clusterId } = founded.log;
  const message = {
    target: null,
    ttlSeconds: 60,
    priority: 'Medium',
    type: payloadTypeOf('Heartbeat'),
    payload: text('{"type":"Heartbeat"}'),
  } as const;
  const pressSender = new EnvelopeSender({ identity: alice, clusterId, epoch: 1, now: () => startMs });
  const atOffice = receiverOf(office, founded);
  const heard = await atOffice.receiveBinary(encodeEnvelope(pressSender.sealedForGroup(received, message)));
  if (heard.outcome !== 'accept') throw new Error(heard.outcome);
  expect(heard.member.name).toBe('press-07');
  await office.store.transaction(heard.reservation.statements);
  heard.reservation.confirm();

  // The press is stolen: it is revoked and the group key changes without it.
  const revocation = await founded.sign({ kind: 'revoke', subject: alice.publicKey }, admin, startMs);
  const secondKey = newGroupKey(2);
  expect(founded.log.removedWithKey).toEqual([Buffer.from(alice.publicKey).toString('hex')]);
  const { rotation, statements } = GroupKeyRotation.prepare(
    office.store,
    2,
    [...founded.log.state.members.values()].map(({ key }) => key),
  );
  const next = await office.group.installing(secondKey, startMs);
  await founded.sign({ kind: 'rotateGroupKey', subject: groupKeyCommitment(secondKey), notAfterMs: 2 }, admin, startMs, [
    ...statements,
    ...next.statements,
  ]);
  next.confirm();
  expect(founded.log.removedWithKey).toEqual([]);
  for (const work of [() => Promise.resolve(), () => office.group.use(2), () => office.group.removeBefore(2)]) {
    await work();
    await rotation.confirm(admin.publicKey, 2, rotation.step);
    await rotation.advance();
  }
  expect(office.group.list()).toMatchObject([{ epoch: 2, state: 'inUse' }]);
  const refused = await atOffice.receiveBinary(encodeEnvelope(pressSender.sealedForGroup(received, message)));
  expect('error' in refused && refused.error).toEqual(refusedAs('REVOKED'));
  await joined.accept(
    revocation.map(({ bytes }) => bytes),
    startMs,
  );
  expect(() => joined.memberOf(alice.publicKey, startMs)).toThrow(refusedAs('REVOKED'));
});
