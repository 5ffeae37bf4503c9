import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { JsonQueueClient, type WireAnswer } from '../../helpers/json-queue-client.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

/** Data of the messages of a delivery or an answer. */
const dataOf = (answer: WireAnswer | undefined) =>
  ((answer?.messages ?? []) as readonly { readonly data: unknown }[]).map(({ data }) => data);
const sequencesOf = (answer: WireAnswer) =>
  ((answer.messages ?? []) as readonly { readonly sequence_num: number }[]).map(({ sequence_num }) => sequence_num);

async function startedBroker(folder: string) {
  const broker = await testBroker(folder);
  await broker.start();
  return broker;
}

test('a client creates a queue, appends and reads, and a restart loses nothing', async () => {
  const folder = await temporaryFolder();
  const first = await startedBroker(folder);
  const before = await clientOf(first);
  const created = await before.ask({ operation: 'CREATE_QUEUE', client_id: 'C-ABC12', queue_name: 'orders' });
  expect(created).toMatchObject({ status: 'success', created: true, queue_name: 'orders' });
  for (let line = 1; line <= 3; line += 1)
    expect(await before.ask({ operation: 'APPEND', queue_name: created.queue_id, client_id: 'C-ABC12', data: { line } })).toMatchObject({
      status: 'success',
      sequence_num: line,
    });
  expect(await before.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1' })).toMatchObject({
    sequence_num: 1,
    data: { line: 1 },
  });
  await first.stop();

  const second = await startedBroker(folder);
  await until(() => second.status().leaderOf === 1);
  const after = await clientOf(second);
  expect(await after.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1' })).toMatchObject({
    sequence_num: 2,
    data: { line: 2 },
  });
  expect(await after.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1' })).toMatchObject({ sequence_num: 3 });
  expect(await after.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1' })).toMatchObject({
    status: 'success',
    message: 'no_messages',
  });
  expect(await after.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' })).toMatchObject({
    queue_id: created.queue_id,
    created: false,
  });
});

test('a READ that is repeated with its request id gets the same message', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: [{ data: 1 }, { data: 2 }] });
  const read = { operation: 'READ', queue_name: 'orders', client_id: 'C-1', request_id: 7_001 };
  expect(await client.ask(read)).toMatchObject({ data: 1, repeated: false });
  expect(await client.ask(read)).toMatchObject({ data: 1, repeated: true });
  expect(await client.ask({ ...read, request_id: 7_002 })).toMatchObject({ data: 2, repeated: false });
});

test('a producer that repeats an append gets the answer that it got', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const { epoch } = await client.ask({ operation: 'PRODUCER', queue_name: 'orders', producer_id: 'line-1' });
  const append = { operation: 'APPEND', queue_name: 'orders', data: 'once', producer: { id: 'line-1', epoch, sequence: 1 } };
  expect(await client.ask(append)).toMatchObject({ sequence_num: 1, repeated: false });
  expect(await client.ask(append)).toMatchObject({ sequence_num: 1, repeated: true });
  expect(await client.ask({ ...append, producer: { id: 'line-1', epoch, sequence: 5 } })).toMatchObject({ code: 'PRODUCER_GAP' });
});

test('answers without an id come in the order of their requests', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const answers = await Promise.all([
    client.askInOrder({ operation: 'APPEND', queue_name: 'orders', data: 1 }),
    client.askInOrder({ operation: 'PING' }),
    client.askInOrder({ operation: 'APPEND', queue_name: 'orders', data: 2 }),
    client.askInOrder({ operation: 'QUEUE_STATS', queue_name: 'nothing' }),
  ]);
  expect(answers.map(({ sequence_num, broker_id, code }) => sequence_num ?? broker_id ?? code)).toEqual([
    1,
    broker.brokerId,
    2,
    'NOT_FOUND',
  ]);
});

test('a READ that waits is answered when a message comes', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const reader = await clientOf(broker);
  const writer = await clientOf(broker);
  await writer.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const waiting = reader.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1', wait_ms: 30_000 });
  // Answered after the READ was taken: requests of one connection are taken in order.
  await reader.ask({ operation: 'PING' });
  await writer.ask({ operation: 'APPEND', queue_name: 'orders', data: 'late' });
  expect(await waiting).toMatchObject({ sequence_num: 1, data: 'late' });
});

test('a subscription delivers as long as there is credit', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: [1, 2, 3, 4, 5].map((data) => ({ data })) });
  const { subscription_id } = await client.ask({ operation: 'SUBSCRIBE', queue_name: 'orders', from: 'first', credit: 2 });
  const [first] = await client.pushes(1);
  expect(dataOf(first)).toEqual([1, 2]);
  await client.ask({ operation: 'CREDIT', subscription_id, credit: 10 });
  const [, second] = await client.pushes(2);
  expect(dataOf(second)).toEqual([3, 4, 5]);
  await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 6 });
  const [, , third] = await client.pushes(3);
  expect(third).toMatchObject({ operation: 'DELIVERY', subscription_id, position: 6 });
});

test('FETCH looks at a queue from either end without moving anybody', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: Array.from({ length: 10 }, (_, data) => ({ data })) });
  const latest = await client.ask({ operation: 'FETCH', queue_name: 'orders', max: 3 });
  expect(sequencesOf(latest)).toEqual([10, 9, 8]);
  expect(latest).toMatchObject({ scanned_from: 8, scanned_to: 10, more: true });
  const middle = await client.ask({ operation: 'FETCH', queue_name: 'orders', from_sequence: 4, to_sequence: 6 });
  expect(sequencesOf(middle)).toEqual([4, 5, 6]);
  expect(await client.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1' })).toMatchObject({ sequence_num: 1 });
});

test('what only an admin may do is refused to a client without a token', async () => {
  const broker = await startedBroker(await temporaryFolder());
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  for (const request of [
    { operation: 'PURGE', queue_name: 'orders' },
    { operation: 'DELETE_QUEUE', queue_name: 'orders' },
    { operation: 'SEEK', queue_name: 'orders', client_id: 'C-1', position: 0 },
    { operation: 'GROUP_CREATE' },
  ])
    expect(await client.ask(request)).toMatchObject({ status: 'error', code: 'FORBIDDEN' });
});

test('a start that fails leaves nothing behind, also when a client has come in already', async () => {
  const folder = await temporaryFolder();
  const whole = await startedBroker(folder);
  const port = whole.address?.port ?? 0;
  await whole.stop();
  await writeFile(join(folder, 'log.db'), 'this is no log');
  const broken = await testBroker(folder, { port });
  const starting = broken.start();
  const client = JsonQueueClient.connect(port).then((connected) => connected.ask({ operation: 'PING' }));
  await expect(starting).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
  await client.catch(() => undefined);
  const successor = await testBroker(await temporaryFolder(), { port });
  await successor.start();
});
