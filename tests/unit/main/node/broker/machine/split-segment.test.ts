import { expect, test } from 'vitest';
import { encodeMessages } from '../../../../../../src/main/node/broker/machine/records.ts';
import { readRuns, SegmentBuilder, splitSegment } from '../../../../../../src/main/node/broker/machine/segment.ts';

const messagesOf = (sizes: readonly number[]) =>
  encodeMessages(sizes.map((size, at) => ({ key: null, headers: {}, encoding: 'bytes' as const, data: Buffer.alloc(size, at) })));

function segmentOf(runs: readonly { readonly timeMs: number; readonly clientId: string; readonly sizes: readonly number[] }[]) {
  const builder = new SegmentBuilder('Q-AAAAA00001');
  let next = 11;
  for (const { timeMs, clientId, sizes } of runs) {
    builder.add(next, timeMs, clientId, sizes.length, messagesOf(sizes).data);
    next += sizes.length;
  }
  return builder.build();
}

const hundred = Array.from({ length: 100 }, () => 100);

test('a segment in pieces holds the same messages, in the same order', () => {
  const whole = segmentOf([
    { timeMs: 5, clientId: 'C-00001', sizes: hundred },
    { timeMs: 5, clientId: 'C-00002', sizes: [1, 2, 3] },
    { timeMs: 7, clientId: 'C-00002', sizes: [5_000, 10, 3_000, ...hundred] },
  ]);
  for (const maxBytes of [1, 114, 1_000, 4_000, 20_000]) {
    const pieces = splitSegment(whole, maxBytes);
    expect(pieces.flatMap(({ data }) => readRuns(data))).toEqual(readRuns(whole.data));
    let next = whole.firstSequence;
    for (const { queueId, firstSequence, count, firstTimeMs, lastTimeMs, data } of pieces) {
      const messages = readRuns(data);
      expect({ queueId, firstSequence, count }).toEqual({ queueId: whole.queueId, firstSequence: next, count: messages.length });
      expect([firstTimeMs, lastTimeMs]).toEqual([messages[0]?.timeMs, messages.at(-1)?.timeMs]);
      const bytes = messages.reduce((sum, message) => sum + message.data.byteLength, 0);
      expect(count === 1 || bytes <= maxBytes).toBe(true);
      next += count;
    }
    expect(next).toBe(whole.firstSequence + whole.count);
  }
});

test('a small segment, and one of a single large message, stay as they are', () => {
  const small = segmentOf([{ timeMs: 1, clientId: 'C-00001', sizes: [10, 20] }]);
  expect(splitSegment(small, 1_000)).toEqual([small]);
  const large = segmentOf([{ timeMs: 1, clientId: 'C-00001', sizes: [10_000] }]);
  expect(splitSegment(large, 1_000)).toEqual([large]);
});
