import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { Profile } from '../../src/common/wire/messages.ts';
import { attachWebSocket, type Router } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { createRouterFixture, principalWith } from '../helpers/router-fixture.ts';

let router: Router;
let http: Server;
let server: WebSocketServer;
let profile: Profile;

beforeEach(async () => {
  ({ router } = createRouterFixture());
  router.register(createEventsService({ router }));
  router.register({
    'config.validate': ({ values }) => ({ valid: true, issues: [{ key: 'text', message: String(values.text) }], restartNeeded: [] }),
  });
  http = createServer();
  server = new WebSocketServer({ server: http, maxPayload: router.limits.clientFrameBytes });
  server.on('connection', (socket) => attachWebSocket(router, socket, { principal: () => principalWith('admin'), profile, kind: 'ws' }));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  await router.stop();
  server.close();
  http.close();
});

/** A client that keeps the text of each frame. */
async function open(of: Profile) {
  profile = of;
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`);
  const frames: unknown[] = [];
  let arrived: () => void = () => undefined;
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    arrived();
  });
  await once(socket, 'open');
  return {
    socket,
    frames,
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    /** Resolves when so many messages have come, in whatever frames. */
    until: (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => {
          if (frames.flat().length >= count) resolve();
        };
        arrived();
      }),
  };
}

const subscribe = { type: 'rpc', requestid: 's', method: 'subscribe_channel', params: { topic: '/site/#' } };

describe('a WebSocket of the node', () => {
  test('carries the events of a turn in one array to current clients and one by one to the first system’s', async () => {
    const current = await open('current');
    const legacy = await open('legacy');
    const second = await open('legacy');
    for (const client of [current, legacy, second]) {
      client.send(subscribe);
      await client.until(1);
    }
    for (let n = 1; n <= 3; n++) router.publish('/site/a', { n, text: 'schön ✓' });
    await Promise.all([current.until(4), legacy.until(4), second.until(4)]);
    expect(current.frames).toHaveLength(2);
    expect((current.frames[1] as { data: unknown }[]).map(({ data }) => data)).toEqual([1, 2, 3].map((n) => ({ n, text: 'schön ✓' })));
    expect(legacy.frames.slice(1)).toEqual(current.frames[1]);
    expect(second.frames.slice(1)).toEqual(current.frames[1]);
  });

  test('keeps frames whole beside pings, whatever their length', async () => {
    const client = await open('current');
    client.send(subscribe);
    await client.until(1);
    const lengths = [0, 1, 125, 126, 127, 65_400, 65_536, 200_000];
    const pongs: Promise<unknown>[] = [];
    for (const length of lengths) {
      client.send({ type: 'rpc', requestid: `r${length}`, method: 'config.validate', params: { values: { text: 'é'.repeat(length) } } });
      pongs.push(once(client.socket, 'pong'));
      client.socket.ping('are you there');
      router.publish('/site/a', 'x'.repeat(length));
    }
    await client.until(1 + 2 * lengths.length);
    await Promise.all(pongs);
    const messages = client.frames.flat().slice(1) as { type: string; data: unknown }[];
    const answers = messages.filter(({ type }) => type === 'rpc_response') as { data: { issues: { message: string }[] } }[];
    const events = messages.filter(({ type }) => type === 'event') as { data: string }[];
    expect(answers.map(({ data }) => data.issues[0]?.message.length)).toEqual(lengths);
    expect(events.map(({ data }) => data.length)).toEqual(lengths);
  });

  test('answers the requests of an array in order, then closes when it is told', async () => {
    const client = await open('current');
    client.send(['a', 'b', 'c'].map((requestid) => ({ ...subscribe, requestid })));
    await client.until(3);
    expect(client.frames.map((frame) => (frame as { requestid: string }).requestid)).toEqual(['a', 'b', 'c']);
    const closed = once(client.socket, 'close');
    expect(router.disconnect(({ kind }) => kind === 'ws', 4401, 'signed out')).toBe(1);
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([4401, 'signed out']);
  });

  test('takes text alone, and ends with 1007 after too many unreadable frames', async () => {
    const binary = await open('current');
    const binaryClosed = once(binary.socket, 'close');
    binary.socket.send(Buffer.from([1, 2, 3]));
    expect((await binaryClosed)[0]).toBe(1003);
    const broken = await open('current');
    const brokenClosed = once(broken.socket, 'close');
    for (let n = 0; n < 6; n++) broken.socket.send('nonsense');
    expect((await brokenClosed)[0]).toBe(1007);
    expect(broken.frames).toHaveLength(6);
  });

  test('closes a client that never reads, while another is served', async () => {
    const stuck = await open('current');
    stuck.socket.pause();
    const reader = await open('current');
    reader.send(subscribe);
    await reader.until(1);
    const text = 'x'.repeat(900_000);
    const closed = new Promise<void>((resolve) => router.onDisconnect(() => resolve()));
    for (let n = 0; n < 64; n++) stuck.send({ type: 'rpc', requestid: `r${n}`, method: 'config.validate', params: { values: { text } } });
    await closed;
    router.publish('/site/a', 'served');
    await reader.until(2);
    expect(reader.frames[1]).toMatchObject([{ data: 'served' }]);
    expect(router.snapshot().clients.ws).toBe(1);
    stuck.socket.terminate();
  });
});
