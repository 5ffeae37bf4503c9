import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acceptSession,
  agreementSender,
  checkSessionProof,
  deriveSessionKeys,
  type ExpectedPeer,
  type Handshake,
  offerSession,
  proveSession,
  readSessionHead,
  SessionReceiver,
  SessionSender,
  sessionForms,
  sessionKeysOfLink,
} from '../../../../../src/main/node/trust/session/index.ts';
import { SequenceWindow } from '../../../../../src/main/node/trust/session/sequence-window.ts';
import { alice, bob, clusterId, hex, keys, mallory, otherCluster, refusedAs, startMs, text, withBitTurned } from './people.ts';

const forms = Object.keys(sessionForms) as (keyof typeof sessionForms)[];
const clock = { nowMs: startMs };

function pair() {
  const agreed = {
    secret: new Uint8Array(32).fill(1),
    transcript: text('said'),
    clusterId,
    initiator: alice.publicKey,
    responder: bob.publicKey,
  };
  const ofAlice = deriveSessionKeys(agreed, 'initiator', startMs);
  const ofBob = deriveSessionKeys(agreed, 'responder', startMs);
  return { ofAlice, sender: new SessionSender(ofAlice), receiver: new SessionReceiver(ofBob), back: new SessionSender(ofBob), agreed };
}

test.each(forms)('%s: what one says the other reads, in both directions, and nobody reads its own', (form) => {
  const { ofAlice, sender, receiver, back } = pair();
  const message = sender.seal(form, text('hello'), startMs, 10);
  expect(readSessionHead(message)).toMatchObject({ form, counter: 1, timestampMs: startMs, ttlSeconds: 10 });
  expect(Buffer.from(receiver.open(message, clock)).toString()).toBe('hello');
  expect(Buffer.from(new SessionReceiver(ofAlice).open(back.seal(form, text('yes'), startMs, 10), clock)).toString()).toBe('yes');
  expect(() => new SessionReceiver(ofAlice).open(sender.seal(form, text('x'), startMs, 10), clock)).toThrow(refusedAs('DECRYPT'));
});

test('row 41: any one bit turned in a session message is refused, and does not use up its counter', () => {
  for (const form of forms) {
    const { sender, receiver } = pair();
    const message = sender.seal(form, text('{"method":"node.restart"}'), startMs, 10);
    for (let bit = 0; bit < message.length * 8; bit++)
      expect(() => receiver.open(withBitTurned(message, bit), clock), `${form} bit ${bit}`).toThrow(
        refusedAs('DECRYPT', 'BAD_SIGNATURE', 'INVALID_PARAMS', 'VERSION', 'REPLAYED', 'TOO_LARGE'),
      );
    expect(receiver.open(message, clock).length).toBe(25);
  }
});

test('row 42: a session message counts once, in whatever order', () => {
  const { sender, receiver } = pair();
  const messages = Array.from({ length: 5 }, (_, at) => sender.seal('sealed', text(`${at}`), startMs, 10));
  for (const at of [3, 0, 4, 1, 2]) receiver.open(messages[at] as Uint8Array, clock);
  for (const message of messages) expect(() => receiver.open(message, clock)).toThrow(refusedAs('REPLAYED'));
});

test('the window is right, whatever comes (against a plain list)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 400 }), (counters) => {
      const window = new SequenceWindow();
      const came = new Set<number>();
      let highest = 0;
      for (const counter of counters) {
        const used = came.has(counter) || counter <= highest - 1_024;
        expect(window.has(counter)).toBe(used);
        if (used) continue;
        window.add(counter);
        came.add(counter);
        highest = Math.max(highest, counter);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('row 29: a session message that a broker held back is refused as late, one from the future as such', () => {
  const { sender, receiver } = pair();
  const open = (sentMs: number, ttlSeconds: number, offsetMs?: number) =>
    receiver.open(sender.seal('authenticated', text('x'), sentMs, ttlSeconds), { nowMs: startMs, offsetMs });
  expect(() => open(startMs - 3_600_000, 60)).toThrow(refusedAs('EXPIRED'));
  expect(() => open(startMs + 120_001, 60)).toThrow(refusedAs('FUTURE'));
  open(startMs + 3_600_000, 60, 3_600_000);
  expect(() => open(startMs, 60, 3_600_000)).toThrow(refusedAs('EXPIRED'));
});

test('row 47: a tag of 4 bytes, no body, another session', () => {
  const { sender, receiver, agreed } = pair();
  const message = sender.seal('sealed', text('secret'), startMs, 10);
  for (const length of [0, 1, 28, 29, 33, 44, message.length - 12, message.length - 1])
    expect(() => receiver.open(message.subarray(0, length), clock), `${length} bytes`).toThrow(refusedAs('INVALID_PARAMS', 'DECRYPT'));
  const others = [
    { ...agreed, secret: new Uint8Array(32).fill(2) },
    { ...agreed, transcript: text('other') },
    { ...agreed, clusterId: otherCluster },
    { ...agreed, responder: mallory.publicKey },
  ];
  for (const other of others)
    expect(() => new SessionReceiver(deriveSessionKeys(other, 'responder', startMs)).open(message, clock)).toThrow(refusedAs('DECRYPT'));
});

test('keys are due after an hour or 2^20 messages, and end at twice that', () => {
  const { sender } = pair();
  expect(sender.isDue(startMs + 3_599_999)).toBe(false);
  expect(sender.isDue(startMs + 3_600_000)).toBe(true);
  const { receiver } = pair();
  const far = Buffer.from(sender.seal('sealed', text('x'), startMs, 10));
  far.writeBigUInt64BE(2_097_153n, 9);
  expect(() => receiver.open(far, clock)).toThrow(refusedAs('REPLAYED'));
});

test('a message over its bound is refused from its length', () => {
  const { sender } = pair();
  expect(() => sender.seal('sealed', new Uint8Array(1_048_577), startMs, 10)).toThrow(refusedAs('TOO_LARGE'));
  expect(() => readSessionHead(Buffer.concat([sender.seal('sealed', text('x'), startMs, 10), Buffer.alloc(1_048_576)]))).toThrow(
    refusedAs('TOO_LARGE'),
  );
});

const ofAlice = { identity: alice, clusterId, peer: bob.publicKey, epoch: 3 };
const ofBob = { identity: bob, clusterId, peer: alice.publicKey, epoch: 9 };

test('two nodes agree on keys over a carrier that nobody trusts', () => {
  const offer = offerSession(ofAlice, startMs);
  expect(agreementSender(offer.bytes)).toEqual(alice.publicKey);
  const accepted = acceptSession(offer.bytes, ofBob, keys, startMs + 1_000);
  const completed = offer.complete(accepted.bytes, keys, startMs + 2_000);
  expect([accepted.peerEpoch, completed.peerEpoch]).toEqual([3, 9]);
  const message = new SessionSender(completed.keys).seal('sealed', text('hello'), startMs, 10);
  expect(Buffer.from(new SessionReceiver(accepted.keys).open(message, clock)).toString()).toBe('hello');
  expect(() => offer.complete(accepted.bytes, keys, startMs)).toThrow(refusedAs('REPLAYED'));
});

test('row 42: a repeated offer or answer makes no keys that anybody has', () => {
  const offer = offerSession(ofAlice, startMs);
  const [first, second] = [acceptSession(offer.bytes, ofBob, keys, startMs), acceptSession(offer.bytes, ofBob, keys, startMs)];
  const completed = offer.complete(first.bytes, keys, startMs);
  const message = new SessionSender(completed.keys).seal('sealed', text('x'), startMs, 10);
  expect(() => new SessionReceiver(second.keys).open(message, clock)).toThrow(refusedAs('DECRYPT'));
  expect(() => offerSession(ofAlice, startMs).complete(first.bytes, keys, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => acceptSession(offer.bytes, ofBob, keys, startMs + 120_001)).toThrow(refusedAs('EXPIRED'));
  expect(() => acceptSession(offerSession(ofAlice, startMs + 120_001).bytes, ofBob, keys, startMs)).toThrow(refusedAs('FUTURE'));
});

test('row 41: any one bit turned in an offer or an answer is refused', () => {
  const offer = offerSession(ofAlice, startMs);
  const accepted = acceptSession(offer.bytes, ofBob, keys, startMs);
  const codes = ['BAD_SIGNATURE', 'INVALID_PARAMS', 'WRONG_CLUSTER'];
  for (let bit = 0; bit < offer.bytes.length * 8; bit++) {
    expect(() => acceptSession(withBitTurned(offer.bytes, bit), ofBob, keys, startMs), `offer bit ${bit}`).toThrow(refusedAs(...codes));
    expect(() => offer.complete(withBitTurned(accepted.bytes, bit), keys, startMs), `answer bit ${bit}`).toThrow(refusedAs(...codes));
  }
});

test('rows 10, 11 and 45: offers of ourselves, of another cluster, for another node, in the name of another', () => {
  const offer = (other: object) => offerSession({ ...ofAlice, ...other }, startMs).bytes;
  expect(() => acceptSession(offer({ clusterId: otherCluster }), ofBob, keys, startMs)).toThrow(refusedAs('WRONG_CLUSTER'));
  expect(() => acceptSession(offer({ peer: mallory.publicKey }), ofBob, keys, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => acceptSession(offer({ identity: { ...mallory, publicKey: alice.publicKey } }), ofBob, keys, startMs)).toThrow(
    refusedAs('BAD_SIGNATURE'),
  );
  expect(() => acceptSession(offer({}), { ...ofAlice, peer: alice.publicKey }, keys, startMs)).toThrow(refusedAs('SELF'));
  expect(() => acceptSession(new Uint8Array(10), ofBob, keys, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
});

const handshake: Handshake = { clientHello: text('H1'), serverHello: text('H2'), channelBinding: new Uint8Array(32).fill(9) };
const expected: ExpectedPeer = {
  claimed: bob.publicKey,
  self: alice.publicKey,
  pinned: bob.publicKey,
  claimedCluster: clusterId,
  cluster: clusterId,
};
const check = (proof = proveSession('S', handshake, bob), other: Partial<ExpectedPeer> = {}, seen: Partial<Handshake> = {}) =>
  checkSessionProof('S', proof, { ...handshake, ...seen }, { ...expected, ...other }, keys);

test('a key is proven on one connection', () => {
  check();
  check(proveSession('S', handshake, bob), { pinned: undefined });
});

test('row 6: a recorded hello does not help: its proof is for another connection', () => {
  const recorded = proveSession('S', handshake, bob);
  expect(() => check(recorded, {}, { channelBinding: new Uint8Array(32).fill(8) })).toThrow(refusedAs('CHANNEL_BINDING'));
  expect(() =>
    check({ ...recorded, channelBinding: new Uint8Array(32).fill(8) }, {}, { channelBinding: new Uint8Array(32).fill(8) }),
  ).toThrow(refusedAs('BAD_SIGNATURE'));
  expect(() => check(recorded, {}, { clientHello: text('H3') })).toThrow(refusedAs('BAD_SIGNATURE'));
});

test('row 7: between two TLS connections the right proof shows that somebody stands there', () => {
  const ofOtherChannel = proveSession('S', { ...handshake, channelBinding: new Uint8Array(32).fill(7) }, bob);
  expect(() => check(ofOtherChannel)).toThrow(refusedAs('CHANNEL_BINDING'));
});

test('row 8: another node answers at the address', () => {
  expect(() => check(proveSession('S', handshake, mallory), { claimed: mallory.publicKey })).toThrow(refusedAs('PIN'));
});

test('row 9: a weak key proves nothing', () => {
  const identity = Uint8Array.of(1, ...new Uint8Array(31));
  const proof = { channelBinding: handshake.channelBinding, signature: Uint8Array.of(1, ...new Uint8Array(63)) };
  expect(() => check(proof, { claimed: identity, pinned: identity })).toThrow(refusedAs('KEY_WEAK'));
});

test('row 10: ourselves, and our own proof sent back', () => {
  expect(() => check(proveSession('S', handshake, alice), { claimed: alice.publicKey, pinned: undefined })).toThrow(refusedAs('SELF'));
  expect(() => check(proveSession('C', handshake, bob))).toThrow(refusedAs('BAD_SIGNATURE'));
});

test('row 11: another cluster is told only after the key was proven', () => {
  expect(() => check(proveSession('S', handshake, bob), { claimedCluster: otherCluster })).toThrow(refusedAs('WRONG_CLUSTER'));
  expect(() => check(proveSession('S', handshake, mallory), { claimedCluster: otherCluster })).toThrow(refusedAs('BAD_SIGNATURE'));
});

test('both ends of a link derive the same keys', () => {
  const nodes = { clusterId, client: alice.publicKey, server: bob.publicKey };
  const secret = hex('07'.repeat(32));
  const sender = new SessionSender(sessionKeysOfLink(secret, handshake, nodes, 'C', startMs));
  const receiver = new SessionReceiver(sessionKeysOfLink(secret, handshake, nodes, 'S', startMs));
  expect(Buffer.from(receiver.open(sender.seal('authenticated', text('hello'), startMs, 10), clock)).toString()).toBe('hello');
});
