/** Requests that two readers could read differently: none of them may reach an agent (security.md row 57). */
import { expect, test } from 'vitest';
import { RawClient, startFront } from '../../../../../../helpers/public-front.ts';

const post = 'POST / HTTP/1.1\r\nHost: a\r\n';
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

/** Refused before anybody is asked. */
const heads: Record<string, string> = {
  'a length and chunks': `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunks and a length': `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  'two lengths': `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  'one length twice': `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  'a list of lengths': `${post}Content-Length: 5, 5\r\n\r\nhello`,
  'a length with a sign': `${post}Content-Length: +5\r\n\r\nhello`,
  'a negative length': `${post}Content-Length: -5\r\n\r\nhello`,
  'a length in hexadecimal': `${post}Content-Length: 0x5\r\n\r\nhello`,
  'a length with a gap': `${post}Content-Length: 5 5\r\n\r\nhello`,
  'an empty length': `${post}Content-Length: \r\n\r\nhello`,
  'a length beyond numbers': `${post}Content-Length: 99999999999999999999\r\n\r\nhello`,
  'a folded line': 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n',
  'a folded transfer coding': `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  'a bare LF after the request line': 'GET / HTTP/1.1\nHost: a\r\n\r\n',
  'a bare LF after a header': 'GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n',
  'a bare LF at the end of the head': 'GET / HTTP/1.1\r\nHost: a\r\nX-B: c\r\n\n',
  'bare LFs alone': 'GET / HTTP/1.1\nHost: a\n\n',
  'a bare CR': 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-C: d\r\n\r\n',
  'a blank before the colon': 'GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n',
  'a blank before the colon of a transfer coding': `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  'a vertical tab before a transfer coding': `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  'a transfer coding that nearly is one': `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'a transfer coding in quotes': `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  'the transfer coding identity': `${post}Transfer-Encoding: identity\r\n\r\n`,
  'two transfer codings': `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'transfer codings in the wrong order': `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'a transfer coding twice': `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunks and identity': `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  'chunks in HTTP/1.0': 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a NUL in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n',
  'a NUL in a name': 'GET / HTTP/1.1\r\nHost: a\r\nX\0A: bc\r\n\r\n',
  'a header without a name': 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n',
  'a header without a colon': 'GET / HTTP/1.1\r\nHost: a\r\nfoo\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'one host twice': 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n',
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'no host in HTTP/1.0': 'GET / HTTP/1.0\r\n\r\n',
  'an empty host': 'GET / HTTP/1.1\r\nHost: \r\n\r\n',
  'a host with a gap': 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
  'a host with a path': 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
  'a host with credentials': 'GET / HTTP/1.1\r\nHost: b@a\r\n\r\n',
  'a target in absolute form': 'GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n',
  'the target of all': 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a fragment': 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target beyond ASCII': 'GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a tab': 'GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a blank': 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n',
  TRACE: 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n',
  CONNECT: 'CONNECT a:22 HTTP/1.1\r\nHost: a\r\n\r\n',
  'a method in small letters': 'get / HTTP/1.1\r\nHost: a\r\n\r\n',
  'a method that is none': 'GE T / HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/0.9 by name': 'GET / HTTP/0.9\r\nHost: a\r\n\r\n',
  'HTTP/1.2': 'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
  'HTTP/2 in words': 'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
  'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a blank before the first header': 'GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n',
  'another protocol and a body': 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc',
  'another protocol and chunks': `${post}Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'too many headers': `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(200)}\r\n`,
  'a head that is too large': `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(40_000)}\r\n\r\n`,
  'a target that is too long': `GET /${'b'.repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
};

/** By Node's parser alone, and with the guard that stands before the parser of Node 20. */
const readers = [undefined, true] as const;

const refusedHeads = Object.entries(heads).flatMap(([name, bytes]) => readers.map((strictLines) => ({ name, bytes, strictLines })));

test.each(refusedHeads)(
  '$name is refused, the connection closed, and no agent asked; strict lines: $strictLines',
  async ({ bytes, strictLines }) => {
    const { front, agents, port, faults } = await startFront({ strictLines });
    const agent = agents.add('a', (stream) => stream.answer(200, [], 'reached'));
    const client = await RawClient.open(port);
    client.send(`${bytes}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`);
    const text = await client.all();
    expect(text).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(text).not.toContain('reached');
    expect(agent.streams).toEqual([]);
    expect(front.totals().refused).toBe(1);
    expect(faults).toEqual([]);
  },
);

/** Found in the middle of a body: what has come so far may have reached the agent, its end never does. */
const bodies: Record<string, string> = {
  'a chunk size in C style': '0x3\r\nabc\r\n0\r\n\r\n',
  'a negative chunk size': '-3\r\nabc\r\n0\r\n\r\n',
  'a chunk size with a sign': '+3\r\nabc\r\n0\r\n\r\n',
  'a blank after a chunk size': '3 \r\nabc\r\n0\r\n\r\n',
  'a bare LF after a chunk size': '3\nabc\r\n0\r\n\r\n',
  'a bare LF after a chunk': '3\r\nabc\n0\r\n\r\n',
  'bare LFs at the end': '3\r\nabc\r\n0\n\n',
  'a bare LF in a chunk extension': '3;a\nabc\r\n0\r\n\r\n',
  'other bytes after a chunk': '3\r\nabcXX0\r\n\r\n',
  'a chunk size beyond numbers': 'fffffffffffffffff3\r\nabc\r\n0\r\n\r\n',
  'an empty chunk size': '\r\nabc\r\n0\r\n\r\n',
  'a folded trailer': '3\r\nabc\r\n0\r\nX-A: b\r\n c\r\n\r\n',
  'a flood of chunk extensions': `3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`,
};

const refusedBodies = Object.entries(bodies).flatMap(([name, bytes]) => readers.map((strictLines) => ({ name, bytes, strictLines })));

test.each(refusedBodies)(
  '$name ends the connection, and the agent sees no complete body; strict lines: $strictLines',
  async ({ bytes, strictLines }) => {
    const { agents, port, faults } = await startFront({ strictLines });
    const agent = agents.add('a');
    const client = await RawClient.open(port);
    client.send(chunked);
    const stream = await agent.stream();
    client.send(`${bytes}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`);
    await stream.until(({ resetCode }) => resetCode === 'cancelled');
    expect(stream.trailers).toBeUndefined();
    await client.until(({ ended, closed }) => ended || closed);
    expect(agent.streams).toHaveLength(1);
    expect(faults).toEqual([]);
  },
);

test.each(readers)('extensions of many chunks are bounded together, not each; strict lines: %s', async (strictLines) => {
  const { front, agents, port, faults } = await startFront({ strictLines });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(chunked + `1;${'a'.repeat(10_000)}\r\nx\r\n`.repeat(100));
  expect(await client.all()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  const stream = await agent.stream();
  expect(stream).toMatchObject({ resetCode: 'cancelled', trailers: undefined });
  expect(stream.text.length).toBeLessThan(30);
  expect(front.totals().refusedBy).toEqual({ malformed: 1 });
  expect(faults).toEqual([]);
});

test('an answer that has begun is broken off by such chunks, and so is what is read of them after its end', async () => {
  const { agents, port } = await startFront({ limits: { leftoverBytes: 100_000 } });
  const agent = agents.add('a');
  const flood = `1;${'a'.repeat(10_000)}\r\nx\r\n`.repeat(100);
  const client = await RawClient.open(port);
  client.send(chunked);
  const stream = await agent.stream(0);
  stream.events.onHead?.({ status: 200, headers: [] }, false);
  await client.untilText('200 OK');
  client.send(flood);
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
  await client.until(({ closed }) => closed);
  const answered = await RawClient.open(port);
  answered.send(chunked);
  (await agent.stream(1)).answer(200, [], 'early');
  await answered.untilText('early');
  answered.send(flood);
  await answered.until(({ closed, ended }) => closed || ended);
});

test('a body in the smallest chunks is no such flood', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  const count = 50_000;
  client.send(`${chunked}${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`);
  const stream = await agent.stream();
  await stream.until(({ trailers }) => trailers !== undefined);
  expect(stream.text.length).toBe(count);
});

test('trailers cannot become what they must not be', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(`${chunked}0\r\nX-Fine: yes\r\nHost: b\r\nAuthorization: Basic eDp5\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`);
  const stream = await agent.stream();
  await stream.until(({ trailers }) => trailers !== undefined);
  expect(stream.trailers).toEqual(['X-Fine', 'yes']);
});

test('what concerns one connection stays behind, also what Connection names; what frames or names the request cannot be named away', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) =>
    stream.answer(200, ['Connection', 'X-Inner, close', 'X-Inner', '1', 'Keep-Alive', 'timeout=9', 'X-Outer', '2'], 'x'),
  );
  const client = await RawClient.open(port);
  client.send(
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop, Host, Content-Length, X-Forwarded-For\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic x\r\n' +
      'TE: trailers\r\nProxy-Connection: keep-alive\r\nContent-Length: 1\r\nX-Forwarded-For: 9.9.9.9\r\n\r\nx',
  );
  await client.untilText('X-Outer');
  expect(client.text).not.toContain('X-Inner');
  expect(client.text).not.toContain('timeout=9');
  const { headers } = (await agent.stream()).head;
  const names = headers.filter((_value, at) => at % 2 === 0);
  expect(names).toEqual(['Host', 'TE', 'Content-Length', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Via']);
  expect(headers).toContain('9.9.9.9, 127.0.0.1');
});

test('what a client says of those before it is continued, not believed', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => stream.answer(200, [], 'x'));
  const client = await RawClient.open(port);
  client.send(
    'GET / HTTP/1.1\r\nHost: a:80\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nVia: 1.0 first\r\n\r\n',
  );
  await client.untilText('200 OK');
  const { headers } = (await agent.stream()).head;
  const value = (name: string) => headers.filter((_value, at) => at > 0 && headers[at - 1] === name);
  expect(value('X-Forwarded-For')).toEqual(['9.9.9.9, 127.0.0.1']);
  expect(value('X-Forwarded-Proto')).toEqual(['https, http']);
  expect(value('X-Forwarded-Host')).toEqual(['evil, a:80']);
  expect(value('Via')).toEqual(['1.0 first', '1.1 signalbox']);
});

test.each([
  ['a line break in a value', 200, ['X-A', 'b\r\nX-Injected: d']],
  ['a line break in a name', 200, ['X-A\r\nX-B', 'c']],
  ['an empty name', 200, ['', 'b']],
  ['a name with a blank', 200, ['X A', 'b']],
  ['characters beyond Latin-1', 200, ['X-A', '\u0100']],
  ['two lengths', 200, ['Content-Length', '1', 'Content-Length', '2']],
  ['a length that is none', 200, ['Content-Length', '1e3']],
  ['a value without a name', 200, ['X-A', 'b', 'X-B']],
  ['a status that is none', 99, []],
  ['a status beyond all', 1_000, []],
  ['a status with a fraction', 200.5, []],
  ['a protocol that nobody asked for', 101, ['Upgrade', 'websocket']],
  ['too many headers', 200, Array.from({ length: 600 }, () => 'x')],
  ['a head that is too large', 200, ['X-A', 'b'.repeat(50_000)]],
])('an answer with %s becomes 502, and nothing of it reaches the client', async (_name, status, headers) => {
  const { agents, port, faults } = await startFront();
  const agent = agents.add('a', (stream) => stream.events.onHead?.({ status, headers }, false));
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.untilText('bad-answer');
  expect(client.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  expect(client.text).not.toContain('X-Injected');
  expect((await agent.stream()).resetCode).toBe('protocol');
  expect(faults).toEqual([]);
});
