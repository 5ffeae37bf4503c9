import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkBatch,
  decodeBundle,
  decodeMessages,
  encodeBundle,
  encodeCommand,
  encodeMessages,
  encodeRunsOf,
  fitsBundle,
  machineLimits,
  type NewMessage,
  type QueueMessage,
  readRuns,
  readSegment,
  UnreadableBundleError,
} from '../../../../../../src/main/node/broker/machine/index.ts';
import { command, newMessage } from './commands.ts';

const plain = (data: string): NewMessage => ({ key: null, headers: {}, encoding: 'bytes', data: Buffer.from(data) });

describe('records', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(newMessage, { minLength: 1 }), (messages) => {
        const batch = encodeMessages(messages);
        expect(decodeMessages(batch)).toEqual(messages);
        const sendable = messages.every(({ encoding, data }) => encoding === 'bytes' || isJson(data));
        if (sendable) expect(checkBatch(batch.data)).toEqual(batch);
      }),
    );
  });

  it('of strangers are refused unless every byte is right', () => {
    const good = encodeMessages([{ key: 'key', headers: { name: 'value' }, encoding: 'json', data: Buffer.from('{"a":[1]}') }]).data;
    fc.assert(
      fc.property(fc.nat({ max: good.byteLength - 1 }), fc.nat({ max: 255 }), fc.nat({ max: good.byteLength }), (at, value, length) => {
        const bytes = Buffer.from(good.subarray(0, length));
        if (at < length) bytes[at] = value;
        try {
          expect(decodeMessages(checkBatch(bytes))).toHaveLength(1);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SignalboxError' });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are bounded', () => {
    const codeOf = (message: Partial<NewMessage>) =>
      expect(() => encodeMessages([{ ...plain('a'), ...message }])).toThrowError(expect.objectContaining({ code: 'TOO_LARGE' }));
    codeOf({ key: 'k'.repeat(machineLimits.keyCharacters + 1) });
    codeOf({ headers: { name: 'v'.repeat(machineLimits.headerValueCharacters + 1) } });
    codeOf({ headers: Object.fromEntries(Array.from({ length: machineLimits.headers + 1 }, (_, at) => [`h${at}`, ''])) });
    codeOf({ data: Buffer.alloc(machineLimits.messageBytes + 1) });
    const list = Array.from({ length: machineLimits.batchMessages + 1 }, () => plain(''));
    expect(() => encodeMessages(list)).toThrowError(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});

describe('bundles', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const encoded = commands.map(encodeCommand);
        for (const { sizeBytes, pieces } of encoded) expect(Buffer.concat(pieces).byteLength).toBe(sizeBytes);
        expect(decodeBundle(encodeBundle(encoded))).toEqual(commands);
      }),
    );
  });

  it('that are damaged are told apart, and never crash the reader', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat({ max: 255 }), (commands, at, value) => {
        const bytes = encodeBundle(commands.map(encodeCommand));
        bytes[at % bytes.byteLength] = value;
        try {
          decodeBundle(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableBundleError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold a mebibyte, or one command', () => {
    const large = { sizeBytes: machineLimits.bundleBytes, pieces: [] };
    const small = { sizeBytes: 10, pieces: [] };
    expect(fitsBundle(0, 0, large)).toBe(true);
    expect(fitsBundle(1, 10, large)).toBe(false);
    expect(fitsBundle(1, 10, small)).toBe(true);
    expect(fitsBundle(machineLimits.bundleCommands, 10, small)).toBe(false);
  });
});

describe('runs', () => {
  const message = fc.record({ message: newMessage, timeMs: fc.nat({ max: 2 }), clientId: fc.constantFrom('a', 'b'), skip: fc.boolean() });
  const messages = fc.array(message, { maxLength: 20 }).map((list) => {
    let sequence = 0;
    return list.map(({ message: each, timeMs, clientId, skip }): QueueMessage => {
      sequence += skip ? 2 : 1;
      return { ...each, sequence, timeMs, clientId };
    });
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(messages, (list) => {
        expect(readRuns(encodeRunsOf(list))).toEqual(list);
      }),
    );
  });

  it('are read by range, number and bytes, in both directions', () => {
    const bound = fc.nat({ max: 45 });
    fc.assert(
      fc.property(
        messages,
        bound,
        bound,
        fc.integer({ min: 1, max: 9 }),
        fc.nat({ max: 120 }),
        fc.boolean(),
        (list, from, to, limit, maxBytes, back) => {
          const within = list.filter(({ sequence }) => sequence >= from && sequence <= to);
          const ordered = back ? within.reverse() : within;
          let bytes = 0;
          const expected = ordered.slice(0, limit).filter(({ data }, index) => {
            bytes += data.byteLength;
            return index === 0 || bytes <= maxBytes;
          });
          const range = {
            fromSequence: from,
            toSequence: to,
            limit,
            maxBytes,
            direction: back ? ('backward' as const) : ('forward' as const),
          };
          expect(readSegment(encodeRunsOf(list), range)).toEqual(expected);
        },
      ),
    );
  });
});

function isJson(data: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    return true;
  } catch {
    return false;
  }
}
