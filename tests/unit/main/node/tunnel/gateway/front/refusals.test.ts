/** Rules, bounds, times, and agents that are away for a moment. */
import { expect, test } from 'vitest';
import type { AccessRules } from '../../../../../../../src/common/contract/tunnels.ts';
import { SignalboxError } from '../../../../../../../src/common/errors.ts';
import type { RouteDefinition } from '../../../../../../../src/main/node/tunnel/gateway/types.ts';
import { ask, RawClient, startFront } from '../../../../../../helpers/public-front.ts';

const open: AccessRules = { basicAuth: null, allowedAddresses: [], requestsPerSecond: null };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

function route(definition: Partial<RouteDefinition>): RouteDefinition {
  return {
    routeId: 'RO-AAAAAAAA',
    kind: 'http',
    host: 'shop.example.com',
    pathPrefix: '/',
    stripPrefix: false,
    agentId: 'a',
    access: undefined,
    ...definition,
  };
}

test('a name and a password are asked for, compared whole, and not passed on', async () => {
  const { agents, port, front } = await startFront();
  const agent = agents.add('a', {
    access: { ...open, basicAuth: { username: 'ada', password: 'se:cret ü' } },
    onStream: (stream) => stream.answer(200, [], 'in'),
  });
  const refused = await ask(port, 'a');
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toBe('Basic realm="a", charset="UTF-8"');
  for (const wrong of [basic('ada:'), basic('ada:se:cret'), basic('eve:se:cret ü'), basic(''), 'Bearer x', 'Basic', 'Basic ?']) {
    expect((await ask(port, 'a', '/', { headers: { Authorization: wrong } })).status).toBe(401);
  }
  expect(agent.streams).toHaveLength(0);
  expect((await ask(port, 'a', '/', { headers: { Authorization: basic('ada:se:cret ü') } })).status).toBe(200);
  expect((await agent.stream()).head.headers).not.toContain('Authorization');
  expect(front.totals().refusedBy).toEqual({ credentials: 8 });
  expect(front.agentFigures('a')?.refused).toBe(8);
});

test('without a rule of the gateway the credentials are the service’s', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => stream.answer(200, [], 'in'));
  await ask(port, 'a', '/', { headers: { Authorization: basic('x:y') } });
  expect((await agent.stream()).head.headers).toContain('Authorization');
});

test.each([
  [['127.0.0.0/8'], 200],
  [['127.0.0.1'], 200],
  [['10.0.0.0/8', '::1', '2001:db8::/32'], 403],
  [['nonsense'], 403],
])('networks %j: %d', async (allowedAddresses, status) => {
  const { agents, port } = await startFront();
  agents.add('a', { access: { ...open, allowedAddresses }, onStream: (stream) => stream.answer(200, [], 'in') });
  expect((await ask(port, 'a')).status).toBe(status);
});

test('more requests than a rule allows: 429 and when to come again', async () => {
  const { agents, port } = await startFront();
  agents.add('a', { access: { ...open, requestsPerSecond: 0.1 }, onStream: (stream) => stream.answer(200, [], 'in') });
  expect((await ask(port, 'a')).status).toBe(200);
  const refused = await ask(port, 'a');
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('10');
});

test('the rules of a route hold besides those of the tunnel, and are live', async () => {
  const guarded = route({ access: { ...open, basicAuth: { username: 'u', password: 'p' } } });
  const { front, agents, port } = await startFront({ routes: [guarded] });
  agents.add('a', (stream) => stream.answer(200, [], stream.head.headers.includes('Authorization') ? 'seen' : 'hidden'));
  expect((await ask(port, 'shop.example.com')).status).toBe(401);
  expect((await ask(port, 'shop.example.com', '/', { headers: { Authorization: basic('u:p') } })).body).toBe('hidden');
  expect((await ask(port, 'a.example.com')).status).toBe(200);
  expect(front.routeFigures('RO-AAAAAAAA')).toMatchObject({ requests: 1, refused: 1, inFlight: 0 });
  front.setRoutes([]);
  expect((await ask(port, 'shop.example.com')).status).toBe(404);
});

test('a route that goes ends what is on its way through it, and nothing else', async () => {
  const { front, agents, port } = await startFront({ routes: [route({})] });
  const agent = agents.add('a');
  const through = await RawClient.open(port);
  through.send('GET /1 HTTP/1.1\r\nHost: shop.example.com\r\n\r\n');
  await agent.stream(0);
  const beside = await RawClient.open(port);
  beside.send('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  const other = await agent.stream(1);
  front.setRoutes([]);
  await through.until(({ closed }) => closed);
  expect((await agent.stream(0)).resetCode).toBe('cancelled');
  expect(other.resetCode).toBeUndefined();
  other.answer(200, [], 'still');
  await beside.untilText('still');
});

test('a prefix may be left out towards the service, which is told of it', async () => {
  const { agents, port } = await startFront({ routes: [route({ pathPrefix: '/api', stripPrefix: true })] });
  const agent = agents.add('a', (stream) => stream.answer(200, [], stream.head.path));
  expect((await ask(port, 'shop.example.com', '/api/orders?x=1')).body).toBe('/orders?x=1');
  expect((await ask(port, 'shop.example.com', '/api?x=1')).body).toBe('/?x=1');
  expect((await agent.stream()).head.headers.slice(-4, -2)).toEqual(['X-Forwarded-Prefix', '/api']);
  expect((await ask(port, 'shop.example.com', '/apis')).status).toBe(404);
  expect((await ask(port, 'shop.example.com', '/api/../admin')).status).toBe(400);
});

test('an agent that is draining, full or gone in the meantime: 503 with when to try again', async () => {
  const { agents, port } = await startFront({ limits: { inFlightPerAgent: 1 } });
  agents.add('stopping', { state: 'draining' });
  const draining = await ask(port, 'stopping');
  expect(draining.status).toBe(503);
  expect(draining.headers['retry-after']).toBe('5');
  const busy = agents.add('busy');
  const first = await RawClient.open(port);
  first.send('GET / HTTP/1.1\r\nHost: busy\r\n\r\n');
  await busy.stream();
  expect((await ask(port, 'busy')).headers['signalbox-error']).toBe('agent-busy');
  const failing = agents.add('failing');
  for (const [code, status] of [
    ['LIMIT', 503],
    ['OVERLOADED', 503],
    ['TOO_LARGE', 413],
    ['NODE_LOST', 502],
  ] as const) {
    failing.failure = new SignalboxError(code, 'no');
    expect((await ask(port, 'failing')).status).toBe(status);
  }
});

test('what nobody expected of an agent is told, and the client gets 502', async () => {
  const { agents, port, faults } = await startFront();
  agents.add('a').failure = new Error('a fault');
  expect((await ask(port, 'a')).status).toBe(502);
  expect(faults).toHaveLength(1);
});

test('requests to an agent in grace wait and are carried when it is back', async () => {
  const { front, agents, port } = await startFront();
  const agent = agents.add('a', { state: 'grace', onStream: (stream) => stream.answer(200, [], stream.text || 'back') });
  const get = ask(port, 'a');
  const post = ask(port, 'a', '/', { method: 'POST', body: 'kept' });
  await expect.poll(() => front.totals().waiting).toBe(2);
  agent.onStream = (stream) => {
    if (stream.head.method === 'GET') stream.answer(200, [], 'back');
    else void stream.until(({ trailers }) => trailers !== undefined).then(() => stream.answer(200, [], stream.text));
  };
  agents.comeBack('a');
  expect((await get).body).toBe('back');
  expect((await post).body).toBe('kept');
  expect(front.totals()).toMatchObject({ waiting: 0, inFlight: 0 });
});

test('an agent that does not come back: 503; a client that goes away stops waiting; a full room: 503 at once', async () => {
  const { front, agents, port } = await startFront({ limits: { waitingPerAgent: 1 } });
  agents.add('a', { state: 'grace' });
  const waiting = ask(port, 'a');
  await expect.poll(() => agents.waitingFor('a')).toBe(1);
  expect((await ask(port, 'a')).headers['signalbox-error']).toBe('waiting-full');
  agents.remove('a');
  expect((await waiting).status).toBe(503);
  agents.add('b', { state: 'grace' });
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: b\r\n\r\n');
  await expect.poll(() => agents.waitingFor('b')).toBe(1);
  client.socket.destroy();
  await expect.poll(() => agents.waitingFor('b')).toBe(0);
  expect(front.totals().inFlight).toBe(0);
});

test('the wait for an agent ends in time', async () => {
  const { agents, port } = await startFront({ limits: { waitMs: 0 } });
  agents.add('a', { state: 'grace' });
  expect((await ask(port, 'a')).headers['signalbox-error']).toBe('agent-away');
  expect(agents.waitingFor('a')).toBe(0);
});

test('a GET whose link was lost before its answer is asked once more; a POST is not', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => {
    if (agent.streams.length === 1) {
      agent.state = 'grace';
      stream.events.onReset('linkLost', 'The link is lost.');
    } else stream.answer(200, [], 'second');
  });
  const get = ask(port, 'a');
  await expect.poll(() => agents.waitingFor('a')).toBe(1);
  agents.comeBack('a');
  expect((await get).body).toBe('second');
  agent.onStream = (stream) => stream.events.onReset('linkLost', 'The link is lost.');
  const before = agent.streams.length;
  expect((await ask(port, 'a', '/', { method: 'POST', body: 'x' })).status).toBe(502);
  expect(agent.streams.length).toBe(before + 1);
  expect((await ask(port, 'a')).headers['signalbox-error']).toBe('agent-lost');
  expect(agent.streams.length).toBe(before + 3);
});

test('no head in time: 504 and the stream is reset; while a client still sends, its time counts', async () => {
  const { front, agents, port } = await startFront({ limits: { answerMs: 0, stalledMs: 86_400_000 } });
  const agent = agents.add('a');
  const answer = await ask(port, 'a');
  expect(answer.status).toBe(504);
  expect((await agent.stream()).resetCode).toBe('timeout');
  const slow = await RawClient.open(port);
  slow.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na');
  const upload = await agent.stream(1);
  await upload.until(({ text }) => text === 'a');
  expect(upload.resetCode).toBeUndefined();
  slow.send('b');
  await slow.untilText('504 Gateway Timeout');
  expect(upload.resetCode).toBe('timeout');
  expect(front.agentFigures('a')).toMatchObject({ requests: 2, errorRatio: 1, inFlight: 0 });
});

test('a client that stops in the middle of its body gets 408', async () => {
  const { agents, port } = await startFront({ limits: { answerMs: 0, stalledMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na');
  await client.untilText('408 Request Timeout');
  expect((await agent.stream()).resetCode).toBe('cancelled');
});

test('a client that reads nothing of a long answer is let go', async () => {
  const { agents, port } = await startFront({ limits: { stalledMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const stream = await agent.stream();
  client.socket.pause();
  stream.events.onHead?.({ status: 200, headers: [] }, false);
  const piece = Buffer.alloc(65_536);
  for (let sent = 0; sent < 256; sent++) stream.events.onData(piece);
  await stream.until(({ resetCode }) => resetCode === 'timeout');
});

test('a client that reads nothing of an answer that came whole is let go, also when answers wait behind it', async () => {
  const { front, agents, port } = await startFront({ limits: { stalledMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2));
  const piece = Buffer.alloc(16_777_216);
  const [first, second] = [await agent.stream(), await agent.stream(1)];
  for (const { events } of [second, first]) {
    events.onHead?.({ status: 200, headers: ['Content-Length', String(piece.length)] }, false);
    events.onData(piece);
    events.onEnd([]);
  }
  expect(front.totals()).toMatchObject({ inFlight: 0 });
  await expect.poll(() => front.totals().connections).toBe(0);
});

test('whoever sends nothing, or half a head, is closed; rows 3 and 4', async () => {
  const { front, port } = await startFront({ limits: { headMs: 0 } });
  const silent = await RawClient.open(port);
  await silent.all();
  expect(front.totals()).toMatchObject({ refusedBy: { 'slow-head': 1 } });
});

test('a connection beyond the bound of all is closed at once', async () => {
  const { front, agents, port } = await startFront({ limits: { connections: 2, connectionsPerAddress: 1 } });
  agents.add('a', (stream) => stream.answer(200, [], 'in'));
  // A proxy on this machine brings everybody from one address, so loopback has no bound of its own.
  const kept = [await RawClient.open(port), await RawClient.open(port)];
  await (await RawClient.open(port)).all();
  expect(front.totals()).toMatchObject({ connections: 2, refusedBy: { connections: 1 } });
  kept[0]?.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await kept[0]?.untilText('200 OK');
  kept[0]?.socket.destroy();
  await expect.poll(() => front.totals().connections).toBe(1);
  expect((await ask(port, 'a')).status).toBe(200);
});

test('passwords cannot be guessed at any speed', async () => {
  const { agents, port, front } = await startFront();
  agents.add('a', { access: { ...open, basicAuth: { username: 'u', password: 'p' } }, onStream: (stream) => stream.answer(200, [], 'in') });
  const tryPassword = (password: string) => ask(port, 'a', '/', { headers: { Authorization: basic(`u:${password}`) } });
  expect((await ask(port, 'a')).status).toBe(401);
  for (let guess = 0; guess < 20; guess++) expect((await tryPassword(String(guess))).status).toBe(401);
  expect((await tryPassword('p')).status).toBe(429);
  expect(front.totals().refusedBy).toEqual({ credentials: 21, rate: 1 });
});

test('row 1: connect and close, and TLS to the plain port, change nothing', async () => {
  const { front, agents, port, faults } = await startFront();
  agents.add('a', (stream) => stream.answer(200, [], 'in'));
  for (let count = 0; count < 50; count++) (await RawClient.open(port)).socket.destroy();
  const tls = await RawClient.open(port);
  tls.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
  await tls.all();
  expect((await ask(port, 'a')).status).toBe(200);
  await expect.poll(() => front.totals().connections).toBe(0);
  expect(faults).toEqual([]);
});

test('what is on its way may end when the gateway stops; what does not is broken off', async () => {
  const { front, agents, port } = await startFront({ limits: { drainMs: 20_000 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const stream = await agent.stream();
  const stopped = front.stop();
  stream.answer(200, [], 'last');
  await client.untilText('last');
  await stopped;
  await client.until(({ ended, closed }) => ended || closed);
  expect(front.address).toBeUndefined();
});

test('while the gateway stops, new requests on old connections are told so', async () => {
  const { front, agents, port } = await startFront({ limits: { drainMs: 20_000 } });
  const agent = agents.add('a');
  const [running, idle] = [await RawClient.open(port), await RawClient.open(port)];
  running.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const stream = await agent.stream();
  const stopped = front.stop();
  idle.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await idle.untilText('503 Service Unavailable');
  expect(idle.text).toContain('Signalbox-Error: stopping');
  stream.answer(200, [], 'last');
  await running.untilText('last');
  await stopped;
});

test('clients that come and go in the middle of things leave nothing behind (row 57)', async () => {
  const { front, agents, port, faults } = await startFront();
  const agent = agents.add('a', (stream) => stream.events.onHead?.({ status: 200, headers: [] }, false));
  agents.add('b', { state: 'grace' });
  for (let round = 0; round < 100; round++) {
    const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.open(port)));
    clients[0]?.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    clients[1]?.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx');
    clients[2]?.send('GET / HTTP/1.1\r\nHost: b\r\n\r\n');
    clients[3]?.send('GET / HTT');
    await Promise.all([clients[0]?.untilText('\r\n\r\n'), clients[1]?.untilText('\r\n\r\n')]);
    for (const client of clients) client.socket.resetAndDestroy();
  }
  await expect.poll(() => front.totals()).toMatchObject({ connections: 0, inFlight: 0, waiting: 0 });
  expect(agents.waitingFor('b')).toBe(0);
  expect(agent.streams.every(({ resetCode }) => resetCode === 'cancelled')).toBe(true);
  expect(faults).toEqual([]);
});

test('a request that goes round is ended with 508', async () => {
  const { agents, port, front } = await startFront();
  const agent = agents.add('a', (stream) => stream.answer(200, [], 'in'));
  const via = (times: number) => ({ headers: { Via: ['1.0 first', ...Array(times).fill('1.1 signalbox')].join(', ') } });
  expect((await ask(port, 'a', '/', via(3))).status).toBe(200);
  expect((await ask(port, 'a', '/', via(4))).status).toBe(508);
  expect(agent.streams).toHaveLength(1);
  expect(front.totals().refusedBy).toEqual({ loop: 1 });
});

test('a port that is taken is a conflict that says so', async () => {
  const { port } = await startFront();
  await expect(startFront({ port })).rejects.toMatchObject({ code: 'CONFLICT' });
});
