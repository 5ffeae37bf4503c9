import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkSignature,
  decodeBatch,
  decodeEnvelope,
  type EnvelopeFields,
  EnvelopeSender,
  encodeBatch,
  encodeEnvelope,
  envelopeBytes,
  envelopePriorities,
  fromJsonEnvelope,
  messageIdBytes,
  parseJsonEnvelope,
  payloadTypeOf,
  signEnvelope,
  toJsonEnvelope,
} from '../../../../../src/main/node/trust/envelope/index.ts';
import { alice, bob, bytesOf, clusterId, keys, mallory, otherCluster, refusedAs, startMs, text, withBitTurned } from './people.ts';

const base: EnvelopeFields = {
  clusterId,
  messageId: messageIdBytes('01932c07-209c-7000-8000-000000000001'),
  source: alice.publicKey,
  target: bob.publicKey,
  timestampMs: startMs,
  ttlSeconds: 300,
  priority: 'High',
  encrypted: false,
  batch: false,
  epoch: 7,
  seq: 42,
  type: 'router',
  payload: text('{"type":"Router","message":{"method":"node.status"}}'),
};

const anyFields: fc.Arbitrary<EnvelopeFields> = fc
  .record({
    messageId: bytesOf(16),
    target: fc.constantFrom(bob.publicKey, mallory.publicKey, null),
    timestampMs: fc.nat({ max: 2 ** 44 }),
    ttlSeconds: fc.nat({ max: 604_800 }),
    priority: fc.constantFrom(...envelopePriorities),
    batch: fc.boolean(),
    epoch: fc.nat({ max: 0xffff_ffff }),
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    type: fc.stringMatching(/^[a-z0-9._-]{1,64}$/).filter((type) => type !== 'sealed'),
    payload: fc.uint8Array({ maxLength: 64 }),
  })
  .map((fields) => ({ ...base, ...fields }));

test('the signed bytes have the published layout', () => {
  const bytes = envelopeBytes({ ...base, type: 'task.submit', payload: text('{"task":"noop"}') });
  expect(bytes.length).toBe(203);
  // The published digest was made under the protocol's first name: but for those four letters the bytes are the same.
  const underFirstName = Buffer.concat([Buffer.from('CNCP'), bytes.subarray(4)]);
  expect(createHash('sha256').update(underFirstName).digest('hex')).toBe(
    '956aeb636340829db27ef50585380afbb15b5214196b95aad6ee8c413fad8f96',
  );
});

test('different fields have different bytes', () => {
  fc.assert(
    fc.property(anyFields, anyFields, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(envelopeBytes(a)).not.toEqual(envelopeBytes(b));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('the binary form gives back what it was made of', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      const envelope = signEnvelope(fields, alice);
      const decoded = decodeEnvelope(encodeEnvelope(envelope), clusterId);
      expect({ ...decoded, payload: Uint8Array.from(decoded.payload) }).toEqual(envelope);
      checkSignature(decoded, keys);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('row 41: any one bit turned in the binary form is refused', () => {
  const bytes = encodeEnvelope(signEnvelope(base, alice));
  for (let bit = 0; bit < bytes.length * 8; bit++)
    expect(() => checkSignature(decodeEnvelope(withBitTurned(bytes, bit), clusterId), keys), `bit ${bit}`).toThrow(
      refusedAs('BAD_SIGNATURE', 'INVALID_PARAMS', 'TOO_LARGE', 'VERSION', 'KEY_WEAK'),
    );
});

test('row 41: any one bit turned of what is signed is refused, in any envelope', () => {
  fc.assert(
    fc.property(anyFields, fc.nat(), (fields, chance) => {
      const bytes = encodeEnvelope(signEnvelope(fields, alice));
      const turned = withBitTurned(bytes, chance % (bytes.length * 8));
      expect(() => checkSignature(decodeEnvelope(turned, clusterId), keys)).toThrow(
        refusedAs('BAD_SIGNATURE', 'INVALID_PARAMS', 'TOO_LARGE', 'VERSION', 'KEY_WEAK'),
      );
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('row 41: any one bit turned in the JSON form is refused, but for the hops, which are not signed', () => {
  const json = JSON.stringify(toJsonEnvelope(signEnvelope(base, alice)));
  const bytes = text(json);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = Buffer.from(withBitTurned(bytes, bit)).toString('utf8');
    expect(() => checkSignature(parseJsonEnvelope(turned).envelope, keys), turned).toThrow(
      refusedAs('BAD_SIGNATURE', 'INVALID_PARAMS', 'BAD_REQUEST', 'KEY_WEAK', 'TOO_LARGE'),
    );
  }
  for (const hops of [0, 1, 4]) {
    const relayed = fromJsonEnvelope(toJsonEnvelope(signEnvelope(base, alice), hops));
    checkSignature(relayed.envelope, keys);
    expect(relayed.hops).toBe(hops);
  }
  expect(() => fromJsonEnvelope({ ...JSON.parse(json), hops: 5 })).toThrow(refusedAs('INVALID_PARAMS'));
});

test('the JSON form has the fields of the seed, and one text for one envelope', () => {
  const json = toJsonEnvelope(signEnvelope(base, alice));
  expect(json).toMatchObject({
    message_id: '01932c07-209c-7000-8000-000000000001',
    source_node_id: 'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa',
    target_node_id: 'n1qe4xodvipulv6vvdkrtmgtd6ztfy3curwtxdpis56yhvxd6jwoka',
    timestamp: startMs / 1_000,
    timestamp_ms: startMs,
    ttl: 300,
    priority: 'High',
    is_encrypted: false,
    payload: '{"type":"Router","message":{"method":"node.status"}}',
    epoch: 7,
    seq: 42,
  });
  const { envelope } = fromJsonEnvelope(json);
  expect(encodeEnvelope(envelope)).toEqual(encodeEnvelope(signEnvelope(base, alice)));
  expect(payloadTypeOf('BlockResponse')).toBe('block-response');
  const others = [
    { message_id: json.message_id.toUpperCase() },
    { cluster_id: json.cluster_id.toUpperCase() },
    { signature: `${json.signature.slice(0, -1)}B` },
    { timestamp: json.timestamp + 1 },
    { payload: json.payload.replace('{', '{ ') },
    { payload: '{"message":1,"type":"Router"}' },
    { payload: `${json.payload}\ud800` },
    { payload: { type: 'Router' } },
    { admin: true },
  ];
  for (const other of others)
    expect(() => fromJsonEnvelope({ ...json, ...other }), JSON.stringify(other)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => toJsonEnvelope(signEnvelope({ ...base, type: 'block' }, alice))).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => toJsonEnvelope(signEnvelope({ ...base, batch: true }, alice))).toThrow(refusedAs('INVALID_PARAMS'));
});

test('row 42: an envelope of another cluster does not verify here', () => {
  const bytes = encodeEnvelope(signEnvelope({ ...base, clusterId: otherCluster }, alice));
  expect(() => checkSignature(decodeEnvelope(bytes, clusterId), keys)).toThrow(refusedAs('BAD_SIGNATURE'));
});

test('row 44: a time or a life that cannot be is refused', () => {
  for (const timestampMs of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    expect(() => signEnvelope({ ...base, timestampMs }, alice), `time ${timestampMs}`).toThrow(refusedAs('INVALID_PARAMS'));
  for (const ttlSeconds of [-1, 1e12, 1.5, 604_801, Number.NaN]) {
    expect(() => signEnvelope({ ...base, ttlSeconds }, alice), `life ${ttlSeconds}`).toThrow(refusedAs('INVALID_PARAMS'));
    const json = { ...toJsonEnvelope(signEnvelope(base, alice)), ttl: ttlSeconds };
    expect(() => fromJsonEnvelope(json)).toThrow(refusedAs('INVALID_PARAMS'));
  }
  expect(signEnvelope({ ...base, ttlSeconds: 0 }, alice).ttlSeconds).toBe(0);
  const tooLate = encodeEnvelope(signEnvelope(base, alice));
  Buffer.from(tooLate.buffer).writeBigUInt64BE(2n ** 63n, tooLate.byteOffset + 1 + 80);
  expect(() => decodeEnvelope(tooLate, clusterId)).toThrow(refusedAs('INVALID_PARAMS'));
});

test('row 45: an envelope in the name of another node is refused', () => {
  const forged = signEnvelope({ ...base, source: bob.publicKey }, mallory);
  expect(() => checkSignature(forged, keys)).toThrow(refusedAs('BAD_SIGNATURE'));
});

test('row 9: an envelope in the name of a key that anybody can sign for is refused', () => {
  const weak = { ...base, source: Uint8Array.of(1, ...new Uint8Array(31)) };
  // Under the identity point R = identity, S = 0 is a signature of everything.
  const signature = Uint8Array.of(1, ...new Uint8Array(63));
  expect(() => checkSignature({ ...weak, signature }, keys)).toThrow(refusedAs('KEY_WEAK'));
});

test('row 48: the encryption flag and the payload must agree', () => {
  expect(() => signEnvelope({ ...base, encrypted: true }, alice)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => signEnvelope({ ...base, type: 'sealed' }, alice)).toThrow(refusedAs('INVALID_PARAMS'));
  const json = toJsonEnvelope(signEnvelope(base, alice));
  expect(() => fromJsonEnvelope({ ...json, is_encrypted: true })).toThrow(refusedAs('INVALID_PARAMS'));
  const sealed = toJsonEnvelope(signEnvelope({ ...base, type: 'sealed', encrypted: true, payload: new Uint8Array(48) }, alice));
  expect(sealed.payload).toMatch(/^\{"type":"Sealed","data":"A{64}"\}$/);
  checkSignature(fromJsonEnvelope(sealed).envelope, keys);
  expect(() => fromJsonEnvelope({ ...sealed, is_encrypted: false })).toThrow(refusedAs('INVALID_PARAMS'));
});

test('rows 5 and 50: a payload over its bound is refused from the length it claims', () => {
  expect(() => signEnvelope({ ...base, payload: new Uint8Array(1_048_577) }, alice)).toThrow(refusedAs('TOO_LARGE'));
  const bytes = encodeEnvelope(signEnvelope(base, alice));
  Buffer.from(bytes.buffer).writeUInt32BE(0xffff_ffff, bytes.byteOffset + 1 + 108 + base.type.length);
  expect(() => decodeEnvelope(bytes, clusterId)).toThrow(refusedAs('TOO_LARGE'));
});

test('row 52: a message id or type with markup, control characters or emoji is refused', () => {
  for (const type of ['<b>', 'a\u001b[0m', 'a\u202eb', 'a\n', '\u{1f600}'.repeat(10_000), ''])
    expect(() => signEnvelope({ ...base, type }, alice)).toThrow(refusedAs('INVALID_PARAMS'));
  const json = toJsonEnvelope(signEnvelope(base, alice));
  for (const id of ['<img src=x>', '\u001b[31m', `${json.message_id.slice(0, -1)}\u202e`, '\u{1f600}'.repeat(10_000)])
    expect(() => fromJsonEnvelope({ ...json, message_id: id })).toThrow(refusedAs('INVALID_PARAMS'));
});

test('row 33: a batch is read whole or not at all', () => {
  const items = [text('one'), text('two'), text('three')];
  expect(decodeBatch(encodeBatch(items)).map((item) => Uint8Array.from(item))).toEqual(items);
  expect(() => encodeBatch([])).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => encodeBatch([text('')])).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => encodeBatch(Array.from({ length: 257 }, () => text('x')))).toThrow(refusedAs('TOO_LARGE'));
  expect(() => encodeBatch([new Uint8Array(262_141)])).toThrow(refusedAs('TOO_LARGE'));
  const hostile = [
    Uint8Array.of(),
    Uint8Array.of(0, 0, 0, 0),
    Uint8Array.of(0, 0, 0, 5, 1),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1),
    Uint8Array.of(0, 0, 0, 1, 1, 0),
  ];
  for (const payload of hostile) expect(() => decodeBatch(payload)).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => decodeBatch(new Uint8Array(1_000_000))).toThrow(refusedAs('TOO_LARGE'));
  expect(() => decodeBatch(Uint8Array.from({ length: 257 * 5 }, (_, at) => (at % 5 === 3 ? 1 : 0)))).toThrow(refusedAs('TOO_LARGE'));
});

test('a sender numbers its envelopes and gives each an id of its time', () => {
  const sender = new EnvelopeSender({ identity: alice, clusterId, epoch: 3, now: () => startMs });
  const message = { target: null, ttlSeconds: 60, priority: 'Low', type: 'heartbeat', payload: text('{"type":"Heartbeat"}') } as const;
  const [first, second] = [sender.signed(message), sender.signed(message)];
  expect([first.seq, second.seq, sender.seq]).toEqual([1, 2, 2]);
  expect(first.messageId).not.toEqual(second.messageId);
  expect(toJsonEnvelope(first).message_id).toMatch(/^01934c04-c000-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  checkSignature(second, keys);
  // A message that cannot be sent leaves no gap.
  expect(() => sender.signed({ ...message, type: '' })).toThrow(refusedAs('INVALID_PARAMS'));
  expect(sender.signed(message).seq).toBe(3);
});
