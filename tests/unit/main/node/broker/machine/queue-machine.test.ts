import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Applied,
  type Command,
  encodeMessages,
  machineLimits,
  QueueMachine,
  type QueueOptions,
  readRuns,
  type StateRow,
  UnreadableBundleError,
} from '../../../../../../src/main/node/broker/machine/index.ts';
import { command, entryOf, options } from './commands.ts';
import { QueueModel, textOf } from './queue-model.ts';

/** What a store would hold: rows by key, and the messages of segments less what was trimmed. */
class Stored {
  readonly rows = new Map<string, StateRow>();
  readonly messages = new Map<string, Map<number, string>>();

  write(applied: Applied, rows: readonly StateRow[]): void {
    for (const row of rows) this.rows.set(`${row.table} ${row.key}`, row);
    for (const queueId of applied.deleted) this.messages.delete(queueId);
    for (const { queueId, firstSequence, count, data } of applied.segments) {
      const queue = this.messages.get(queueId) ?? new Map<number, string>();
      this.messages.set(queueId, queue);
      const messages = readRuns(data);
      expect(messages.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, offset) => firstSequence + offset));
      for (const message of messages) queue.set(message.sequence, `${message.timeMs} ${message.clientId} ${textOf(message)}`);
    }
    for (const { queueId, upTo } of applied.trims) {
      const queue = this.messages.get(queueId);
      for (const sequence of queue?.keys() ?? []) if (sequence <= upTo) queue?.delete(sequence);
    }
  }
}

const entries = fc.array(fc.array(command, { minLength: 1, maxLength: 8 }), { maxLength: 25 });

describe('QueueMachine against a plain model', () => {
  it('answers alike, holds alike, and leaves the same messages in the store', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const machine = new QueueMachine();
        const model = new QueueModel();
        const stored = new Stored();
        for (const [index, commands] of list.entries()) {
          const applied = machine.apply(entryOf(index + 1, commands));
          stored.write(applied, machine.collectRows());
          for (const [at, each] of commands.entries()) expect(applied.results[at]).toMatchObject(model.apply(each));
        }
        expect(machine.queues().map(({ queueId }) => queueId)).toEqual([...model.queues.keys()].sort());
        for (const queue of model.queues.values()) {
          const { messages, last, dropped, clients } = queue;
          expect(machine.queue(queue.name)).toMatchObject({
            firstSequence: messages[0]?.sequence ?? last + 1,
            lastSequence: last,
            messages: messages.length,
            bytes: messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
            dropped,
          });
          const positions = machine.positions(queue.queueId).map(({ clientId, position }) => [clientId, position]);
          expect(Object.fromEntries(positions)).toEqual(Object.fromEntries([...clients].map(([id, { position }]) => [id, position])));
          const held = [...(stored.messages.get(queue.queueId) ?? [])];
          expect(held).toEqual(messages.map(({ sequence, timeMs, clientId, text }) => [sequence, `${timeMs} ${clientId} ${text}`]));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same when restored from its rows at any place, and goes on alike', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.infiniteStream(fc.boolean()), (list, place, collects) => {
        const machine = new QueueMachine();
        const stored = new Stored();
        let restored: QueueMachine | undefined;
        for (const [index, commands] of list.entries()) {
          const entry = entryOf(index + 1, commands);
          const applied = machine.apply(entry);
          if (restored !== undefined) {
            expect(restored.apply(entry)).toEqual(applied);
            expect(restored.stateHash()).toBe(machine.stateHash());
          }
          if (collects.next().value === true || index === place % list.length) stored.write(applied, machine.collectRows());
          if (index !== place % list.length) continue;
          restored = QueueMachine.restore([...stored.rows.values()].reverse());
          expect(restored.stateHash()).toBe(machine.stateHash());
          expect(restored.queues()).toEqual(machine.queues());
        }
      }),
      { numRuns: 200 },
    );
  });
});

const queueId = 'Q-XYZ78AAAAA';
const text = (...texts: string[]) =>
  encodeMessages(texts.map((each) => ({ key: null, headers: {}, encoding: 'bytes', data: Buffer.from(each) })));

/** A machine with one queue, an entry a command. */
function withQueue(some: Partial<QueueOptions> = {}) {
  const machine = new QueueMachine();
  let index = 0;
  const apply = (each: Command) => machine.apply(entryOf(++index, [each]));
  apply({ type: 'createQueue', queueId, name: 'orders', options: { ...options, ...some }, timeMs: 1_000 });
  const append = (batch = text('a'), timeMs = 1_000, producer: { producerId: string; epoch: number; sequence: number } | null = null) =>
    apply({ type: 'append', queueId, clientId: 'C-AAAAA', producer, batch, timeMs });
  return { machine, apply, append };
}

describe('messages too old', () => {
  it('go with the next append or expiry, within a twentieth of the age limit', () => {
    const { machine, apply, append } = withQueue({ maxAgeMs: 20_000 });
    for (let second = 1; second <= 30; second++) append(text('a'), second * 1_000);
    const held = () => machine.queue(queueId) as NonNullable<ReturnType<QueueMachine['queue']>>;
    expect(30_000 - (held().oldestTimeMs as number)).toBeLessThanOrEqual(21_000);
    expect(held().messages + held().dropped).toBe(30);
    const applied = apply({ type: 'expire', timeMs: 100_000 });
    expect(held()).toMatchObject({ messages: 0, bytes: 0, oldestTimeMs: null, firstSequence: 31, lastSequence: 30, dropped: 30 });
    expect(applied.trims).toEqual([{ queueId, upTo: 30 }]);
  });

  it('are judged by the time of the log, which never falls', () => {
    const { machine, append } = withQueue();
    append(text('a'), 5_000);
    const [segment] = append(text('b'), 2_000).segments;
    expect(segment).toMatchObject({ firstTimeMs: 5_000 });
    expect(machine.timeMs).toBe(5_000);
  });
});

describe('a queue made anew in the entry that deleted it', () => {
  const create: Command = { type: 'createQueue', queueId, name: 'orders', options, timeMs: 1_000 };
  const deletion: Command = { type: 'deleteQueue', queueId, timeMs: 1_000 };
  const append: Command = { type: 'append', queueId, clientId: 'C-AAAAA', producer: null, batch: text('a', 'b', 'c'), timeMs: 1_000 };
  const take: Command = { type: 'take', queueId, clientId: 'C-AAAAA', requestId: null, max: 5, maxBytes: 100, timeMs: 1_000 };

  it('keeps what it is given there: the deletion comes before it', () => {
    const machine = new QueueMachine();
    const stored = new Stored();
    const apply = (index: number, ...commands: Command[]) => {
      const applied = machine.apply(entryOf(index, commands));
      stored.write(applied, machine.collectRows());
      return applied;
    };
    apply(1, create, append);
    const applied = apply(2, deletion, create, append, take);
    expect(applied.results[3]).toMatchObject({ firstSequence: 1, count: 3 });
    expect(applied).toMatchObject({ deleted: [queueId], segments: [{ queueId, firstSequence: 1, count: 3 }], trims: [] });
    expect([...(stored.messages.get(queueId)?.keys() ?? [])]).toEqual([1, 2, 3]);
  });

  it('is still told as deleted when messages are purged afterwards, and purges before are forgotten', () => {
    const machine = new QueueMachine();
    const purge: Command = { type: 'purge', queueId, upTo: 2, timeMs: 1_000 };
    machine.apply(entryOf(1, [create, append, append]));
    const applied = machine.apply(entryOf(2, [{ ...purge, upTo: 5 }, deletion, create, append, purge]));
    expect(applied).toMatchObject({ deleted: [queueId], trims: [{ queueId, upTo: 2 }] });
    expect(machine.apply(entryOf(3, [{ ...purge, upTo: 3 }, deletion, create]))).toMatchObject({
      deleted: [queueId],
      segments: [],
      trims: [],
    });
  });
});

describe('producers', () => {
  it('are forgotten after a day, and told so', () => {
    const { apply, append } = withQueue();
    append(text('a'), 1_000, { producerId: 'P1', epoch: 1, sequence: 1 });
    apply({ type: 'expire', timeMs: 2_000 + machineLimits.producerIdleMs });
    expect(append(text('b'), 1_000, { producerId: 'P1', epoch: 1, sequence: 2 }).results[0]).toMatchObject({
      code: 'PRODUCER_DUPLICATE_LOST',
    });
  });

  it('are forgotten when there are too many, the one idle longest first', () => {
    const { machine, append } = withQueue();
    for (let producer = 0; producer < machineLimits.producersPerQueue; producer++)
      append(text('a'), 1_000, { producerId: `P${producer}`, epoch: 1, sequence: 1 });
    append(text('a'), 1_000, { producerId: 'P0', epoch: 1, sequence: 2 });
    append(text('a'), 1_000, { producerId: 'one more', epoch: 1, sequence: 1 });
    expect(machine.counts(queueId).producers).toBe(machineLimits.producersPerQueue);
    const again = (producerId: string) => append(text('a'), 1_000, { producerId, epoch: 1, sequence: 2 }).results[0];
    expect(again('P1')).toMatchObject({ code: 'PRODUCER_DUPLICATE_LOST' });
    expect(again('P0')).toMatchObject({ repeated: true });
    expect(machine.collectRows()).toContainEqual({ table: 'producer', key: `${queueId}/P1`, value: null });
  });

  it('get the place of a repeat as long as it is remembered, among those of others', () => {
    const { append } = withQueue();
    const sent = machineLimits.rangesPerProducer + 10;
    const places = Array.from({ length: sent }, (_, at) => {
      append(text('between'));
      return append(text('a'), 1_000, { producerId: 'P1', epoch: 1, sequence: at + 1 }).results[0];
    });
    const repeat = (sequence: number) => append(text('a'), 1_000, { producerId: 'P1', epoch: 1, sequence }).results[0];
    expect(repeat(sent)).toEqual({ ...places.at(-1), repeated: true });
    expect(repeat(11)).toEqual({ ...places[10], repeated: true });
    expect(repeat(10)).toMatchObject({ code: 'PRODUCER_DUPLICATE_LOST' });
  });

  it('with a new epoch fence off the one before', () => {
    const { apply, append } = withQueue();
    const register = () => apply({ type: 'registerProducer', queueId, producerId: 'P1', timeMs: 1_000 }).results[0];
    expect(register()).toMatchObject({ epoch: 1 });
    append(text('a'), 1_000, { producerId: 'P1', epoch: 1, sequence: 1 });
    expect(register()).toMatchObject({ epoch: 2 });
    expect(append(text('b'), 1_000, { producerId: 'P1', epoch: 1, sequence: 2 }).results[0]).toMatchObject({ code: 'PRODUCER_FENCED' });
    expect(append(text('b'), 1_000, { producerId: 'P1', epoch: 2, sequence: 1 }).results[0]).toMatchObject({ firstSequence: 2 });
  });
});

describe('bounds', () => {
  it('are kept for clients of a queue and queues of a group', () => {
    const { apply, append } = withQueue();
    append();
    const commit = (clientId: string) => apply({ type: 'commit', queueId, clientId, position: 1, timeMs: 1_000 }).results[0];
    for (let client = 0; client < machineLimits.clientsPerQueue; client++) commit(`c${client}`);
    expect(commit('one more')).toMatchObject({ code: 'LIMIT' });
    expect(commit('c1')).toMatchObject({ position: 1 });
    const create = (at: number) =>
      apply({ type: 'createQueue', queueId: `Q-XYZ78${String(at).padStart(5, '0')}`, name: `q${at}`, options, timeMs: 1_000 }).results[0];
    for (let at = 1; at < machineLimits.queues; at++) create(at);
    expect(create(0)).toMatchObject({ code: 'LIMIT' });
  });

  it('refuse a name that looks like the id of another queue', () => {
    const { apply } = withQueue();
    const name = 'Q-XYZ78ZZZZZ';
    expect(apply({ type: 'createQueue', queueId: 'Q-XYZ78BBBBB', name, options, timeMs: 1 }).results[0]).toMatchObject({
      code: 'CONFLICT',
    });
    expect(apply({ type: 'createQueue', queueId: name, name, options, timeMs: 1 }).results[0]).toMatchObject({ created: true });
  });
});

describe('entries', () => {
  it('of other kinds change nothing', () => {
    const { machine } = withQueue();
    const before = machine.stateHash();
    for (const kind of ['noop', 'configuration'] as const)
      expect(machine.apply({ index: 9, term: 2, kind, data: new Uint8Array(), checksum: 0 })).toMatchObject({
        index: 9,
        term: 2,
        results: [],
      });
    expect(machine.stateHash()).toBe(before);
  });

  it('that this version does not know stop it', () => {
    const { machine } = withQueue();
    const entry = entryOf(2, [{ type: 'expire', timeMs: 1 }]);
    for (const at of [0, 4, 5]) {
      const data = Buffer.from(entry.data);
      data[at] = 16;
      expect(() => machine.apply({ ...entry, data })).toThrow(UnreadableBundleError);
    }
  });

  it('are answered without one when a read would give nothing', () => {
    const { machine, apply, append } = withQueue();
    const take = (requestId: string | null) => apply({ type: 'take', queueId, clientId: 'C', requestId, max: 5, maxBytes: 100, timeMs: 1 });
    expect(machine.hasNext(queueId, 'C', 'r1')).toBe(false);
    append();
    expect(machine.hasNext(queueId, 'C', 'r1')).toBe(true);
    expect(take('r1').results[0]).toMatchObject({ firstSequence: 1, count: 1, repeated: false });
    expect(machine.hasNext(queueId, 'C', 'r2')).toBe(false);
    expect(machine.hasNext(queueId, 'C', 'r1')).toBe(true);
    expect(take('r1').results[0]).toMatchObject({ firstSequence: 1, count: 1, repeated: true });
    expect(machine.position(queueId, 'C')).toBe(1);
  });
});

describe('rows of blocks', () => {
  it('hold a block that one append filled while it began the next', () => {
    const machine = new QueueMachine();
    const rows = new Map<string, StateRow>();
    const apply = (index: number, ...commands: Command[]) => {
      machine.apply(entryOf(index, commands));
      for (const row of machine.collectRows()) rows.set(`${row.table} ${row.key}`, row);
    };
    apply(1, { type: 'createQueue', queueId: 'Q-XYZ78AAAAA', name: 'a', options, timeMs: 1 });
    const batch = encodeMessages(Array.from({ length: 100 }, () => ({ key: null, headers: {}, encoding: 'bytes', data: Buffer.alloc(9) })));
    for (let index = 2; index < 8; index += 1)
      apply(index, { type: 'append', queueId: 'Q-XYZ78AAAAA', clientId: 'C-AAAAA', producer: null, batch, timeMs: index });
    expect(QueueMachine.restore([...rows.values()]).stateHash()).toBe(machine.stateHash());
  });
});
