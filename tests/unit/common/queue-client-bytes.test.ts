import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameAssembler } from '../../../src/common/client/queue-client-frames.ts';
import { decodeRuns, encodeRecords } from '../../../src/common/client/queue-client-records.ts';
import { checkBatch, decodeMessages, encodeRunsOf, type QueueMessage } from '../../../src/main/node/broker/machine/index.ts';
import { decodeBinary, encodeBinary, encodeError } from '../../../src/main/node/broker/protocol/index.ts';

const text = fc.string({ maxLength: 6, unit: 'grapheme' });
const headers = fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), text, { maxKeys: 3, noNullPrototype: true });

describe('bytes of the client and of the broker', () => {
  it('of messages to be appended are the same', () => {
    const input = fc.record({ data: fc.oneof(fc.uint8Array(), fc.jsonValue()), key: fc.option(text), headers });
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 5 }), (inputs) => {
        const read = decodeMessages(checkBatch(encodeRecords(inputs)));
        expect(read.map((each) => [each.key, each.headers])).toEqual(inputs.map((each) => [each.key, each.headers]));
        for (const [index, { encoding, data }] of read.entries()) {
          const sent = inputs[index]?.data;
          if (sent instanceof Uint8Array) expect([encoding, [...data]]).toEqual(['bytes', [...sent]]);
          else expect([encoding, Buffer.from(data).toString()]).toEqual(['json', JSON.stringify(sent)]);
        }
      }),
    );
  });

  it('of messages answered are the same', () => {
    const message = fc.record({
      timeMs: fc.nat(),
      clientId: fc.constantFrom('a', 'b'),
      key: fc.option(text),
      headers,
      encoding: fc.constantFrom('json' as const, 'bytes' as const),
      data: fc.uint8Array({ maxLength: 20 }),
    });
    const plain = (messages: readonly QueueMessage[]) => messages.map((each) => ({ ...each, data: [...each.data] }));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.nat(), (list, first) => {
        const messages: QueueMessage[] = list.map((each, offset) => ({ ...each, sequence: first + 1 + offset }));
        expect(plain(decodeRuns(new Uint8Array(encodeRunsOf(messages))))).toEqual(plain(messages));
      }),
    );
  });

  it('of frames are the same, however a stream is cut', () => {
    const sent = Buffer.concat(encodeFrame(7, { operation: 'PING' }, new Uint8Array([1, 2])));
    expect(decodeBinary(sent.subarray(4))).toMatchObject({
      type: 1,
      requestId: 7,
      header: { operation: 'PING' },
      payload: Buffer.from([1, 2]),
    });
    const answers = Buffer.concat([...encodeBinary(2, 7, { a: 'ü' }, [Buffer.from('payload')]), ...encodeBinary(3, 0, {})]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: answers.byteLength }), { maxLength: 9 }), (cuts) => {
        const assembler = new FrameAssembler();
        const places = [0, ...cuts.sort((one, other) => one - other), answers.byteLength];
        const frames: Frame[] = places.flatMap((place, at) => assembler.push(new Uint8Array(answers.subarray(place, places[at + 1]))));
        expect(frames).toMatchObject([
          { type: 2, requestId: 7, header: { a: 'ü' } },
          { type: 3, requestId: 0 },
        ]);
        expect(Buffer.from(frames[0]?.payload ?? []).toString()).toBe('payload');
      }),
    );
  });

  it('tell what a broker said before it closed, and what is no broker', () => {
    const to = { form: 'json', frameRequestId: 0, requestId: undefined } as const;
    const refusal = Buffer.concat(encodeError({ code: 'TOO_LARGE', message: 'Too large.', retryable: false }, to));
    const codeOf = (bytes: Buffer, code: string) =>
      expect(() => new FrameAssembler().push(new Uint8Array(bytes))).toThrowError(expect.objectContaining({ code }));
    codeOf(refusal, 'TOO_LARGE');
    codeOf(Buffer.from('HTTP/1.1 400 Bad Request'), 'BAD_REQUEST');
  });

  it('that are no runs are refused', () => {
    const message: QueueMessage = {
      sequence: 1,
      timeMs: 1,
      clientId: 'a',
      key: 'k',
      headers: { a: 'b' },
      encoding: 'bytes',
      data: Buffer.from('data'),
    };
    const good = encodeRunsOf([message]);
    fc.assert(
      fc.property(fc.nat({ max: good.byteLength - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const bytes = new Uint8Array(good);
        bytes[at] = value;
        try {
          decodeRuns(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_REQUEST' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
