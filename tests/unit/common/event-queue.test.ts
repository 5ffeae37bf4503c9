import { expect, test } from 'vitest';
import { EventQueue } from '../../../src/common/client/event-queue.ts';
import type { EventMessage } from '../../../src/common/wire/messages.ts';

function event(seq: number): EventMessage {
  return {
    type: 'event',
    name: 'data_generated',
    status: 'data',
    topic: '/site/a',
    data: seq,
    meta: { identity: 'node-a', seq },
    timestamp: seq,
  };
}

test('serves calls that wait at once in their order', async () => {
  const queue = new EventQueue(4);
  const reads = [queue.next(), queue.next(), queue.next()];
  queue.push(event(1));
  queue.push(event(2));
  queue.end();
  expect(await Promise.all(reads)).toEqual([
    { done: false, value: event(1) },
    { done: false, value: event(2) },
    { done: true, value: undefined },
  ]);
});

test('an error ends every call that waits', async () => {
  const queue = new EventQueue(4);
  const reads = [queue.next(), queue.next()];
  queue.end(new Error('gone'));
  expect(await Promise.allSettled(reads)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

test('keeps the newest events for a slow reader and counts the others', async () => {
  const queue = new EventQueue(2);
  for (const seq of [1, 2, 3]) queue.push(event(seq));
  queue.end();
  expect([await queue.next(), await queue.next(), await queue.next()].map(({ value }) => value?.data)).toEqual([2, 3, undefined]);
  expect(queue.dropped).toBe(1);
});
