/** A client as written for the first system (wire.md 1 and 1.1): raw frames, no sub-protocol, no field that it does not know. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { sha256 } from '../helpers/accounts.ts';
import { type HeadlessNode, setUpAdmin, startHeadless } from '../helpers/headless-node.ts';
import { openSocket, whenOpen } from '../helpers/http-fixture.ts';

interface Frame {
  readonly type: string;
  readonly requestid?: string;
  readonly [field: string]: unknown;
}

let node: HeadlessNode;
let socket: WebSocket;
const waiting: { readonly matches: (frame: Frame) => boolean; readonly resolve: (frame: Frame) => void }[] = [];
const form = { username: 'ada', password: sha256('correct horse') };

beforeAll(async () => {
  node = await startHeadless(await mkdtemp(join(tmpdir(), 'signalbox-')));
  await setUpAdmin(node, 'ada', 'correct horse');
});

afterAll(async () => {
  expect(await node.stop()).toBe(0);
  await rm(node.dataFolder, { recursive: true, force: true });
});

async function authorize(body: FormData | URLSearchParams): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${node.url}/authorize`, { method: 'POST', body });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

function frameWhere(matches: (frame: Frame) => boolean): Promise<Frame> {
  return new Promise((resolve) => waiting.push({ matches, resolve }));
}

function call(requestid: string, rest: Record<string, unknown>): Promise<Frame> {
  const answer = frameWhere((frame) => frame.requestid === requestid);
  socket.send(JSON.stringify({ type: 'rpc', requestid, ...rest }));
  return answer;
}

async function connectWith(token: string): Promise<void> {
  socket = openSocket(node.url, { token });
  // Each frame is one object: an old client knows no arrays.
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    expect(Array.isArray(frame)).toBe(false);
    for (const waiter of waiting.filter(({ matches }) => matches(frame))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(frame);
    }
  });
  await whenOpen(socket);
}

async function signedIn(): Promise<void> {
  const { answer } = await authorize(new URLSearchParams(form));
  await connectWith((answer.data as { access: { token: string } }).access.token);
}

test('the form signs in, in both encodings, and a wrong password gets the old failure', async () => {
  const multipart = new FormData();
  multipart.set('username', form.username);
  multipart.set('password', form.password);
  const token = { token: expect.any(String), issued: expect.any(Number), expires: expect.any(Number) };
  for (const body of [multipart, new URLSearchParams(form)]) {
    expect(await authorize(body)).toEqual({
      status: 200,
      answer: { status: 'success', code: 200, data: { access: token, refresh: token } },
    });
  }
  const wrong = await authorize(new URLSearchParams({ ...form, password: sha256('wrong') }));
  expect(wrong).toEqual({ status: 401, answer: { status: 'error', code: 401, message: expect.any(String) } });
});

test('an intent without serviceId is answered by this node, in the base shape alone', async () => {
  await signedIn();
  for (const intent of ['get_system_info', 'getSystemInfo']) {
    const answer = await call(`r-${intent}`, { intent, params: {} });
    expect(Object.keys(answer).sort()).toEqual(['data', 'requestid', 'serviceId', 'status', 'timestamp', 'type']);
    expect(answer).toMatchObject({
      type: 'rpc_response',
      status: 'success',
      serviceId: node.nodeId,
      data: { target: null, system: { os: { arch: expect.any(String) }, memory: { total: expect.any(Number) } } },
    });
  }
});

test('params may be missing, fields that the node does not know are passed over', async () => {
  await signedIn();
  expect(await call('r1', { intent: 'list_logs' })).toMatchObject({ status: 'success' });
  const answer = await call('r2', { intent: 'list_logs', params: { colour: 'red' }, priority: 7, meta: { client: 'old' } });
  expect(answer).toMatchObject({ status: 'success' });
  for (const log of answer.data as { name: string; topic: string }[])
    expect(log).toMatchObject({ name: expect.any(String), topic: `/logging/${log.name}` });
});

test('the configuration can be read', async () => {
  await signedIn();
  expect(await call('r1', { method: 'get_configuration', params: {} })).toMatchObject({
    status: 'success',
    data: { values: { 'node.name': node.name } },
  });
});

test('a subscription to /stats brings the statistics, and ends when asked', async () => {
  await signedIn();
  const event = frameWhere((frame) => frame.type === 'event' && frame.topic === '/stats');
  expect(await call('s1', { intent: 'subscribe_channel', params: { topic: '/stats' } })).toMatchObject({ status: 'success' });
  expect(await event).toMatchObject({
    type: 'event',
    name: 'data_generated',
    status: 'data',
    topic: '/stats',
    meta: { identity: node.nodeId, seq: expect.any(Number) },
    timestamp: expect.any(Number),
    data: {
      target: null,
      system: {
        cpu: { count: expect.any(Number) },
        memory: { used: expect.any(Number), percent: expect.any(Number) },
        disk: expect.any(Object),
        network: expect.any(Object),
        os: { uptime: expect.any(Number) },
      },
    },
  });
  expect(await call('s2', { intent: 'unsubscribe_channel', params: { topic: '/stats' } })).toMatchObject({ status: 'success' });
});

test('the assistant says in a sentence that it is not there', async () => {
  await signedIn();
  for (const intent of ['query_assist', 'clear_assist_session', 'assist_introduction']) {
    expect(await call(intent, { intent, params: { query: 'how are the nodes?' } })).toMatchObject({
      type: 'rpc_response',
      status: 'error',
      code: 'METHOD_NOT_FOUND',
      message: expect.stringMatching(/[a-z].*\.$/),
    });
  }
});

test('a failure has the base shape', async () => {
  await signedIn();
  const answer = await call('f1', { intent: 'no_such_thing', params: {} });
  expect(answer).toMatchObject({
    type: 'rpc_response',
    requestid: 'f1',
    status: 'error',
    code: 'METHOD_NOT_FOUND',
    retryable: false,
    timestamp: expect.any(Number),
  });
});

test('a broadcast is accepted at once', async () => {
  await signedIn();
  expect(await call('b1', { intent: 'list_logs', params: {}, serviceId: '*' })).toMatchObject({
    status: 'success',
    data: { accepted: true },
  });
});

test('restart_self restarts the node, and the same access token works after it', async () => {
  const { answer } = await authorize(new URLSearchParams(form));
  const { token } = (answer.data as { access: { token: string } }).access;
  await connectWith(token);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  expect(await call('x1', { intent: 'restart_self', params: {} })).toMatchObject({ status: 'success', data: { accepted: true } });
  expect(await closed).toBe(1001);
  expect(await node.nextLine()).toMatchObject({ event: 'stopped', restart: true });
  const again = await node.nextLine();
  expect(again).toMatchObject({ event: 'started', nodeId: node.nodeId, setupUrl: null });
  Object.assign(node, { url: again.url });
  await connectWith(token);
  expect(await call('x2', { intent: 'list_logs' })).toMatchObject({ status: 'success' });
});
