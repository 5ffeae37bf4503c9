import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { decodeClaim, decodeHello, encodeClaim, encodeHello } from '../../../../../../src/main/node/broker/peers/broker-hello.ts';
import type { BrokerHello } from '../../../../../../src/main/node/broker/peers/types.ts';
import { encodeRefusal } from '../../../../../../src/main/node/links/index.ts';

const hello: BrokerHello = { brokerId: 'B-ABC12', incarnation: 3, startId: 'f0', host: null, port: 9401, groups: ['G-XYZ78'] };
const sent = { hello, wanted: 'B-XYZ99' };
const claim = { publicKey: new Uint8Array(32).fill(1), clusterId: new Uint8Array(32).fill(2) };

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const written = () => JSON.parse(encodeHello(sent).toString()) as Record<string, unknown>;

test('a hello and a claim come as they were sent', () => {
  expect(decodeHello(encodeHello(sent))).toEqual(sent);
  expect(decodeClaim(encodeClaim(claim, new Uint8Array(32)))).toEqual(claim);
});

test.each([
  ['a broker id that is none', { broker_id: 'B-abc' }],
  ['a count of starts that falls', { incarnation: -1 }],
  ['a port that is none', { port: 70_000 }],
  ['more groups than there can be', { groups: Array.from({ length: 1_001 }, () => 'G-XYZ78') }],
  ['a group id that is none', { groups: ['../../x'] }],
  ['a broker that is meant and is none', { wanted: 'x' }],
  ['a field that nobody knows', { more: 1 }],
])('refused: %s', (_what, changes) => {
  expect(() => decodeHello(json({ ...written(), ...changes }))).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }));
});

test('a broker of another version is told so', () => {
  const other = { ...(JSON.parse(encodeClaim(claim, new Uint8Array(32)).toString()) as object), v: 2 };
  expect(() => decodeClaim(json(other))).toThrow(expect.objectContaining({ code: 'VERSION' }));
});

test('a refusal in the place of a hello is the error that it says', () => {
  const refusal = encodeRefusal(new SignalboxError('REPLAYED', 'It is there twice.'));
  expect(() => decodeHello(refusal)).toThrow(expect.objectContaining({ code: 'REPLAYED', message: 'It is there twice.' }));
});
