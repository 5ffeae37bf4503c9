/** Commands of all kinds for property tests: few queues, clients and producers, so that they meet. */
import fc from 'fast-check';
import type { LogEntry } from '../../../../../../src/main/node/broker/core/types.ts';
import {
  type Command,
  encodeBundle,
  encodeCommand,
  encodeMessages,
  type NewMessage,
  type QueueOptions,
} from '../../../../../../src/main/node/broker/machine/index.ts';

export const options: QueueOptions = {
  maxMessages: null,
  maxBytes: null,
  maxAgeMs: null,
  maxMessageBytes: 1_000,
  overflow: 'dropOldest',
  readRole: 'viewer',
  appendRole: 'operator',
};

export const newMessage: fc.Arbitrary<NewMessage> = fc.record({
  key: fc.option(fc.string({ maxLength: 5 })),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 2, noNullPrototype: true }),
  encoding: fc.constantFrom('json' as const, 'bytes' as const),
  data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

const queueId = fc.constantFrom('Q-XYZ78AAAAA', 'Q-XYZ78BBBBB', 'Q-XYZ78CCCCC');
const clientId = fc.constantFrom('C-AAAAA', 'C-BBBBB', 'third');
const producerId = fc.constantFrom('P1', 'P2');
const timeMs = fc.nat({ max: 100_000 });
const count = fc.nat({ max: 40 });
const someOptions: fc.Arbitrary<QueueOptions> = fc.record({
  maxMessages: fc.option(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 300, max: 900 })), { freq: 1 }),
  maxBytes: fc.option(fc.oneof(fc.integer({ min: 30, max: 600 }), fc.integer({ min: 10_000, max: 20_000 })), { freq: 1 }),
  maxAgeMs: fc.constant(null),
  maxMessageBytes: fc.constantFrom(20, 1_000),
  overflow: fc.constantFrom('dropOldest' as const, 'reject' as const),
  readRole: fc.constant('viewer' as const),
  appendRole: fc.constant('operator' as const),
});
/** A few messages of any kind; now and then hundreds, which fill blocks. */
const batch = fc.oneof(
  { weight: 3, arbitrary: fc.array(newMessage, { minLength: 1, maxLength: 6 }).map(encodeMessages) },
  {
    weight: 1,
    arbitrary: fc.tuple(newMessage, fc.integer({ min: 100, max: 600 })).map(([each, size]) => encodeMessages(Array(size).fill(each))),
  },
);
const stamp = fc.record({ producerId, epoch: fc.nat({ max: 4 }), sequence: fc.integer({ min: 1, max: 12 }) });

/** Any command but `expire`, which the plain model does not know. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('createQueue' as const),
      queueId,
      name: fc.constantFrom('a', 'b', 'c'),
      options: someOptions,
      timeMs,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ type: fc.constant('append' as const), queueId, clientId, producer: fc.option(stamp), batch, timeMs }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('take' as const),
      queueId,
      clientId,
      requestId: fc.option(fc.constantFrom('r1', 'r2', 'r3')),
      max: fc.integer({ min: 1, max: 8 }),
      maxBytes: fc.integer({ min: 1, max: 300 }),
      timeMs,
    }),
  },
  fc.record({ type: fc.constantFrom('seek' as const, 'commit' as const), queueId, clientId, position: count, timeMs }),
  fc.record({ type: fc.constant('forgetClient' as const), queueId, clientId, timeMs }),
  fc.record({ type: fc.constant('registerProducer' as const), queueId, producerId, timeMs }),
  fc.record({ type: fc.constant('configureQueue' as const), queueId, options: someOptions, timeMs }),
  fc.record({ type: fc.constant('purge' as const), queueId, upTo: count, timeMs }),
  fc.record({ type: fc.constant('deleteQueue' as const), queueId, timeMs }),
);

/** Commands as a committed entry. */
export function entryOf(index: number, commands: readonly Command[]): LogEntry {
  return { index, term: 1, kind: 'commands', data: encodeBundle(commands.map(encodeCommand)), checksum: 0 };
}
