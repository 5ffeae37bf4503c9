/** Inputs that nobody who means well sends: refused, bounded, and no other client feels them (security.md section 6, rows 32, 33, 37). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SignalboxError } from '../../../src/common/errors.ts';
import type { Broker, LogStore } from '../../../src/main/node/broker/index.ts';
import { encodeMessages } from '../../../src/main/node/broker/machine/index.ts';
import { encodeBinary } from '../../../src/main/node/broker/protocol/index.ts';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { frameOf } from '../../helpers/json-queue-client.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

async function brokerWithQueue(options: Parameters<typeof testBroker>[1] = {}) {
  const broker = await testBroker(await temporaryFolder(), options);
  await broker.start();
  const client = await clientOf(broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  return { broker, client };
}

async function rawSocket(broker: Broker): Promise<Socket> {
  const socket = connect(broker.address?.port ?? 0, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other end closes. */
async function untilClosed(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

test.each([-1, 1.5, 2 ** 53, '3', null])('an offset of %s is refused by name', async (offset) => {
  const { client } = await brokerWithQueue();
  const refused = { status: 'error', code: 'INVALID_PARAMS' };
  expect(await client.ask({ operation: 'FETCH', queue_name: 'orders', from_sequence: offset })).toMatchObject(refused);
  expect(await client.ask({ operation: 'COMMIT', queue_name: 'orders', client_id: 'C-1', position: offset })).toMatchObject(refused);
  expect(await client.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1', max: offset })).toMatchObject(refused);
});

test('a count beyond what an answer holds is lowered, and the answer says so', async () => {
  const { client } = await brokerWithQueue();
  await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: Array.from({ length: 600 }, (_, data) => ({ data })) });
  const answer = await client.ask({ operation: 'FETCH', queue_name: 'orders', from: 'first', max: 1e9 });
  expect(answer).toMatchObject({ clamped: { max: 500 } });
  expect(answer.messages).toHaveLength(500);
});

test.each([
  ['lengths that overrun the payload', (good: Buffer) => Buffer.concat([good, Buffer.from([0, 0, 1, 0])])],
  ['a length of nothing', () => Buffer.alloc(4 * 1_000)],
  ['parts longer than the message', (good: Buffer) => Buffer.from(good).fill(0xff, 6, 14)],
  ['no message', () => Buffer.alloc(0)],
])('a batch with %s is refused as a whole', async (_what, lie) => {
  const { broker, client } = await brokerWithQueue();
  const good = encodeMessages([{ key: null, headers: {}, encoding: 'bytes', data: Buffer.from('first') }]);
  const socket = await rawSocket(broker);
  const header = { operation: 'APPEND', queue_name: 'orders', client_id: 'C-1' };
  for (const piece of encodeBinary(1, 7, header, [lie(Buffer.from(good.data))])) socket.write(piece);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toContain('"code":"INVALID_PARAMS"');
  expect(await client.ask({ operation: 'QUEUE_STATS', queue_name: 'orders' })).toMatchObject({ messages: 0 });
});

test('a frame of 4 GiB is refused from its length alone', async () => {
  const { broker, client } = await brokerWithQueue();
  const socket = await rawSocket(broker);
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7b]));
  expect((await untilClosed(socket)).toString('latin1')).toContain('"code":"TOO_LARGE"');
  expect(await client.ask({ operation: 'PING' })).toMatchObject({ status: 'success' });
});

test('half a frame, and nothing at all, disturb nobody', async () => {
  const { broker, client } = await brokerWithQueue();
  const half = await rawSocket(broker);
  half.write(frameOf({ operation: 'PING' }).subarray(0, 9));
  await rawSocket(broker);
  expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 1 })).toMatchObject({ sequence_num: 1 });
  half.write(frameOf({ operation: 'PING' }).subarray(9));
  const [answer] = (await once(half, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toContain('"status":"success"');
});

test('what is no request is answered, and the connection goes on', async () => {
  const { client } = await brokerWithQueue();
  expect(await client.ask({ operation: 'EXPLODE' })).toMatchObject({ code: 'METHOD_NOT_FOUND' });
  expect(await client.ask({ operation: 'APPEND', queue_name: 'orders' })).toMatchObject({ status: 'error', code: 'INVALID_PARAMS' });
  expect(await client.ask({ operation: 'PING' })).toMatchObject({ status: 'success' });
});

test('ten thousand pipelined requests of one client are all answered, and another client does not wait for them', async () => {
  const { broker, client: patient } = await brokerWithQueue();
  const greedy = await clientOf(broker);
  let answered = 0;
  const flood = Array.from({ length: 10_000 }, (_, data) =>
    greedy.ask({ operation: 'APPEND', queue_name: 'orders', data }).then((answer) => {
      answered += 1;
      return answer.code ?? answer.status;
    }),
  );
  expect(await patient.ask({ operation: 'APPEND', queue_name: 'orders', data: 'mine' })).toMatchObject({ status: 'success' });
  expect(answered).toBeLessThan(10_000);
  expect(new Set(await Promise.all(flood))).toEqual(new Set(['success']));
  expect(await patient.ask({ operation: 'QUEUE_STATS', queue_name: 'orders' })).toMatchObject({ messages: 10_001 });
});

test('a disk that is full is told, nothing is acknowledged meanwhile, and the broker goes on when there is room', async () => {
  let full = false;
  const raised: string[] = [];
  let recovered: (() => void) | undefined;
  const room = new Promise<void>((resolve) => {
    recovered = resolve;
  });
  const { client } = await brokerWithQueue({
    wrapLog: (log) => withWrite(log, (write) => (full ? Promise.reject(new SignalboxError('STORAGE_FULL', 'The disk is full.')) : write())),
    problems: {
      raise: ({ id }) => raised.push(id),
      clear: (id) => {
        if (id === 'broker.storage') recovered?.();
      },
    },
  });
  expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 'before' })).toMatchObject({ status: 'success' });
  full = true;
  expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 'during' })).toMatchObject({ status: 'error' });
  expect(raised).toContain('broker.storage');
  expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 'still' })).toMatchObject({ code: 'STORAGE_FULL' });
  full = false;
  await room;
  let after = await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 'after' });
  while (after.code === 'NOT_LEADER') after = await client.ask({ operation: 'APPEND', queue_name: 'orders', data: 'after' });
  expect(after).toMatchObject({ status: 'success', sequence_num: 2 });
});

/** A log store whose writes go through something else. */
function withWrite(log: LogStore, around: (write: () => Promise<void>) => Promise<void>): LogStore {
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'write') return (...args: Parameters<LogStore['write']>) => around(() => target.write(...args));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('a client that guesses tokens is closed after a few', async () => {
  const { broker } = await brokerWithQueue();
  const client = await clientOf(broker);
  const answers = [];
  for (let guess = 0; guess < 8; guess += 1) answers.push(await client.ask({ operation: 'AUTH', token: `guess-${guess}` }));
  expect(answers.map(({ code, status }) => code ?? status)).toEqual([...Array(5).fill('UNAUTHENTICATED'), ...Array(3).fill('closed')]);
});

test('clients that have not shown who they are may not fill the memory with requests that never end', async () => {
  const { broker } = await brokerWithQueue();
  const strict = await testBroker(await temporaryFolder(), { anonymous: () => false });
  await strict.start();
  const head = Buffer.from([0x00, 0xff, 0xff, 0xff]);
  const sockets = await Promise.all(Array.from({ length: 6 }, () => rawSocket(strict)));
  const closed = Promise.race(sockets.map(untilClosed));
  for (const socket of sockets) socket.write(Buffer.concat([head, Buffer.alloc(15 * 1_048_576, 0x20)]));
  expect((await closed).toString('latin1')).toContain('"code":"OVERLOADED"');
  const honest = await clientOf(broker);
  expect(await honest.ask({ operation: 'PING' })).toMatchObject({ status: 'success' });
});
