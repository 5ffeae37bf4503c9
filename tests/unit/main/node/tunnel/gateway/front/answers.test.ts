/** Answers on one connection, however they come from the agent: each ends where its head says, and the next follows it (RFC 9112 section 9.3). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PretendedStream } from '../../../../../../helpers/pretended-agents.ts';
import { RawClient, startFront } from '../../../../../../helpers/public-front.ts';

interface Plan {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly status: number;
  readonly bodyBytes: number;
  /** Else it comes in chunks. */
  readonly withLength: boolean;
  /** In so many pieces of data. */
  readonly pieces: number;
  /** Turns of the event loop before the answer, and between its pieces. */
  readonly turns: number;
}

const plan = fc.record<Plan>({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST'),
  status: fc.constantFrom(200, 200, 200, 204, 304, 404, 500),
  bodyBytes: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 8_150, max: 8_250 }), fc.constant(70_000)),
  withLength: fc.boolean(),
  pieces: fc.integer({ min: 1, max: 3 }),
  turns: fc.integer({ min: 0, max: 3 }),
});

const hasBody = ({ method, status }: Plan): boolean => method !== 'HEAD' && status !== 204 && status !== 304;
const bodyOf = (index: number, { bodyBytes }: Plan): string => String(index % 10).repeat(bodyBytes);

function requestText(index: number, { method }: Plan, isLast: boolean): string {
  const own = method === 'POST' ? 'Content-Length: 4\r\n' : '';
  return `${method} /${index} HTTP/1.1\r\nHost: a\r\n${own}${isLast ? 'Connection: close\r\n' : ''}\r\n${method === 'POST' ? 'body' : ''}`;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function answer(stream: PretendedStream, index: number, wanted: Plan): Promise<void> {
  await turns(wanted.turns);
  const body = bodyOf(index, wanted);
  const length = wanted.withLength ? ['Content-Length', String(body.length)] : [];
  const headers = ['X-Index', String(index), ...length];
  if (!hasBody(wanted) || body === '') {
    stream.events.onHead?.({ status: wanted.status, headers }, true);
    return;
  }
  stream.events.onHead?.({ status: wanted.status, headers }, false);
  const step = Math.ceil(body.length / wanted.pieces);
  for (let at = 0; at < body.length; at += step) {
    if (at > 0) await turns(wanted.turns);
    stream.events.onData(Buffer.from(body.slice(at, at + step), 'latin1'));
  }
  stream.events.onEnd([]);
}

/** Reads as strictly as a client may. @throws Error what is there is no answer */
function readAnswers(bytes: string, plans: readonly Plan[]): { readonly status: number; readonly index: number; readonly body: string }[] {
  let rest = bytes;
  const take = (length: number): string => {
    if (rest.length < length) throw new Error('It ends too early.');
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
  const line = (): string => {
    const end = rest.indexOf('\r\n');
    if (end === -1) throw new Error(`No line: ${rest.slice(0, 40)}`);
    return take(end + 2).slice(0, -2);
  };
  const answers = plans.map((wanted) => {
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line())?.[1]);
    const headers = new Map<string, string>();
    for (let each = line(); each !== ''; each = line()) {
      const [, name = '', value = ''] = /^([^:\s]+): (.*)$/.exec(each) ?? [];
      if (headers.has(name.toLowerCase())) throw new Error(`${name} stands there twice.`);
      headers.set(name.toLowerCase(), value);
    }
    let body = '';
    const length = headers.get('content-length');
    if (hasBody({ ...wanted, status })) {
      if (length !== undefined) body = take(Number(length));
      else {
        for (let size = Number.parseInt(line(), 16); ; size = Number.parseInt(line(), 16)) {
          body += take(size);
          line();
          if (size === 0) break;
        }
      }
    }
    return { status, index: Number(headers.get('x-index')), body };
  });
  if (rest !== '') throw new Error(`More than the answers: ${rest.slice(0, 40)}`);
  return answers;
}

test('requests sent one behind the other get their answers in order and whole, however these come', async () => {
  const { agents, port, faults } = await startFront();
  let plans: readonly Plan[] = [];
  agents.add('a', (stream) => {
    const index = Number(stream.head.path.slice(1));
    void answer(stream, index, plans[index] as Plan);
  });
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 8 }), async (wanted) => {
      plans = wanted;
      const client = await RawClient.open(port);
      client.send(wanted.map((each, index) => requestText(index, each, index === wanted.length - 1)).join(''));
      const answers = readAnswers(await client.all(), wanted);
      client.socket.destroy();
      expect(answers).toEqual(
        wanted.map((each, index) => ({ status: each.status, index, body: hasBody(each) ? bodyOf(index, each) : '' })),
      );
    }),
    { numRuns: 60 },
  );
  expect(faults).toEqual([]);
});

test('one request after the other on a connection that goes on', async () => {
  const { agents, port, front } = await startFront();
  agents.add('a', (stream) => stream.answer(200, ['Content-Length', '2', 'Date', 'today'], 'ok'));
  const client = await RawClient.open(port);
  const expected =
    'HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 2\r\nVia: 1.1 signalbox\r\nConnection: keep-alive\r\nKeep-Alive: timeout=15\r\n\r\nok';
  for (let count = 1; count <= 3; count += 1) {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until(({ text }) => text.length >= count * expected.length);
    expect(client.text).toBe(expected.repeat(count));
  }
  expect(front.totals()).toMatchObject({ connections: 1, requests: 3, inFlight: 0 });
});

test('a connection that the client wants ended, and one of HTTP/1.0, say so and end', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => stream.answer(200, ['Content-Length', '2'], 'ok'));
  const closing = await (await RawClient.open(port)).send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').all();
  expect(closing).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n\r\nok$/);
  const old = await (await RawClient.open(port)).send('GET / HTTP/1.0\r\nHost: a\r\n\r\n').all();
  expect(old).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n\r\nok$/);
});

test('a client that asks on without reading gets all its answers when it reads', async () => {
  const { agents, port } = await startFront();
  const body = 'x'.repeat(8_000);
  const agent = agents.add('a', (stream) => stream.answer(200, ['Content-Length', String(body.length)], body));
  const client = await RawClient.open(port);
  client.socket.pause();
  const asked = 1_000;
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(asked - 1));
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await agent.stream(100);
  client.socket.resume();
  const text = await client.all();
  expect(text.split('HTTP/1.1 200 OK\r\n')).toHaveLength(asked + 1);
  expect(text.split(body)).toHaveLength(asked + 1);
  expect(agent.streams).toHaveLength(asked);
});

test('an answer to a client that has just gone does no harm', async () => {
  const { agents, port, faults, front } = await startFront();
  const agent = agents.add('a');
  for (let count = 0; count < 20; count += 1) {
    const client = await RawClient.open(port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const stream = await agent.stream(count);
    client.socket.resetAndDestroy();
    if (count % 2 === 0) await stream.until(({ resetCode }) => resetCode !== undefined);
    stream.answer(200, ['Content-Length', '2'], 'ok');
  }
  await expect.poll(() => front.totals()).toMatchObject({ connections: 0, inFlight: 0 });
  expect(faults).toEqual([]);
});
