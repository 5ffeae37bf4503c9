import { expect, test } from 'vitest';
import { agreementKeyFromBytes, createSealOpener, rawAgreementKey } from '../../../../../src/main/node/identity/index.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import {
  EnvelopeSender,
  encodeEnvelope,
  type OutgoingMessage,
  signEnvelope,
  toJsonEnvelope,
} from '../../../../../src/main/node/trust/envelope/index.ts';
import { foundCluster, MembershipLog, nodeRoles } from '../../../../../src/main/node/trust/membership/index.ts';
import {
  EnvelopeReceiver,
  type EnvelopeReceiverOptions,
  type Received,
  verdictOf,
} from '../../../../../src/main/node/trust/receive/index.ts';
import { refusal } from '../../../../../src/main/node/trust/refusal.ts';
import { ReplayGuard } from '../../../../../src/main/node/trust/replay/index.ts';
import {
  admin,
  alice,
  bob,
  carol,
  keys,
  mallory,
  otherCluster,
  recovery,
  refusedAs,
  secondAdmin,
  seedOf,
  startMs,
  text,
  withBitTurned,
} from './people.ts';

const log = new MembershipLog(
  foundCluster({ name: 'North yard', firstAdmin: admin.publicKey, recoveryKey: recovery.publicKey, nowMs: startMs }),
  keys,
);
for (const [who, name] of [
  [alice, 'alice'],
  [bob, 'bob'],
  [mallory, 'mallory'],
  [carol, 'carol'],
] as const)
  log.sign({ kind: 'add', subject: who.publicKey, roles: nodeRoles.peer, name }, admin, startMs);
log.sign({ kind: 'revoke', subject: carol.publicKey }, admin, startMs);
const { clusterId } = log;
const groupKey = { epoch: 1, key: seedOf(0x11) };
const opener = await createSealOpener(seedOf(9));
const sealingKey = rawAgreementKey(agreementKeyFromBytes(seedOf(9)));

const memberOf: EnvelopeReceiverOptions['memberOf'] = (key) => {
  const member = log.state.members.get(toHex(key));
  if (member !== undefined) return member;
  throw refusal(log.state.removed.has(toHex(key)) ? 'REVOKED' : 'NOT_MEMBER', 'No member.');
};

/** Bob's end of a link. */
function receiver(other: Partial<EnvelopeReceiverOptions> = {}) {
  return new EnvelopeReceiver({
    clusterId,
    self: bob.publicKey,
    keys,
    replay: new ReplayGuard(),
    memberOf,
    offsetMs: () => undefined,
    ...{
      openers: () => [opener],
      groupKeyOf: (epoch: number) => (epoch === 1 ? groupKey : undefined),
      now: () => startMs,
      monotonicMs: () => 0,
    },
    ...other,
  });
}

const senderOf = (identity = alice, at = startMs, epoch = 1) => new EnvelopeSender({ identity, clusterId, epoch, now: () => at });
const message: OutgoingMessage = {
  target: bob.publicKey,
  ttlSeconds: 60,
  priority: 'Medium',
  type: 'router',
  payload: text('{"type":"Router","message":{}}'),
};
const codeOf = (received: Received) => ('error' in received ? `${received.outcome} ${received.error.code}` : received.outcome);

test('what a member says reaches the node, in both forms, in the clear and sealed', async () => {
  const sender = senderOf();
  const to = receiver();
  const clear = await to.receiveBinary(encodeEnvelope(sender.signed(message)));
  expect(clear).toMatchObject({ outcome: 'accept', member: { name: 'alice' } });
  expect(codeOf(await to.receiveJson(JSON.stringify(toJsonEnvelope(sender.signed(message), 2))))).toBe('accept');
  const sealed = await to.receiveJson(JSON.stringify(toJsonEnvelope(await sender.sealedFor(sealingKey, message))));
  expect(sealed.outcome === 'accept' && Buffer.from(sealed.content).toString()).toBe('{"type":"Router","message":{}}');
  const broadcast = await to.receiveBinary(encodeEnvelope(sender.sealedForGroup(groupKey, { ...message, target: null })));
  expect(broadcast.outcome === 'accept' && Buffer.from(broadcast.content).toString()).toBe('{"type":"Router","message":{}}');
});

test('row 41: any one bit turned is never accepted', async () => {
  const bytes = encodeEnvelope(senderOf().signed(message));
  let monotonicMs = 0;
  const to = receiver({ monotonicMs: () => ++monotonicMs });
  for (let bit = 0; bit < bytes.length * 8; bit++)
    expect(codeOf(await to.receiveBinary(withBitTurned(bytes, bit))), `bit ${bit}`).toMatch(
      /^(reject (BAD_SIGNATURE|INVALID_PARAMS|TOO_LARGE|KEY_WEAK|REPLAYED)|ignore (VERSION|NOT_MEMBER|FUTURE|EXPIRED|REPLAYED))$/,
    );
  // None of them has kept the real one out.
  expect(codeOf(await to.receiveBinary(bytes))).toBe('accept');
});

test('row 42: a repeat is acknowledged again without effect, also by another way; late it is late, elsewhere it is of another cluster', async () => {
  let now = startMs;
  const replay = new ReplayGuard();
  const envelope = senderOf().signed(message);
  const oneWay = receiver({ replay, now: () => now });
  const otherWay = receiver({ replay, now: () => now });
  const first = await oneWay.receiveBinary(encodeEnvelope(envelope));
  expect(codeOf(await otherWay.receiveBinary(encodeEnvelope(envelope)))).toBe('ignore OVERLOADED');
  if (first.outcome === 'accept') first.reservation.confirm();
  expect(codeOf(await otherWay.receiveJson(JSON.stringify(toJsonEnvelope(envelope))))).toBe('duplicate');
  // Nobody but its sender can have it acknowledged.
  expect(codeOf(await oneWay.receiveBinary(encodeEnvelope({ ...envelope, signature: new Uint8Array(64) })))).toBe('reject BAD_SIGNATURE');
  now = startMs + 3_600_000;
  expect(codeOf(await oneWay.receiveBinary(encodeEnvelope(envelope)))).toBe('ignore EXPIRED');
  now = startMs;
  const elsewhere = receiver({ clusterId: otherCluster });
  expect(codeOf(await elsewhere.receiveJson(JSON.stringify(toJsonEnvelope(envelope))))).toBe('reject WRONG_CLUSTER');
  expect(codeOf(await elsewhere.receiveBinary(encodeEnvelope(envelope)))).toBe('reject BAD_SIGNATURE');
});

test('row 43: a used number with another id, an earlier epoch, a poisoning jump', async () => {
  const to = receiver();
  const envelope = senderOf(alice, startMs, 5).signed(message);
  expect(codeOf(await to.receiveBinary(encodeEnvelope(envelope)))).toBe('accept');
  expect(codeOf(await to.receiveBinary(encodeEnvelope(senderOf(alice, startMs, 5).signed(message))))).toBe('reject REPLAYED');
  expect(codeOf(await to.receiveBinary(encodeEnvelope(senderOf(alice, startMs, 4).signed(message))))).toBe('ignore REPLAYED');
  const far = signEnvelope({ ...envelope, messageId: seedOf(1).subarray(16), seq: 2 ** 50 }, alice);
  expect(codeOf(await to.receiveBinary(encodeEnvelope(far)))).toBe('reject REPLAYED');
});

test('row 39: a restored node learns how high it must go', async () => {
  const to = receiver();
  await to.receiveBinary(encodeEnvelope(senderOf(alice, startMs, 9).signed(message)));
  const refused = await to.receiveBinary(encodeEnvelope(senderOf(alice, startMs, 3).signed(message)));
  expect('error' in refused && refused.error.data).toEqual({ reason: 'epoch', highestEpoch: 9 });
});

test('row 44: times out of bounds', async () => {
  const at = async (timestampMs: number, ttlSeconds = 60) =>
    codeOf(await receiver().receiveBinary(encodeEnvelope(senderOf(alice, timestampMs).signed({ ...message, ttlSeconds }))));
  expect(await at(0)).toBe('ignore EXPIRED');
  expect(await at(4_102_444_800_000)).toBe('ignore FUTURE');
  expect(await at(startMs + 120_000)).toBe('accept');
  expect(await at(startMs + 120_001)).toBe('ignore FUTURE');
  expect(await at(startMs - 180_000)).toBe('accept');
  expect(await at(startMs - 180_001)).toBe('ignore EXPIRED');
  expect(await at(startMs, 0)).toBe('accept');
  expect(await at(startMs - 120_001, 0)).toBe('ignore EXPIRED');
  const measured = receiver({ offsetMs: () => 3_600_000 });
  expect(codeOf(await measured.receiveBinary(encodeEnvelope(senderOf(alice, startMs + 3_600_000).signed(message))))).toBe('accept');
});

test('rows 25 and 45: in the name of another member, whatever the topic it came by', async () => {
  const forged = signEnvelope({ ...senderOf(alice).signed(message), source: alice.publicKey }, mallory);
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(forged)))).toBe('reject BAD_SIGNATURE');
});

test('row 10: our own message, come back', async () => {
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(senderOf(bob).signed({ ...message, target: null }))))).toBe('reject SELF');
});

test('rows 11 and 62: a stranger, and a removed node that a stale neighbour still relays', async () => {
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(senderOf(secondAdmin).signed(message))))).toBe('ignore NOT_MEMBER');
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(senderOf(carol).signed(message))))).toBe('ignore REVOKED');
});

test('row 46: a ciphertext signed anew by another member', async () => {
  const sealed = await senderOf(alice).sealedFor(sealingKey, message);
  const stolen = signEnvelope({ ...sealed, source: mallory.publicKey }, mallory);
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(stolen)))).toBe('reject DECRYPT');
});

test('row 47: a cut ciphertext, one for another node, one with a group key that is not there', async () => {
  const sealed = await senderOf(alice).sealedFor(sealingKey, message);
  for (const length of [0, 31, 36, 47, 48]) {
    const cut = signEnvelope({ ...sealed, payload: sealed.payload.subarray(0, length) }, alice);
    expect(codeOf(await receiver().receiveBinary(encodeEnvelope(cut))), `${length} bytes`).toBe('reject DECRYPT');
  }
  const other = await senderOf(alice).sealedFor(rawAgreementKey(agreementKeyFromBytes(seedOf(8))), message);
  expect(codeOf(await receiver().receiveBinary(encodeEnvelope(other)))).toBe('reject DECRYPT');
  // The key may be on its way: the same message is not held against its sender when it comes again.
  let held: typeof groupKey | undefined;
  const to = receiver({ groupKeyOf: () => held });
  const broadcast = encodeEnvelope(senderOf(alice).sealedForGroup(groupKey, { ...message, target: null }));
  expect(codeOf(await to.receiveBinary(broadcast))).toBe('ignore DECRYPT');
  held = groupKey;
  expect(codeOf(await to.receiveBinary(broadcast))).toBe('accept');
});

test('rows 29 and 48: a message for another node, or put under another flag by a broker', async () => {
  const envelope = senderOf().signed(message);
  expect(codeOf(await receiver({ self: mallory.publicKey }).receiveBinary(encodeEnvelope(envelope)))).toBe('reject INVALID_PARAMS');
  const json = toJsonEnvelope(envelope);
  expect(codeOf(await receiver().receiveJson(JSON.stringify({ ...json, is_encrypted: true })))).toBe('reject INVALID_PARAMS');
});

test('row 51: a flood is stopped before any signature is checked, and goes on by the rate', async () => {
  let monotonicMs = 0;
  let checked = 0;
  const counting = {
    ...keys,
    isSigned: () => {
      checked++;
      return false;
    },
  } as never;
  const to = receiver({ keys: counting, monotonicMs: () => monotonicMs });
  const bytes = encodeEnvelope(senderOf().signed(message));
  const codes = new Map<string, number>();
  for (let at = 0; at < 20_000; at++) {
    const code = codeOf(await to.receiveBinary(bytes));
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect(checked).toBe(4_000);
  expect(codes).toEqual(
    new Map([
      ['reject BAD_SIGNATURE', 4_000],
      ['ignore OVERLOADED', 16_000],
    ]),
  );
  monotonicMs = 500;
  for (let at = 0; at < 5_000; at++) await to.receiveBinary(bytes);
  expect(checked).toBe(5_000);
});

test('a fault of our own is no verdict about anybody', () => {
  expect(() => verdictOf(new TypeError('ours'))).toThrow(TypeError);
  expect(verdictOf(refusal('EXPIRED', 'late')).outcome).toBe('ignore');
  expect(() => {
    throw verdictOf(refusal('BAD_SIGNATURE', 'x')).error;
  }).toThrow(refusedAs('BAD_SIGNATURE'));
});
