import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { decodeExchange, encodeExchange, toBytes, toText } from '../../../../../src/main/node/membership/exchange-messages.ts';
import {
  decodeJoinAnswerHead,
  decodeJoinProof,
  decodeJoinReply,
  decodeJoinRequest,
} from '../../../../../src/main/node/membership/join-messages.ts';

const digest = toText(new Uint8Array(32).fill(5));

test('what is written is read back', () => {
  const messages = [
    { type: 'have', heads: [digest], checkpoints: [] },
    { type: 'page', operations: ['AAAA'], more: true },
    { type: 'news', operations: [], head: digest },
    { type: 'addresses', of: [{ member: digest, at: [{ host: '::1', port: 7_422 }] }] },
  ] as const;
  for (const message of messages) expect(decodeExchange(encodeExchange(message as never))).toEqual(message);
  expect(toBytes([digest])).toEqual([new Uint8Array(32).fill(5)]);
});

test('a message of a newer version is passed over, one that is not valid is refused', () => {
  expect(decodeExchange(Buffer.from('{"type":"later","x":1}'))).toBeUndefined();
  for (const text of [
    '{}',
    '[]',
    'null',
    '{"type":"have","heads":[1],"checkpoints":[]}',
    '{"type":"page","operations":[],"more":true,"x":1}',
  ])
    expect(() => decodeExchange(Buffer.from(text)), text).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }));
  expect(() => toBytes(['short'])).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }));
});

test('no frame of a stranger makes a decoder throw anything but an expected error', () => {
  const decoders = [decodeExchange, decodeJoinRequest, decodeJoinReply, decodeJoinProof, decodeJoinAnswerHead];
  const frames = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
    fc
      .record({ v: fc.constant(1), pk: fc.string(), mac: fc.string(), bytes: fc.double() })
      .map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(frames, (frame) => {
      for (const decode of decoders) {
        try {
          decode(Buffer.from(frame));
        } catch (error) {
          expect(error).toBeInstanceOf(SignalboxError);
        }
      }
    }),
    { numRuns: 500, seed: 7_422 },
  );
});
