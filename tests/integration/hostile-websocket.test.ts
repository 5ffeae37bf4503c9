/** What strangers and broken clients may send to the client WebSocket, and what must come of it (security.md section 6, rows 15 to 20e). */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { NodeClient } from '../../src/common/client/node-client.ts';
import { connectWebSocket } from '../../src/common/client/web-socket-transport.ts';
import { limits } from '../../src/common/limits.ts';
import { sha256 } from '../helpers/accounts.ts';
import { type HeadlessNode, setUpAdmin, signIn, startHeadless } from '../helpers/headless-node.ts';
import { nextMessage, openSocket, request, whenClosed, whenOpen } from '../helpers/http-fixture.ts';
import { encodeFrame, type RawFrame, rawUpgrade, whenEnded } from '../helpers/raw-web-socket.ts';

let node: HeadlessNode;
let port: number;
let admin: string;
let viewer: string;
let honest: NodeClient;

beforeAll(async () => {
  node = await startHeadless(await mkdtemp(join(tmpdir(), 'signalbox-')));
  port = Number(new URL(node.url).port);
  admin = await setUpAdmin(node, 'ada', 'correct horse');
  const { token } = JSON.parse(await readFile(join(node.dataFolder, 'cli.token'), 'utf8')) as { token: string };
  honest = new NodeClient({
    reconnect: false,
    connect: () =>
      connectWebSocket({
        url: `ws://127.0.0.1:${port}/ws`,
        open: (url, protocol) => new WebSocket(url, protocol, { headers: { Authorization: `Bearer ${token}` } }),
      }),
  });
  await honest.call('users.add', { username: 'vera', role: 'viewer', passwordSha256: sha256('correct horse') });
  viewer = await signIn(node.url, 'vera', 'correct horse');
});

afterAll(async () => {
  honest.close();
  expect(await node.stop()).toBe(0);
  await rm(node.dataFolder, { recursive: true, force: true });
});

/** After every attack: the process lives, and a client that was there before and a new one are served. */
afterEach(async () => {
  expect(node.child.exitCode).toBeNull();
  expect(await honest.call('users.me', {})).toMatchObject({ via: 'cli' });
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
});

async function openAs(token: string, protocol: string | undefined = 'signalbox.v1'): Promise<WebSocket> {
  const socket = openSocket(node.url, { token, ...(protocol !== undefined && { protocol }) });
  await whenOpen(socket);
  return socket;
}

async function answerTo(socket: WebSocket, frame: string): Promise<unknown> {
  const answer = nextMessage(socket);
  socket.send(frame);
  return answer;
}

test('row 15: a foreign Origin or Host is refused with 403, an unknown sub-protocol with 400, before the upgrade', async () => {
  const path = `/ws?token=${viewer}`;
  const attempts: [Record<string, string>, number][] = [
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: `http://127.0.0.1:${port + 1}` }, 403],
    [{ Host: `evil.example:${port}` }, 403],
    [{ Host: `127.0.0.1.evil.example:${port}`, Origin: `http://127.0.0.1.evil.example:${port}` }, 403],
    [{ 'Sec-WebSocket-Protocol': 'mqtt' }, 400],
    [{ Origin: `http://127.0.0.1:${port}`, 'Sec-WebSocket-Protocol': 'mqtt, signalbox.v1' }, 101],
    // The first system's clients offer none.
    [{}, 101],
  ];
  const statuses = [];
  for (const [headers] of attempts) {
    const { status, socket } = await rawUpgrade(port, path, headers);
    statuses.push(status);
    socket.destroy();
  }
  expect(statuses).toEqual(attempts.map(([, status]) => status));
});

test('row 16: frames that break RFC 6455 or its bounds close the connection with a code', async () => {
  const text = 1;
  const ping = 9;
  const attacks: [string, readonly RawFrame[], number][] = [
    ['over maxPayload', [{ opcode: text, payload: Buffer.alloc(limits.clientFrameBytes + 1, 'x') }], 1009],
    ['unmasked', [{ opcode: text, payload: Buffer.from('{}'), masked: false }], 1002],
    ['reserved bit', [{ opcode: text, payload: Buffer.from('{}'), reserved: 2 }], 1002],
    ['reserved opcode', [{ opcode: 5, payload: Buffer.from('{}') }], 1002],
    ['bad UTF-8', [{ opcode: text, payload: Buffer.from([0xc3, 0x28]) }], 1007],
    ['long control frame', [{ opcode: ping, payload: Buffer.alloc(126) }], 1002],
    ['fragmented control frame', [{ opcode: ping, fin: false }], 1002],
    ['continuation of nothing', [{ opcode: 0 }], 1002],
    ['binary', [{ opcode: 2, payload: Buffer.from('{}') }], 1003],
  ];
  const codes = [];
  for (const [name, frames] of attacks) {
    const { socket, closeCode } = await rawUpgrade(port, `/ws?token=${viewer}`);
    for (const frame of frames) socket.write(encodeFrame(frame));
    codes.push([name, await closeCode]);
  }
  expect(codes).toEqual(attacks.map(([name, , code]) => [name, code]));
});

test('row 16: a million one-byte fragments end early, and cost the node no memory', async () => {
  const before = await memoryOfNode();
  const { socket, closeCode } = await rawUpgrade(port, `/ws?token=${viewer}`);
  const fragment = encodeFrame({ opcode: 0, payload: Buffer.from('x'), fin: false });
  const flood = Buffer.concat(Array.from({ length: 10_000 }, () => fragment));
  socket.write(encodeFrame({ opcode: 1, payload: Buffer.from('x'), fin: false }));
  for (let sent = 0; sent < 1_000_000 && !socket.destroyed; sent += 10_000) {
    if (!socket.write(flood)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), whenEnded(socket)]);
  }
  socket.destroy();
  // The close frame may be lost behind the reset that the unread flood causes.
  expect([1008, undefined]).toContain(await closeCode);
  expect((await memoryOfNode()) - before).toBeLessThan(64 * 1_048_576);
});

test('row 17: compression is not agreed to, so a compressed bomb is a protocol fault', async () => {
  const { head, status, socket, closeCode } = await rawUpgrade(port, `/ws?token=${viewer}`, {
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
  });
  expect(status).toBe(101);
  expect(head.toLowerCase()).not.toContain('sec-websocket-extensions');
  socket.write(encodeFrame({ opcode: 1, payload: Buffer.alloc(64), reserved: 4 }));
  expect(await closeCode).toBe(1002);
});

test('row 18: what is no message is answered with a code; the sixth within a minute closes with 1007', async () => {
  const frames = [
    'not json',
    'null',
    '42',
    '[]',
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',')}}`.slice(0, limits.clientFrameBytes),
  ];
  const socket = await openAs(viewer);
  const answers = [];
  for (const frame of frames.slice(0, 5)) answers.push(await answerTo(socket, frame));
  expect(answers).toMatchObject([
    { requestid: null, status: 'error', code: 'BAD_REQUEST' },
    { requestid: null, status: 'error', code: 'BAD_REQUEST' },
    { requestid: null, status: 'error', code: 'BAD_REQUEST' },
    { requestid: null, status: 'error', code: 'BAD_REQUEST' },
    { requestid: null, status: 'error', code: 'TOO_LARGE' },
  ]);
  const closed = whenClosed(socket);
  socket.send(frames[5] ?? '');
  expect(await closed).toMatchObject({ code: 1007 });
  const second = await openAs(viewer);
  expect(await answerTo(second, frames[5] ?? '')).toMatchObject({ code: 'TOO_LARGE' });
});

test('row 19: values that mean different things to different readers are refused, and nothing is polluted', async () => {
  const call = (fields: string) => `{"type":"rpc","requestid":"a","method":"users.me",${fields}}`;
  const frames = [
    call('"params":{"__proto__":{"admin":true}}'),
    call('"params":{"constructor":{"prototype":{"admin":true}}}'),
    call('"params":{},"params":{"x":1}'),
    call('"params":{},"timeoutMs":1e400'),
    call('"params":{"x":-0}'),
    call('"params":{"x":"\\ud800"}'),
    call('"params":{},"unknown":1'),
    call('"params":{"unknown":1}'),
  ];
  const codes = [];
  for (const frame of frames) {
    const socket = await openAs(viewer);
    codes.push((await answerTo(socket, frame)) as { code: string });
    socket.close();
  }
  expect(codes.map(({ code }) => code)).toEqual(frames.map(() => 'INVALID_PARAMS'));
  const socket = await openAs(viewer);
  expect(await request(socket, 'users.me')).toMatchObject({ data: { roles: ['viewer'] } });
  expect(await request(socket, 'users.list')).toMatchObject({ code: 'FORBIDDEN' });
});

test('row 20: long batches, repeated ids, ids that are no text, and writes without an id are refused', async () => {
  const socket = await openAs(admin);
  const call = (requestid: unknown) => ({ type: 'rpc', requestid, method: 'users.me', params: {} });
  expect(await answerTo(socket, JSON.stringify(Array.from({ length: 21 }, (_, index) => call(`b${index}`))))).toMatchObject({
    code: 'TOO_LARGE',
  });
  const tenThousand = JSON.stringify(Array.from({ length: 10_000 }, (_, index) => call(`b${index}`)));
  expect(await answerTo(socket, tenThousand)).toMatchObject({ code: 'TOO_LARGE' });
  expect(await answerTo(socket, JSON.stringify(call({ a: 1 })))).toMatchObject({ requestid: null, code: 'INVALID_PARAMS' });

  const add = { type: 'rpc', method: 'users.add', params: { username: 'ghost', role: 'admin', passwordSha256: sha256('ghost ghost') } };
  expect(await answerTo(socket, JSON.stringify(add))).toMatchObject({ requestid: null, code: 'INVALID_PARAMS' });
  expect(await request(socket, 'users.list')).not.toMatchObject({
    data: { users: expect.arrayContaining([expect.objectContaining({ username: 'ghost' })]) },
  });

  // The first is still at its slow hash when the second comes.
  const twin = { ...add, requestid: 'twin', params: { ...add.params, username: 'twin', role: 'viewer' } };
  const answers = [nextMessage(socket)];
  socket.send(JSON.stringify([twin, twin]));
  expect(await answers[0]).toMatchObject({ requestid: 'twin', code: 'CONFLICT' });
  expect(await nextMessage(socket)).toMatchObject({ requestid: 'twin', status: 'success' });
});

test('row 20a: names that every object has are no methods', async () => {
  const socket = await openAs(admin);
  for (const method of ['nothing.here', 'toString', '__defineGetter__', 'constructor', '__proto__', 'hasOwnProperty']) {
    expect(await request(socket, method)).toMatchObject({ status: 'error', code: 'METHOD_NOT_FOUND' });
  }
});

test('row 20b: roles come from the session alone, and a refusal is in the audit table', async () => {
  const socket = await openAs(viewer);
  const person = { username: 'mallory', role: 'admin', passwordSha256: sha256('mallory mallory') };
  expect(await request(socket, 'users.add', person)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await request(socket, 'users.add', { ...person, roles: ['admin'], principal: { roles: ['admin'] } })).toMatchObject({
    status: 'error',
  });
  expect(await request(socket, 'users.list', {}, { principal: { user: 'ada', roles: ['admin'] } })).toMatchObject({
    code: 'INVALID_PARAMS',
  });
  const refusals = async () => (await honest.call('audit.list', { outcome: 'refused', act: 'users.add' })).entries;
  await expect
    .poll(async () => (await refusals())[0])
    .toMatchObject({ user: `vera@${node.nodeId}`, code: 'FORBIDDEN', outcome: 'refused' });
  expect(JSON.stringify(await refusals())).not.toContain(person.passwordSha256);
});

test('row 20c: the same write twice takes effect once and gets the same answer', async () => {
  const sockets = [await openAs(admin), await openAs(admin)];
  const person = { username: 'carol', role: 'viewer', passwordSha256: sha256('carol carol') };
  const answers = [];
  for (const socket of sockets) answers.push(await request(socket, 'users.add', person, { idempotencyKey: 'tab-1-tab-2' }));
  expect(answers[0]).toMatchObject({ status: 'success', data: { username: 'carol' } });
  expect(answers[1]?.data).toEqual(answers[0]?.data);
});

test('row 20d: a write whose client disconnects is done or not done, and its answer can be fetched', async () => {
  const first = await openAs(admin);
  const person = { username: 'dave', role: 'viewer', passwordSha256: sha256('dave dave') };
  const closed = whenClosed(first);
  first.send(JSON.stringify({ type: 'rpc', requestid: 'd', method: 'users.add', params: person, idempotencyKey: 'dave-once' }));
  first.close();
  await closed;
  const answer = await request(await openAs(admin), 'users.add', person, { idempotencyKey: 'dave-once' });
  expect(answer).toMatchObject({ status: 'success', data: { username: 'dave' } });
  const { users } = await honest.call('users.list', {});
  expect(users.filter(({ username }) => username === 'dave')).toHaveLength(1);
});

test('row 20e: subscriptions are limited, and a client that never reads costs little while others are served', async () => {
  const many = await openAs(viewer);
  const outcomes = [];
  for (let index = 0; index < limits.subscriptionsPerClient + 5; index++) {
    outcomes.push((await request(many, 'subscribe_channel', { topic: `/t/${index}` })).status);
  }
  expect(outcomes.filter((status) => status === 'success')).toHaveLength(limits.subscriptionsPerClient);
  expect(await request(many, 'subscribe_channel', { topic: '/t/one-more' })).toMatchObject({ code: 'OVERLOADED' });
  many.close();

  const before = await honest.call('node.status', {});
  const deaf = await openAs(viewer);
  expect(await request(deaf, 'subscribe_channel', { topic: '/flood/#' })).toMatchObject({ status: 'success' });
  deaf.pause();
  const memory = await memoryOfNode();
  const data = 'x'.repeat(200_000);
  // Who catches up nothing for half a minute is closed: on a slow machine before the last of them.
  let sentTo = 0;
  for (let index = 0; index < 900; index++) sentTo += (await honest.call('events.publish', { topic: '/flood/a', data })).subscribers;
  const after = await honest.call('node.status', {});
  // 180 MB were published: what its buffers and queue do not take is dropped and counted, not kept (what the heap holds until
  // it is collected is about 100 MB).
  expect(sentTo).toBeGreaterThan(0);
  expect(after.events.dropped).toBeGreaterThan(before.events.dropped + sentTo - 100);
  expect((await memoryOfNode()) - memory).toBeLessThan(170 * 1_048_576);
});

test('200 garbage connections leave an honest client served, and the log short', async () => {
  const garbage = Array.from({ length: 200 }, async (_, index) => {
    if (index % 4 === 0) {
      // Random bytes instead of HTTP.
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(Buffer.from(Array.from({ length: 4_096 }, (__, byte) => (byte * 37 + index) % 256)));
      return whenEnded(socket);
    }
    if (index % 4 === 1) {
      // The beginning of a request, and nothing more.
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write('GET /ws HTTP/1.1\r\nHost: 127');
      return whenEnded(socket);
    }
    const { socket, closeCode } = await rawUpgrade(port, index % 4 === 2 ? `/ws?token=${viewer}` : '/ws?token=wrong');
    socket.write(Buffer.from(Array.from({ length: 4_096 }, (__, byte) => (byte * 91 + index) % 256)));
    return closeCode;
  });
  const served = [];
  for (let index = 0; index < 50; index++) served.push(honest.call('users.me', {}, { timeoutMs: 5_000 }));
  expect(await Promise.all(served)).toHaveLength(50);
  await Promise.all(garbage);
  const { entries } = await honest.call('logs.tail', { name: 'http', lines: 1_000 });
  // One line an address and reason in 10 s, not one a connection.
  expect(entries.filter(({ event }) => event?.startsWith('http.refused.')).length).toBeLessThan(30);
  expect(JSON.stringify(entries)).not.toContain(viewer);
});

async function memoryOfNode(): Promise<number> {
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}
