import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Signer } from '../../../../../src/main/node/identity/index.ts';
import type { Store } from '../../../../../src/main/node/store/index.ts';
import {
  type AcceptedInvite,
  ComparisonLimiter,
  ComparisonRequest,
  checkInvitation,
  checkJoinSignature,
  comparisonCommitment,
  deriveInviteKeys,
  encodeJoinBody,
  Invites,
  inviteMigrations,
  type JoinTranscript,
  joinCodeOf,
  knowsCode,
  newComparisonNonce,
  newInviteSecret,
  proveInvitation,
  proveJoin,
  readJoinBody,
  readJoinCode,
  shortNumber,
} from '../../../../../src/main/node/trust/join/index.ts';
import { foundCluster, MembershipLog, nodeRoles } from '../../../../../src/main/node/trust/membership/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { admin, alice, bob, hex, keys, mallory, recovery, refusedAs, secrets, startMs, text, withBitTurned } from './people.ts';
import { openStore } from './stored.ts';

/** The low 90 bits of the published bytes. */
const secret = hex('00112233445566778899aabb');
const transcript: JoinTranscript = { channelBinding: new Uint8Array(32).fill(9), request: text('J1'), reply: text('J2') };
const macKey = new Uint8Array(32).fill(7);
const minuteMs = 60_000;

test('a join code carries its secret, however it is typed', async () => {
  const code = joinCodeOf(secret);
  // Published under the protocol's first name: the check characters, the last two, differ.
  expect(code).toMatch(/^0H48S-M8NB6-EY49K-AN[0-9A-HJKMNP-TV-Z]{3}$/);
  for (const typed of [
    code,
    code.toLowerCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' ')}\n`,
    code.replaceAll('0', 'O').replaceAll('1', 'l'),
  ])
    expect(readJoinCode(typed), typed).toEqual(secret);
  fc.assert(
    fc.property(fc.nat(), () => {
      const made = newInviteSecret();
      expect(readJoinCode(joinCodeOf(made))).toEqual(made);
    }),
    { seed: 1, numRuns: 100 },
  );
  expect(newInviteSecret()).not.toEqual(newInviteSecret());
  const derived = await deriveInviteKeys(secret);
  expect([derived.inviteId.length, derived.macKey.length]).toEqual([8, 32]);
});

test('row 58: a typing mistake is found here, before anything is sent', () => {
  const code = joinCodeOf(secret);
  const plain = code.replaceAll('-', '');
  for (let at = 0; at < plain.length; at++) {
    const other = plain[at] === '7' ? '8' : '7';
    expect(() => readJoinCode(plain.slice(0, at) + other + plain.slice(at + 1)), `character ${at}`).toThrow(refusedAs('INVITE_INVALID'));
  }
  for (const typed of ['', code.slice(0, -1), `${code}0`, code.replace('H', 'U'), '\u{1f600}'.repeat(10_000), code.replace('H', '\u0130')])
    expect(() => readJoinCode(typed)).toThrow(refusedAs('INVITE_INVALID'));
});

async function invitesWith(store: Store, uses = 1): Promise<Invites> {
  const invites = await Invites.load(store, secrets);
  await invites.open({ inviteId: hex('0102030405060708'), macKey }, { roles: nodeRoles.peer, uses }, admin, startMs);
  return invites;
}

const inviteId = hex('0102030405060708');
const right = (key: Uint8Array) => Buffer.compare(key, macKey) === 0;
const wrong = () => false;
const accepted = (attempt: Awaited<ReturnType<Invites['attempt']>>): AcceptedInvite => {
  if (!attempt.accepted) throw new Error(`refused as ${attempt.reason}`);
  return attempt;
};

test('row 58: a code serves once, also when it is tried twice at the same time', async () => {
  const store = await openStore(await temporaryFolder(), inviteMigrations);
  const invites = await invitesWith(store);
  const first = accepted(await invites.attempt(inviteId, right, startMs));
  expect(await invites.attempt(inviteId, right, startMs)).toMatchObject({ accepted: false, reason: 'used' });
  // The admin said no: the code serves again.
  first.release();
  await store.transaction(accepted(await invites.attempt(inviteId, right, startMs)).statements);
  expect(await invites.attempt(inviteId, right, startMs)).toMatchObject({ accepted: false, reason: 'used' });
  const reloaded = await Invites.load(store, secrets);
  expect(await reloaded.attempt(inviteId, right, startMs)).toMatchObject({ accepted: false, reason: 'used' });
});

test('row 58: five wrong proofs burn a code, also across restarts and for the one who knows it', async () => {
  const store = await openStore(await temporaryFolder(), inviteMigrations);
  await invitesWith(store);
  for (let failures = 1; failures <= 5; failures++) {
    const invites = await Invites.load(store, secrets);
    expect(await invites.attempt(inviteId, wrong, startMs)).toMatchObject({ accepted: false, reason: 'wrongProof', invite: { failures } });
  }
  const invites = await Invites.load(store, secrets);
  expect(await invites.attempt(inviteId, right, startMs)).toMatchObject({ accepted: false, reason: 'burned' });
  expect(invites.list(startMs)).toMatchObject([{ state: 'burned', failures: 5, issuer: admin.publicKey }]);
});

test('row 58: six wrong proofs at once are no more than five', async () => {
  const store = await openStore(await temporaryFolder(), inviteMigrations);
  const invites = await invitesWith(store);
  const attempts = await Promise.all(Array.from({ length: 6 }, () => invites.attempt(inviteId, wrong, startMs)));
  expect(attempts.map((attempt) => (attempt.accepted ? '' : attempt.reason))).toEqual([
    ...Array.from({ length: 5 }, () => 'wrongProof'),
    'burned',
  ]);
});

test('row 58: a code expires after 15 minutes, and an unknown one is nothing', async () => {
  const store = await openStore(await temporaryFolder(), inviteMigrations);
  const invites = await invitesWith(store);
  expect(await invites.attempt(hex('ffffffffffffffff'), right, startMs)).toEqual({ accepted: false, reason: 'unknown' });
  expect(await invites.attempt(inviteId, right, startMs + 15 * minuteMs)).toMatchObject({ accepted: false, reason: 'expired' });
  expect(invites.list(startMs + 15 * minuteMs)).toMatchObject([{ state: 'expired' }]);
  accepted(await invites.attempt(inviteId, right, startMs + 15 * minuteMs - 1));
});

test('invitations are bounded, cleared when expired, withdrawn, and end with who made them', async () => {
  const store = await openStore(await temporaryFolder(), inviteMigrations);
  const invites = await Invites.load(store, secrets);
  const open = (at: number, terms: object = {}, issuer: Signer = admin, nowMs = startMs) =>
    invites.open(
      { inviteId: Uint8Array.of(0, 0, 0, 0, 0, 0, at >> 8, at & 255), macKey },
      { roles: nodeRoles.peer, ...terms },
      issuer,
      nowMs,
    );
  for (const terms of [{ lifeMs: 0 }, { lifeMs: 86_400_001 }, { lifeMs: Number.NaN }, { uses: 0 }, { uses: 1_001 }, { uses: 1.5 }])
    await expect(open(1, terms), JSON.stringify(terms)).rejects.toThrow(refusedAs('INVALID_PARAMS'));
  for (let at = 0; at < 100; at++) await open(at, {}, at < 50 ? admin : alice);
  await expect(open(100)).rejects.toThrow(refusedAs('OVERLOADED'));
  await invites.withdraw(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0));
  await invites.withdrawAllOf(alice.publicKey);
  expect(invites.list(startMs)).toHaveLength(49);
  expect((await Invites.load(store, secrets)).list(startMs)).toHaveLength(49);
  await open(101, {}, admin, startMs + 15 * minuteMs);
  expect(invites.list(startMs + 15 * minuteMs)).toHaveLength(1);
  const stored = await store.get<{ wrapped_key: Uint8Array }>('SELECT wrapped_key FROM invites');
  expect(Uint8Array.from(stored?.wrapped_key ?? [])).not.toEqual(macKey);
});

test('both ends prove that they know the code, on this connection and for these words', () => {
  const proof = proveJoin(macKey, transcript, alice);
  expect(knowsCode(macKey, transcript, proof)).toBe(true);
  checkJoinSignature(transcript, proof, alice.publicKey, admin.publicKey, keys);
  const body = text('body');
  checkInvitation(macKey, transcript, body, proveInvitation(macKey, transcript, body));
  const elsewhere = [
    { ...transcript, channelBinding: new Uint8Array(32).fill(8) },
    { ...transcript, request: text('J1x') },
    { ...transcript, reply: text('x') },
  ];
  for (const other of elsewhere) {
    expect(knowsCode(macKey, other, proof)).toBe(false);
    expect(() => checkJoinSignature(other, proof, alice.publicKey, admin.publicKey, keys)).toThrow(refusedAs('BAD_SIGNATURE'));
    expect(() => checkInvitation(macKey, other, body, proveInvitation(macKey, transcript, body))).toThrow(refusedAs('INVITE_INVALID'));
  }
  expect(knowsCode(new Uint8Array(32), transcript, proof)).toBe(false);
  expect(knowsCode(macKey, transcript, { ...proof, mac: proof.mac.subarray(0, 31) })).toBe(false);
  expect(() => checkJoinSignature(transcript, proof, bob.publicKey, admin.publicKey, keys)).toThrow(refusedAs('BAD_SIGNATURE'));
  expect(() => checkJoinSignature(transcript, proveJoin(macKey, transcript, admin), admin.publicKey, admin.publicKey, keys)).toThrow(
    refusedAs('SELF'),
  );
});

test('row 59: one who does not know the code cannot play the inviter, nor send the joiner its own proof back', () => {
  const body = text('a fake cluster');
  for (const mac of [proveInvitation(new Uint8Array(32), transcript, body), proveJoin(macKey, transcript, alice).mac, new Uint8Array(0)])
    expect(() => checkInvitation(macKey, transcript, body, mac)).toThrow(refusedAs('INVITE_INVALID'));
  const real = proveInvitation(macKey, transcript, body);
  expect(() => checkInvitation(macKey, transcript, withBitTurned(body, 3), real)).toThrow(refusedAs('INVITE_INVALID'));
});

test('a join answer is checked whole before anything is stored', () => {
  const genesis = foundCluster({ name: 'North yard', firstAdmin: admin.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs });
  const log = new MembershipLog(genesis, keys);
  log.sign({ kind: 'add', subject: bob.publicKey, roles: nodeRoles.peer, name: 'bob' }, admin, startMs);
  log.sign({ kind: 'add', subject: alice.publicKey, roles: nodeRoles.peer, name: 'alice' }, admin, startMs);
  log.sign({ kind: 'checkpoint' }, admin, startMs);
  const operations = [...log.operations, ...log.checkpoints].map(({ bytes }) => bytes);
  const contents = { genesis, wrappedGroupKey: text('sealed'), operations };
  const body = encodeJoinBody(contents);
  const read = readJoinBody(body, alice.publicKey, keys, startMs);
  expect(read.log.headDigest).toEqual(log.headDigest);
  expect(() => readJoinBody(body, mallory.publicKey, keys, startMs)).toThrow(refusedAs('NOT_MEMBER'));
  expect(() => readJoinBody(encodeJoinBody({ ...contents, operations: operations.slice(1) }), alice.publicKey, keys, startMs)).toThrow(
    refusedAs('INVALID_PARAMS'),
  );
  expect(() => readJoinBody(body.subarray(0, 200), alice.publicKey, keys, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => readJoinBody(body, alice.publicKey, keys, startMs - 200_000)).toThrow(refusedAs('FUTURE'));
  const otherGenesis = foundCluster({ name: 'South yard', firstAdmin: mallory.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs });
  expect(() => readJoinBody(encodeJoinBody({ ...contents, genesis: otherGenesis }), alice.publicKey, keys, startMs)).toThrow(
    refusedAs('WRONG_CLUSTER'),
  );
});

test('both screens show one number, unless somebody stands between them', () => {
  const joinerNonce = newComparisonNonce();
  const fixed = { channelBinding: new Uint8Array(32).fill(9), joiner: alice.publicKey, inviter: admin.publicKey };
  const request = new ComparisonRequest(comparisonCommitment(alice.publicKey, joinerNonce), fixed, startMs);
  const shown = request.open(joinerNonce, startMs + 1_000);
  expect(shown).toMatch(/^\d{6}$/);
  expect(shortNumber({ ...fixed, joinerNonce, inviterNonce: request.inviterNonce })).toBe(shown);
  const between = { ...fixed, channelBinding: new Uint8Array(32).fill(8) };
  expect(shortNumber({ ...between, joinerNonce: new Uint8Array(32), inviterNonce: new Uint8Array(32) })).not.toBe(
    shortNumber({ ...fixed, joinerNonce: new Uint8Array(32), inviterNonce: new Uint8Array(32) }),
  );
  request.confirm(` ${shown.slice(0, 3)} ${shown.slice(3)} `, startMs + 59_999);
  expect(() => request.confirm(shown, startMs + 59_999)).toThrow(refusedAs('INVITE_INVALID'));
});

test('a comparison ends with a broken promise, wrong digits, or after a minute; three an hour for one address', () => {
  const joinerNonce = newComparisonNonce();
  const fixed = { channelBinding: new Uint8Array(32).fill(9), joiner: alice.publicKey, inviter: admin.publicKey };
  const make = () => new ComparisonRequest(comparisonCommitment(alice.publicKey, joinerNonce), fixed, startMs);
  const broken = make();
  expect(() => broken.open(newComparisonNonce(), startMs)).toThrow(refusedAs('INVITE_INVALID'));
  expect(() => broken.open(joinerNonce, startMs)).toThrow(refusedAs('INVITE_INVALID'));
  const mistyped = make();
  const shown = mistyped.open(joinerNonce, startMs);
  for (const typed of [shown === '000000' ? '000001' : '000000', shown])
    expect(() => mistyped.confirm(typed, startMs)).toThrow(refusedAs('INVITE_INVALID'));
  for (const typed of ['', '\u{1f600}'.repeat(10_000), `${shown}0`]) {
    const odd = make();
    odd.open(joinerNonce, startMs);
    expect(() => odd.confirm(typed, startMs)).toThrow(refusedAs('INVITE_INVALID'));
  }
  expect(() => make().open(joinerNonce, startMs + 60_000)).toThrow(refusedAs('INVITE_INVALID'));
  expect(() => make().confirm('', startMs)).toThrow(refusedAs('INVITE_INVALID'));
  const limiter = new ComparisonLimiter();
  for (let at = 0; at < 3; at++) limiter.take('192.0.2.1', startMs + at * minuteMs);
  expect(() => limiter.take('192.0.2.1', startMs + 30 * minuteMs)).toThrow(
    expect.objectContaining({ code: 'OVERLOADED', data: { retryAfterSeconds: 1_800 } }),
  );
  limiter.take('192.0.2.2', startMs + 30 * minuteMs);
  limiter.take('192.0.2.1', startMs + 60 * minuteMs);
});
