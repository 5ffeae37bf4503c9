/** What passes between a client and an agent, over real sockets (seed 5 section 2, wire.md 5). */
import { expect, test } from 'vitest';
import { ask, RawClient, startFront } from '../../../../../../helpers/public-front.ts';

test('a request reaches the agent that the first label names, and its answer the client', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('press-07', (stream) => stream.answer(200, ['Content-Type', 'text/plain', 'X-Service', 'Yes'], 'hello'));
  const answer = await ask(port, 'press-07.example.com', '/a/b?c=d', { headers: { 'X-Own': '1' } });
  expect(answer).toMatchObject({ status: 200, body: 'hello', headers: { 'x-service': 'Yes', via: '1.1 signalbox' } });
  const { head } = await agent.stream();
  expect(head).toMatchObject({
    kind: 'http',
    method: 'GET',
    path: '/a/b?c=d',
    bodyBytes: 0,
    remoteAddress: '127.0.0.1',
    expectsContinue: false,
  });
  expect(head.headers.slice(0, 4)).toEqual(['Host', 'press-07.example.com', 'X-Own', '1']);
});

test('nobody of that name: 404, as text or as JSON, with nothing of the client in it but the name', async () => {
  const { front, port } = await startFront();
  const text = await ask(port, 'nobody.example.com', '/<script>');
  expect(text.status).toBe(404);
  expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text.body).toContain('The agent nobody is not connected');
  expect(text.body).not.toContain('<');
  const json = await ask(port, 'nobody.example.com', '/', { headers: { Accept: 'application/json' } });
  expect(JSON.parse(json.body)).toMatchObject({ code: 404, error: 'no-agent', agent: 'nobody' });
  expect(front.totals().refusedBy).toEqual({ 'no-agent': 2 });
});

test('an address or a word that is no name leads nowhere', async () => {
  const { agents, port } = await startFront();
  agents.add('127', (stream) => stream.answer(200, [], 'no'));
  expect((await ask(port, '127.0.0.1')).status).toBe(404);
  expect((await ask(port, '[::1]:80')).status).toBe(404);
});

test('bodies stream both ways: each piece is passed on before the next one is there', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  const stream = await agent.stream();
  expect(stream.head.bodyBytes).toBeUndefined();
  await stream.until(({ text }) => text === 'abc');
  stream.events.onHead?.({ status: 200, headers: ['Content-Type', 'text/event-stream'] }, false);
  await client.untilText('\r\n\r\n');
  stream.events.onData(Buffer.from('data: 1\n\n'));
  await client.untilText('data: 1');
  client.send('2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n');
  await stream.until(({ trailers }) => trailers !== undefined);
  expect(stream.text).toBe('abcde');
  expect(stream.trailers).toEqual(['X-Sum', '5']);
  stream.events.onEnd(['X-Done', 'yes', 'Content-Length', '3']);
  await client.untilText('0\r\nX-Done: yes\r\n\r\n');
  expect(client.text).not.toContain('Content-Length');
});

test('an upload is held back while the stream has no room, and goes on when it has', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => {
    stream.hasRoom = false;
  });
  const size = 4_000_000;
  const client = await RawClient.open(port);
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  client.send('x'.repeat(size));
  const stream = await agent.stream();
  await stream.until(({ received }) => received.length > 0);
  const held = stream.text.length;
  expect(held).toBeLessThan(200_000);
  stream.hasRoom = true;
  stream.events.onDrain();
  await stream.until(({ trailers }) => trailers !== undefined);
  expect(stream.text.length).toBe(size);
});

test('credit goes back when the client has read, not before', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const stream = await agent.stream();
  client.socket.pause();
  const piece = Buffer.alloc(65_536);
  const pieces = 256;
  stream.events.onHead?.({ status: 200, headers: ['Content-Length', String(piece.length * pieces)] }, false);
  for (let sent = 0; sent < pieces; sent++) stream.events.onData(piece);
  // The system's buffers take some megabytes of the sixteen.
  expect(stream.consumedBytes).toBeLessThan(piece.length * pieces);
  client.socket.resume();
  await stream.until(({ consumedBytes }) => consumedBytes === piece.length * pieces);
  stream.events.onEnd([]);
  await client.until(({ receivedBytes }) => receivedBytes > piece.length * pieces);
});

test('HEAD, 204 and 304 have no body; an answer without a length ends in chunks, for HTTP/1.0 with the connection', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => {
    const { path, method } = stream.head;
    if (method === 'HEAD') stream.answer(200, ['Content-Length', '1234']);
    else if (path === '/204') stream.answer(204, []);
    else if (path === '/304') stream.answer(304, ['ETag', '"x"']);
    else if (path === '/empty') stream.answer(200, []);
    else stream.answer(200, [], 'abc');
  });
  expect((await ask(port, 'a', '/', { method: 'HEAD' })).headers['content-length']).toBe('1234');
  expect((await ask(port, 'a', '/204')).rawHeaders).not.toContain('Transfer-Encoding');
  expect((await ask(port, 'a', '/304')).headers.etag).toBe('"x"');
  expect((await ask(port, 'a', '/empty')).headers['content-length']).toBe('0');
  expect((await ask(port, 'a', '/')).headers['transfer-encoding']).toBe('chunked');
  const old = await RawClient.open(port);
  old.send('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
  const text = await old.all();
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text).toMatch(/\r\nConnection: close\r\n/);
  expect(text.endsWith('\r\n\r\nabc')).toBe(true);
});

test('trailers that are announced where none can come, and lengths where no body can, do no harm', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => {
    if (stream.head.path === '/204') stream.answer(204, ['Content-Length', '5']);
    else if (stream.head.method === 'HEAD') stream.answer(200, ['Trailer', 'X-Sum']);
    else if (stream.head.path === '/empty') stream.answer(200, ['Trailer', 'X-Sum']);
    else if (stream.head.path === '/length') stream.answer(200, ['Trailer', 'X-Sum', 'Content-Length', '3'], 'abc');
    else stream.answer(200, ['Trailer', 'X-Sum'], 'abc');
  });
  expect((await ask(port, 'a', '/204')).headers['content-length']).toBeUndefined();
  expect((await ask(port, 'a', '/', { method: 'HEAD' })).status).toBe(200);
  expect((await ask(port, 'a', '/length')).body).toBe('abc');
  for (const Connection of ['keep-alive', 'close']) {
    const empty = await ask(port, 'a', '/empty', { headers: { Connection } });
    expect([empty.status, empty.body, empty.headers['content-length'], empty.headers.trailer]).toEqual([200, '', '0', undefined]);
  }
  expect((await ask(port, 'a', '/')).headers.trailer).toBe('X-Sum');
  const old = await RawClient.open(port);
  old.send('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
  expect(await old.all()).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('one connection carries many requests, also sent before their answers', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => stream.answer(200, ['Content-Length', '1'], stream.head.path.slice(1)));
  const client = await RawClient.open(port);
  client.send(['1', '2', '3'].map((path) => `GET /${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  await client.until(({ text }) => text.split('HTTP/1.1 200').length === 4 && text.endsWith('3'));
  expect([...client.text.matchAll(/\r\n\r\n(\d)/g)].map(([, body]) => body)).toEqual(['1', '2', '3']);
});

test('Set-Cookie lines stay apart and in their order, and the spelling of names stays', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => stream.answer(200, ['Set-Cookie', 'a=1', 'X-B', '2', 'Set-Cookie', 'c=3', 'DATE', 'then'], 'x'));
  const { rawHeaders } = await ask(port, 'a');
  expect(rawHeaders.slice(0, 8)).toEqual(['Set-Cookie', 'a=1', 'X-B', '2', 'Set-Cookie', 'c=3', 'DATE', 'then']);
  expect(rawHeaders.filter((name) => name.toLowerCase() === 'date')).toHaveLength(1);
});

test('a client that goes away resets the stream, before the answer and in the middle of it', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const first = await RawClient.open(port);
  first.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const waiting = await agent.stream(0);
  first.socket.destroy();
  await waiting.until(({ resetCode }) => resetCode === 'cancelled');
  const second = await RawClient.open(port);
  second.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const running = await agent.stream(1);
  running.events.onHead?.({ status: 200, headers: [] }, false);
  running.events.onData(Buffer.from('some'));
  await second.untilText('some');
  second.socket.destroy();
  await running.until(({ resetCode }) => resetCode === 'cancelled');
});

test.each([
  ['length', ['Content-Length', '100'], '1.1'],
  ['chunks', [], '1.1'],
  ['until the connection closes', [], '1.0'],
])('an answer that breaks off never looks complete: %s', async (_name, headers, version) => {
  const { agents, port, front } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`);
  const stream = await agent.stream();
  stream.events.onHead?.({ status: 200, headers }, false);
  stream.events.onData(Buffer.from('half'));
  await client.untilText('half');
  stream.events.onReset('broken', 'The service died.');
  await client.until(({ closed }) => closed);
  expect(client.failed).toBe(true);
  expect(client.text).not.toContain('0\r\n\r\n');
  expect(front.totals().inFlight).toBe(0);
});

test.each([
  ['more than its length', ['Content-Length', '3'], 'abcdef'],
  ['less than its length', ['Content-Length', '10'], 'abc'],
])('a body of %s is broken off', async (_name, headers, body) => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => stream.answer(200, headers, body));
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.until(({ closed }) => closed);
  expect(client.failed).toBe(true);
  expect((await agent.stream()).resetCode).toBeDefined();
});

test.each([
  ['refused', 502, 'service-unreachable'],
  ['broken', 502, 'service-broke'],
  ['timeout', 504, 'no-answer'],
  ['draining', 503, 'agent-draining'],
  ['tooLarge', 413, 'body-too-large'],
  ['forbidden', 502, 'target-forbidden'],
  ['linkLost', 502, 'agent-lost'],
] as const)('a stream that ends with %s before its head answers %d', async (code, status, error) => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => stream.events.onReset(code, 'why'));
  const answer = await ask(port, 'a', '/', { method: 'POST', body: 'x', headers: { Accept: 'application/json' } });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ error, agent: 'a' });
  expect(answer.headers['retry-after'] !== undefined).toBe(status === 503);
});

test('100-continue comes when the agent says so, and the body after it', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  const stream = await agent.stream();
  expect(stream.head).toMatchObject({ expectsContinue: true, bodyBytes: 3 });
  expect(stream.head.headers).not.toContain('Expect');
  stream.events.onHead?.({ status: 100, headers: [] }, false);
  await client.untilText('HTTP/1.1 100 Continue\r\n\r\n');
  client.send('abc');
  await stream.until(({ trailers }) => trailers !== undefined);
  stream.answer(201, [], '');
  await client.untilText('HTTP/1.1 201 Created');
});

test('without a word of the agent the gateway says 100 itself; an answer in place of it is passed on', async () => {
  const { agents, port } = await startFront({ limits: { continueMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await client.untilText('100 Continue');
  client.send('abc');
  await (await agent.stream()).until(({ text }) => text === 'abc');
  const other = await startFront();
  other.agents.add('a', (stream) => stream.answer(403, [], 'no'));
  const refused = await RawClient.open(other.port);
  refused.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await refused.untilText('HTTP/1.1 403');
  expect(refused.text).not.toContain('100 Continue');
});

test('103 with its links is passed on to HTTP/1.1 clients, and what is no link is not', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => {
    stream.events.onHead?.({ status: 103, headers: ['Link', '</s.css>; rel=preload; as=style', 'Link', 'nonsense\r\n'] }, false);
    stream.events.onHead?.({ status: 103, headers: ['Link', '</s.css>; rel=preload; as=style'] }, false);
    stream.answer(200, [], 'ok');
  });
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.untilText('ok');
  expect(client.text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/s\.css>; rel=preload; as=style\r\n\r\nHTTP\/1\.1 200 OK/);
});

test('an answer before the end of the upload is given, and the rest of the upload is let go', async () => {
  const { agents, port } = await startFront({ limits: { leftoverBytes: 100_000 } });
  const agent = agents.add('a', (stream) => stream.answer(413, [], 'too much'));
  const client = await RawClient.open(port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n');
  await client.untilText('too much');
  expect((await agent.stream()).resetCode).toBe('cancelled');
  client.send('x'.repeat(5_000_000));
  await client.until(({ closed }) => closed);
});
