import { expect, test } from 'vitest';
import { MessageTail } from '../../../../../../src/main/node/broker/engine/message-tail.ts';

const group = 'G-AAAAA';
const queueId = 'Q-AAAAABBBBB';
const segment = (firstSequence: number, count = 10, bytes = 100) => ({
  queueId,
  firstSequence,
  count,
  firstTimeMs: firstSequence,
  lastTimeMs: firstSequence + count - 1,
  data: new Uint8Array(bytes),
});

test('the segment that holds a sequence comes first, and older sequences are not here', () => {
  const tail = new MessageTail(10_000);
  for (const [place, first] of [11, 21, 31].entries()) tail.add(group, place + 1, segment(first));
  expect(tail.first(queueId)).toBe(11);
  expect(tail.from(queueId, 25).map(({ firstSequence }) => firstSequence)).toEqual([21, 31]);
  expect(tail.from(queueId, 31).map(({ firstSequence }) => firstSequence)).toEqual([31]);
  expect(tail.from(queueId, 10)).toEqual([]);
  expect(tail.from(queueId, 41)).toEqual([]);
});

test('beyond its bound the oldest goes, but never before the state file holds it', () => {
  const tail = new MessageTail(250);
  for (const index of [1, 2, 3, 4]) tail.add(group, index, segment(index * 10));
  expect(tail.sizeBytes).toBe(400);
  tail.stored(group, 1);
  expect(tail.first(queueId)).toBe(20);
  tail.stored(group, 4);
  expect(tail.sizeBytes).toBe(200);
  expect(tail.first(queueId)).toBe(30);
});

test('a group that was replaced leaves nothing behind, and the others stay', () => {
  const tail = new MessageTail(10_000);
  tail.add(group, 1, segment(1));
  tail.add('G-BBBBB', 1, { ...segment(1), queueId: 'Q-BBBBBBBBBB' });
  tail.forgetGroup(group);
  expect(tail.first(queueId)).toBeUndefined();
  expect(tail.first('Q-BBBBBBBBBB')).toBe(1);
  expect(tail.sizeBytes).toBe(100);
});

test('a queue that was deleted stays forgotten when another group is replaced, and what its id is given next is all there is', () => {
  const tail = new MessageTail(10_000);
  tail.add(group, 1, segment(1));
  tail.forget(queueId);
  tail.add(group, 2, segment(1, 3));
  tail.forgetGroup('G-BBBBB');
  expect(tail.from(queueId, 1).map(({ count }) => count)).toEqual([3]);
});
