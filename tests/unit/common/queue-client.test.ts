import { describe, expect, it, onTestFinished } from 'vitest';
import { QueueClient, type QueueClientOptions } from '../../../src/common/client/queue-client.ts';
import { jsonOf } from '../../../src/common/client/queue-client-records.ts';
import type { BrokerAddress } from '../../../src/common/client/queue-client-stream.ts';
import { decodeMessages, type QueueMessage } from '../../../src/main/node/broker/machine/index.ts';
import type { ClientRequest } from '../../../src/main/node/broker/protocol/index.ts';
import { type ScriptedAnswer, ScriptedBrokers, type ScriptedConnection } from '../../helpers/scripted-brokers.ts';
import { until } from '../../helpers/until.ts';

const queueId = 'Q-XYZ78AAAAA';

function client(brokers: ScriptedBrokers, addresses: readonly BrokerAddress[], options: Partial<QueueClientOptions> = {}): QueueClient {
  const made = new QueueClient({ addresses, open: brokers.open, clientId: 'C-ABC12', attemptTimeoutMs: 200, ...options });
  onTestFinished(() => made.close());
  return made;
}

/** A queue that takes appends as a leader does, with stamps. */
class LeaderQueue {
  readonly values: unknown[] = [];
  readonly #seen = new Map<number, number>();
  epoch = 0;

  readonly answer = ({ operation }: ClientRequest): ScriptedAnswer => {
    if (operation.operation === 'PRODUCER') return { fields: { epoch: ++this.epoch } };
    if (operation.operation !== 'APPEND') return { code: 'BAD_REQUEST' };
    const { producer, batch } = operation;
    if (producer !== undefined && producer.sequence > this.#seen.size + 1) return { code: 'PRODUCER_GAP' };
    const known = producer === undefined ? undefined : this.#seen.get(producer.sequence);
    if (known !== undefined) return { fields: { sequence_num: known, repeated: true } };
    const first = this.values.length + 1;
    for (const [offset, { data }] of decodeMessages(batch).entries()) {
      this.values.push(JSON.parse(Buffer.from(data).toString()));
      if (producer !== undefined) this.#seen.set(producer.sequence + offset, first + offset);
    }
    return { fields: { sequence_num: first, count: batch.count } };
  };
}

const message = (sequence: number): QueueMessage => ({
  sequence,
  timeMs: 1,
  clientId: 'C',
  key: null,
  headers: {},
  encoding: 'json',
  data: Buffer.from(String(sequence)),
});

describe('who is asked', () => {
  it('is the leader that a refusal names, and from then on that one', async () => {
    const brokers = new ScriptedBrokers();
    const leader = brokers.add(2, () => ({ fields: { sequence_num: 1 } }));
    const replica = brokers.add(1, () => ({ code: 'NOT_LEADER', leader }));
    const made = client(brokers, [replica]);
    await made.append(queueId, [{ data: 1 }]);
    await made.append(queueId, [{ data: 2 }]);
    expect(brokers.asked(1)).toHaveLength(1);
    expect(brokers.asked(2)).toHaveLength(2);
    expect(made.brokers).toEqual([replica, leader]);
  });

  it('is the leader that is named for what belongs to no queue yet', async () => {
    const brokers = new ScriptedBrokers();
    const leader = brokers.add(3, () => ({ fields: { queue_id: queueId, created: true } }));
    const replica = brokers.add(1, () => ({ code: 'NOT_LEADER', leader }));
    expect(await client(brokers, [replica]).createQueue('orders')).toEqual({ queueId, created: true });
    expect(brokers.asked(1)).toHaveLength(1);
  });

  it('is somebody else when a broker is not there, or answers nothing', async () => {
    const brokers = new ScriptedBrokers();
    const dead = { host: 'memory', port: 9 };
    const silent = brokers.add(1, () => 'silent');
    const leader = brokers.add(2, () => ({ fields: { position: 4 } }));
    const made = client(brokers, [dead, silent, leader]);
    for (const _ of [1, 2, 3]) expect(await made.commit(queueId, 4)).toBe(4);
  });

  it('is asked again while there is no leader, until the time is over', async () => {
    const brokers = new ScriptedBrokers();
    let asked = 0;
    const replica = brokers.add(1, () => (++asked < 4 ? { code: 'NOT_LEADER', leader: null } : { fields: { position: 1 } }));
    expect(await client(brokers, [replica]).commit(queueId, 1)).toBe(1);
    const lost = client(brokers, [brokers.add(2, () => ({ code: 'NO_QUORUM' }))]);
    await expect(lost.commit(queueId, 1, { timeoutMs: 150 })).rejects.toMatchObject({ code: 'TIMEOUT', executed: 'no' });
  });
});

describe('what is not known to have been done', () => {
  it('is not done again for a plain append', async () => {
    for (const end of ['break', 'silent'] as const) {
      const brokers = new ScriptedBrokers();
      const made = client(brokers, [brokers.add(1, () => end)]);
      await expect(made.append(queueId, [{ data: 1 }])).rejects.toMatchObject({ executed: 'maybe' });
      expect(brokers.asked(1)).toHaveLength(1);
    }
  });

  it('is asked for again with the same id for a read', async () => {
    const brokers = new ScriptedBrokers();
    let asked = 0;
    const address = brokers.add(1, () => (++asked < 3 ? 'break' : { fields: { position: 1 }, messages: [message(1)] }));
    const taken = await client(brokers, [address]).take(queueId);
    expect(taken.messages.map(jsonOf)).toEqual([1]);
    const ids = new Set(brokers.asked(1, 'READ').map(({ requestId }) => requestId));
    expect(brokers.asked(1, 'READ')).toHaveLength(3);
    expect(ids.size).toBe(1);
  });

  it('is sent again with the same stamp by a producer, and nothing overtakes', async () => {
    const brokers = new ScriptedBrokers();
    const queue = new LeaderQueue();
    let asked = 0;
    const address = brokers.add(1, (request) => {
      const answer = queue.answer(request);
      // Every fifth is done, and its answer lost.
      return request.operation.operation === 'APPEND' && ++asked % 5 === 0 ? 'break' : answer;
    });
    const producer = client(brokers, [address]).producer(queueId, { maxInFlight: 4 });
    const places: number[] = [];
    for (let round = 0; round < 20; round++) {
      const some = await Promise.all([1, 2, 3].map((n) => producer.append([{ data: round * 3 + n }])));
      places.push(...some.map(({ firstSequence }) => firstSequence));
    }
    const all = Array.from({ length: 60 }, (_, place) => place + 1);
    expect(places).toEqual(all);
    expect(queue.values).toEqual(all);
  });

  it('ends a producer when the time is over', async () => {
    const brokers = new ScriptedBrokers();
    const address = brokers.add(1, ({ operation }) => (operation.operation === 'PRODUCER' ? { fields: { epoch: 1 } } : 'break'));
    const producer = client(brokers, [address]).producer(queueId, { timeoutMs: 150 });
    const outcomes = await Promise.allSettled([1, 2].map((data) => producer.append([{ data }])));
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'TIMEOUT', executed: 'maybe' } },
      { status: 'rejected', reason: { code: 'TIMEOUT' } },
    ]);
    await expect(producer.append([{ data: 3 }])).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('bounds', () => {
  it('refuse more requests than may be on their way', async () => {
    const brokers = new ScriptedBrokers();
    const made = client(brokers, [brokers.add(1, () => 'silent')], { maxInFlight: 2 });
    const outcomes = await Promise.allSettled([1, 2, 3].map((data) => made.append(queueId, [{ data }])));
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code);
    expect(codes.at(-1)).toBe('OVERLOADED');
    expect(made.refused).toBe(1);
    expect(codes.slice(0, 2)).not.toContain('OVERLOADED');
  });

  it('end with the client', async () => {
    const brokers = new ScriptedBrokers();
    const made = client(brokers, [brokers.add(1, () => 'silent')]);
    const waiting = made.append(queueId, [{ data: 1 }]);
    await until(() => brokers.asked(1).length === 1);
    made.close();
    await expect(waiting).rejects.toMatchObject({ code: 'NODE_LOST' });
    await expect(made.append(queueId, [{ data: 1 }])).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a subscription', () => {
  function subscribed(onSubscribe: (from: number | undefined, connection: ScriptedConnection) => void) {
    const brokers = new ScriptedBrokers();
    let id = 0;
    const address = brokers.add(1, ({ operation }, connection) => {
      if (operation.operation !== 'SUBSCRIBE') return { fields: {} };
      queueMicrotask(() => onSubscribe(operation.from_sequence, connection));
      return { fields: { subscription_id: ++id } };
    });
    return { brokers, made: client(brokers, [address]) };
  }
  const delivery = (id: number) => ({ operation: 'DELIVERY', subscription_id: id });

  it('goes on after the last message when the connection breaks, and passes over what it has', async () => {
    let times = 0;
    const { made } = subscribed((from, connection) => {
      times++;
      if (times === 1) {
        connection.push(delivery(1), [message(1), message(2)]);
        setImmediate(() => connection.break());
      } else connection.push(delivery(2), [message((from ?? 0) - 1), message(from ?? 0)]);
    });
    const read: number[] = [];
    for await (const { sequence } of made.subscribe(queueId, { from: 'first' })) if (read.push(sequence) === 3) break;
    expect(read).toEqual([1, 2, 3]);
  });

  it('gives credit back in halves, and takes leave', async () => {
    const { made, brokers } = subscribed((_from, connection) => connection.push(delivery(1), [1, 2, 3, 4].map(message)));
    const subscription = made.subscribe(queueId, { from: 'first', credit: 4 });
    const read: number[] = [];
    for await (const { sequence } of subscription) if (read.push(sequence) === 4) break;
    await until(() => brokers.asked(1, 'UNSUBSCRIBE').length === 1);
    expect(brokers.asked(1, 'SUBSCRIBE').map(({ operation }) => operation)).toMatchObject([{ credit: 4, from: 'first' }]);
    expect(brokers.asked(1, 'CREDIT').map(({ operation }) => operation)).toMatchObject([{ credit: 2 }, { credit: 2 }]);
  });

  it('gives credit back for what it passes over', async () => {
    let times = 0;
    const { made, brokers } = subscribed((_from, connection) => {
      connection.push(delivery(++times), [1, 2].map(message));
      if (times === 1) setImmediate(() => connection.break());
    });
    const subscription = made.subscribe(queueId, { from: 'first', credit: 2 });
    const reader = subscription[Symbol.asyncIterator]();
    expect([await reader.next(), await reader.next()]).toMatchObject([{ value: { sequence: 1 } }, { value: { sequence: 2 } }]);
    await until(() =>
      brokers.asked(1, 'CREDIT').some(({ operation }) => 'subscription_id' in operation && operation.subscription_id === 2),
    );
    subscription.close();
  });

  it('ends when it cannot begin, and not while it has begun', async () => {
    const brokers = new ScriptedBrokers();
    const none = client(brokers, [{ host: 'memory', port: 9 }], { timeoutMs: 50 });
    await expect(none.subscribe(queueId)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'TIMEOUT' });
    let begun = 0;
    const address = brokers.add(1, ({ operation }, connection) => {
      if (operation.operation !== 'SUBSCRIBE') return { fields: {} };
      begun++;
      if (begun > 1 && begun < 12) return { code: 'NO_QUORUM' };
      setImmediate(() => (begun === 1 ? connection.break() : connection.push(delivery(begun), [message(1)])));
      return { fields: { subscription_id: begun } };
    });
    const reader = client(brokers, [address], { timeoutMs: 60 }).subscribe(queueId)[Symbol.asyncIterator]();
    expect(await reader.next()).toMatchObject({ value: { sequence: 1 } });
  });

  it('ends with what the broker says', async () => {
    const { made } = subscribed((_from, connection) =>
      connection.push({ operation: 'SUBSCRIPTION_ENDED', subscription_id: 1, code: 'NOT_FOUND', message: 'The queue is gone.' }),
    );
    const reading = made.subscribe(queueId)[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'The queue is gone.' });
  });
});
