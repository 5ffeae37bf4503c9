import { describe, expect, onTestFinished, test } from 'vitest';
import { QueueClient, type QueueClientOptions } from '../../../src/common/client/queue-client.ts';
import { jsonOf } from '../../../src/common/client/queue-client-records.ts';
import { tcpStreams } from '../../../src/main/node/broker/client/byte-stream.ts';
import type { Broker, BrokerOptions } from '../../../src/main/node/broker/index.ts';
import { startBrokers } from '../../helpers/broker-cluster.ts';
import { testBroker } from '../../helpers/broker-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

function queueClient(brokers: readonly Broker[], options: Partial<QueueClientOptions> = {}): QueueClient {
  const addresses = brokers.map(({ address }) => ({ host: '127.0.0.1', port: address?.port ?? 0 }));
  const client = new QueueClient({ addresses, open: tcpStreams(), ...options });
  onTestFinished(() => client.close());
  return client;
}

async function single(): Promise<Broker> {
  const checkToken: BrokerOptions['checkToken'] = (token) =>
    Promise.resolve(token === 'admin' ? { user: 'test', roles: ['admin'] } : undefined);
  const broker = await testBroker(await temporaryFolder(), { checkToken });
  await broker.start();
  return broker;
}

const numbers = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, place) => first + place);

describe('the queue client with one broker', () => {
  test('creates, appends, takes, looks, and knows its position', async () => {
    const client = queueClient([await single()], { token: 'admin' });
    const { queueId, created } = await client.createQueue('orders', { max_messages: 1_000 });
    expect(created).toBe(true);
    expect(await client.createQueue('orders', { max_messages: 1_000 })).toEqual({ queueId, created: false });
    const messages = [{ data: { line: 7 }, key: 'k', headers: { source: 'plc' } }, { data: new Uint8Array([0, 255]) }];
    expect(await client.append('orders', messages)).toEqual({ firstSequence: 1, count: 2 });
    const taken = await client.take('orders', { max: 10 });
    expect(taken.position).toBe(2);
    expect(taken.messages).toMatchObject([
      { sequence: 1, key: 'k', headers: { source: 'plc' }, encoding: 'json' },
      { sequence: 2, encoding: 'bytes' },
    ]);
    expect(jsonOf(taken.messages[0] as (typeof taken.messages)[0])).toEqual({ line: 7 });
    expect([...(taken.messages[1]?.data ?? [])]).toEqual([0, 255]);
    expect((await client.take('orders')).messages).toEqual([]);
    const found = await client.fetch(queueId, { from: 'first', filter: 'value.line == 7' });
    expect(found.messages.map(({ sequence }) => sequence)).toEqual([1]);
    expect(await client.seek('orders', 0)).toBe(0);
    expect(await client.commit('orders', 1)).toBe(1);
    expect(await client.stats('orders')).toMatchObject({ queue_id: queueId, messages: 2, clients: 1 });
    expect(await client.purge('orders')).toMatchObject({ messages: 2 });
    await client.deleteQueue('orders');
    await expect(client.stats('orders')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('says that its token is not right, and does not go on without it', async () => {
    const client = queueClient([await single()], { token: 'wrong' });
    await expect(client.createQueue('orders')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('comes over TLS too', async () => {
    const client = queueClient([await single()], { open: tcpStreams({ rejectUnauthorized: false }), token: 'admin' });
    await client.createQueue('orders');
    const large = new Uint8Array(900_000).fill(7);
    await client.append('orders', [{ data: large }]);
    const { messages } = await client.take('orders');
    expect(Buffer.compare(messages[0]?.data ?? new Uint8Array(), large)).toBe(0);
  });

  test('says so when nobody is there', async () => {
    const gone = new QueueClient({ addresses: [{ host: '127.0.0.1', port: 1 }], open: tcpStreams(), timeoutMs: 1_000 });
    await expect(gone.cluster()).rejects.toMatchObject({ code: 'TIMEOUT', executed: 'no', cause: { code: 'NODE_UNREACHABLE' } });
    gone.close();
  });

  test('finds by its name a queue that another client made', async () => {
    const broker = await single();
    await queueClient([broker]).createQueue('orders');
    expect(await queueClient([broker]).append('orders', [{ data: 1 }])).toEqual({ firstSequence: 1, count: 1 });
    await expect(queueClient([broker]).append('other', [{ data: 1 }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('appends in the order of the calls, thousands at once', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders');
    const producer = client.producer('orders');
    const places = await Promise.all(numbers(1, 3_000).map((data) => producer.append([{ data }])));
    expect(places.map(({ firstSequence }) => firstSequence)).toEqual(numbers(1, 3_000));
    const last = await client.fetch('orders', { from: 'latest', max: 1 });
    expect(last.messages.map(jsonOf)).toEqual([3_000]);
  });

  test('goes on after a message that the queue refuses', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders', { max_message_bytes: 20 });
    const producer = client.producer('orders', { maxInFlight: 3 });
    const outcomes = await Promise.allSettled(numbers(1, 50).map((n) => producer.append([{ data: n % 10 === 5 ? 'x'.repeat(30) : n }])));
    const refused = outcomes.flatMap((outcome, place) =>
      outcome.status === 'rejected' ? [[place + 1, (outcome.reason as { code: string }).code]] : [],
    );
    expect(refused).toEqual([5, 15, 25, 35, 45].map((n) => [n, 'TOO_LARGE']));
    const all = await client.fetch('orders', { from: 'first', max: 500 });
    expect(all.messages.map(jsonOf)).toEqual(numbers(1, 50).filter((n) => n % 10 !== 5));
  });

  test('fences off the producer that had its id before', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders');
    const earlier = client.producer('orders', { producerId: 'plc-7' });
    await earlier.append([{ data: 1 }]);
    await client.producer('orders', { producerId: 'plc-7' }).append([{ data: 2 }]);
    await expect(earlier.append([{ data: 3 }])).rejects.toMatchObject({ code: 'PRODUCER_FENCED' });
  });

  test('gets messages as they come, as many as it reads', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders');
    const producer = client.producer('orders');
    const subscription = client.subscribe('orders', { from: 'first', credit: 10 });
    const appended = Promise.all(numbers(1, 100).map((data) => producer.append([{ data }])));
    const read: unknown[] = [];
    for await (const message of subscription) if (read.push(jsonOf(message)) === 100) break;
    await appended;
    expect(read).toEqual(numbers(1, 100));
  });

  test('waits for a message when it is told to', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders');
    const waiting = client.take('orders', { waitMs: 20_000 });
    await client.append('orders', [{ data: 'late' }]);
    expect((await waiting).messages.map(jsonOf)).toEqual(['late']);
  });

  test('stops a call that is no longer wanted', async () => {
    const client = queueClient([await single()]);
    await client.createQueue('orders');
    const abort = new AbortController();
    const waiting = client.take('orders', { waitMs: 20_000, signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the queue client with three brokers', () => {
  test('loses and doubles nothing when the leader goes, and its subscriptions go on', async () => {
    const { brokers } = await startBrokers(3);
    const client = queueClient(brokers.slice(0, 2));
    await client.createQueue('orders');
    const producer = client.producer('orders');
    const subscription = client.subscribe('orders', { from: 'first' });
    const read: unknown[] = [];
    const reading = (async () => {
      for await (const message of subscription) if (read.push(jsonOf(message)) === 2_000) return;
    })();
    const before = numbers(1, 1_000).map((data) => producer.append([{ data }]));
    await before[0];
    const stopped = brokers[0]?.stop();
    const after = numbers(1_001, 2_000).map((data) => producer.append([{ data }]));
    const places = await Promise.all([...before, ...after]);
    await stopped;
    expect(places.map(({ firstSequence }) => firstSequence)).toEqual(numbers(1, 2_000));
    await reading;
    expect(read).toEqual(numbers(1, 2_000));
  });

  test('learns of brokers that it was not told of', async () => {
    const { brokers } = await startBrokers(3);
    const client = queueClient(brokers.slice(0, 1));
    await client.cluster();
    await until(() => client.brokers.length === 3);
  });
});
