import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerPriorities } from '../../../../../../src/common/contract/peers.ts';
import { communicatorLimits } from '../../../../../../src/main/node/peers/communicator/limits.ts';
import { OutgoingMessage } from '../../../../../../src/main/node/peers/communicator/outgoing-message.ts';
import { SendQueue } from '../../../../../../src/main/node/peers/communicator/send-queue.ts';

const { sweptMessages, liveMs } = communicatorLimits;

function setUp() {
  const expired: OutgoingMessage[] = [];
  const queue = new SendQueue({
    name: () => 'press-07',
    room: { take: () => true, release: () => undefined },
    onEnd: (message, outcome) => {
      if (message.settle(outcome) && outcome.outcome === 'expired') expired.push(message);
    },
    monotonicMs: () => 0,
  });
  const add = (ttlSeconds: number, priority: (typeof peerPriorities)[number] = 'Low', supersedes?: string): OutgoingMessage => {
    const terms = { priority, timestampMs: 0, queuedAtMs: 0, ttlSeconds, durable: false };
    const message = new OutgoingMessage({ nodeId: 'press-07', payload: '{"type":"Note"}', terms, supersedes });
    queue.add(message);
    return message;
  };
  return { queue, add, expired };
}

it('looks for what is too old among so many that wait at a time, and finds all of it', () => {
  const { queue, add, expired } = setUp();
  const count = 3 * sweptMessages;
  for (let number = 0; number < count; number++) add(number % 2 === 0 ? 5 : 3_600, number % 3 === 0 ? 'High' : 'Low');
  const found: number[] = [];
  for (let isOver = false; !isOver; ) {
    isOver = queue.expire(6_000);
    found.push(expired.length);
  }
  expect(found[0]).toBeLessThanOrEqual(sweptMessages);
  expect(found).toHaveLength(4);
  expect([expired.length, queue.lanes.size]).toEqual([count / 2, count / 2]);
  // What is left ends later, and until then nothing is looked at.
  expect([queue.expire(7_000), expired.length]).toEqual([true, count / 2]);
});

type Acts = Record<'take' | 'putBack' | 'replace' | 'add' | 'end', (which: number, ttlSeconds: number) => void>;

/** A queue that has been looked at in part, and what can be done to messages about where that has stopped. */
function setUpLooking() {
  const { queue, add } = setUp();
  const all = Array.from({ length: sweptMessages + 20 }, (_, number) => add(number % 5 === 0 ? 1 : 1_000, 'Low', `key ${number}`));
  const taken: OutgoingMessage[] = [];
  queue.expire(2_000);
  const withNear = (which: number, act: (message: OutgoingMessage) => void) => {
    const message = all[sweptMessages - 5 + (which % 25)];
    if (message?.isListed === true) act(message);
  };
  const acts: Acts = {
    take: (which) => withNear(which, (message) => void taken.push(queue.take(message))),
    putBack: () => {
      for (const message of taken.splice(-1)) queue.putBack(message);
    },
    replace: (which, ttlSeconds) => withNear(which, ({ supersedes }) => void add(ttlSeconds, 'Low', supersedes)),
    add: (_which, ttlSeconds) => void add(ttlSeconds),
    end: (which) => withNear(which, (message) => void queue.end(message, { outcome: 'expired' })),
  };
  return { queue, acts };
}

it('misses nothing that is too old, whatever is sent, put back, replaced and added while it looks', () => {
  const step = fc.record({
    act: fc.constantFrom('take', 'putBack', 'replace', 'add', 'end'),
    which: fc.nat(),
    ttlSeconds: fc.constantFrom(1, 1_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { queue, acts } = setUpLooking();
      for (const { act, which, ttlSeconds } of steps) acts[act](which, ttlSeconds);
      while (!queue.expire(2_000));
      while (!queue.expire(2_001));
      for (const priority of peerPriorities)
        for (const message of queue.lanes.waiting(priority)) expect(message.isExpired(2_001)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

it('knows whether something for the live session alone waits', () => {
  const { queue, add } = setUp();
  const seen: boolean[] = [];
  const look = () => void seen.push(queue.hasLive);
  add(60);
  look();
  const live = add(0);
  look();
  queue.take(live);
  look();
  queue.putBack(live);
  look();
  queue.expire(liveMs + 1);
  look();
  expect(seen).toEqual([false, true, false, true, false]);
});
