/** Clients that go away, and services that take nothing, while bytes wait in between (seed 5 section 2, tunnel.md 4). */
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { PublicTls } from '../../../../../../../src/main/node/tunnel/gateway/types.ts';
import type { PretendedStream } from '../../../../../../helpers/pretended-agents.ts';
import { ask, RawClient, startFront } from '../../../../../../helpers/public-front.ts';
import { testCertificate, testCertificateKey } from '../../../../../../helpers/test-certificate.ts';

const tls: PublicTls = { key: testCertificateKey, cert: testCertificate, contextFor: () => undefined };
const upgrade =
  'GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n';
const switched = { status: 101, headers: ['Upgrade', 'websocket', 'Sec-WebSocket-Accept', 'y'] };
/** More than the gateway keeps and less than a system takes into its own memory. */
const much = 'x'.repeat(1_000_000);
const upload = `POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 * much.length}\r\n\r\n`;

const noRoom = (stream: PretendedStream) => {
  stream.hasRoom = false;
};

/** A client over TCP, or over TLS with the connection below it. */
async function open(port: number, secure: boolean) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  if (!secure) return { client: new RawClient(socket), leave: () => socket.resetAndDestroy() };
  const inside = connectTls({ socket, servername: 'a.example.com', rejectUnauthorized: false });
  await once(inside, 'secureConnect');
  return { client: new RawClient(inside), leave: () => socket.resetAndDestroy() };
}

/** Resolves when the gateway has looked at what waits, and so has read what it keeps: the beat that looks also says 100 Continue. */
async function aBeat(port: number, secure: boolean): Promise<void> {
  const { client } = await open(port, secure);
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n');
  await client.untilText('100 Continue');
  client.socket.destroy();
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['HTTP', false],
  ['HTTPS', true],
])('a client that resets its %s connection while its upload is held back is told to the agent', async (_name, secure) => {
  const { front, agents, port } = await startFront({ limits: { continueMs: 0 }, ...(secure && { tls }) });
  const agent = agents.add('a', noRoom);
  const { client, leave } = await open(port, secure);
  client.send(upload + much);
  const stream = await agent.stream();
  await stream.until(({ received }) => received.length > 0);
  await aBeat(port, secure);
  leave();
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
  expect(stream.text.length).toBeLessThan(200_000);
  await expect.poll(() => front.totals().connections).toBe(0);
});

test('so is one that ends its connection in order behind a little more than was taken', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', noRoom);
  const { client } = await open(port, false);
  client.send(`${upload}first`);
  const stream = await agent.stream();
  await stream.until(({ text }) => text === 'first');
  client.send('second');
  await stream.until(({ text }) => text === 'firstsecond');
  client.send('x'.repeat(50_000));
  client.socket.end();
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
  expect(stream.text).toBe('firstsecond');
});

test('a client that is still there is left alone, and its upload goes on', async () => {
  const { agents, port } = await startFront({ limits: { continueMs: 0 } });
  const agent = agents.add('a', noRoom);
  const { client } = await open(port, false);
  client.send(upload + much);
  const stream = await agent.stream();
  await stream.until(({ received }) => received.length > 0);
  await aBeat(port, false);
  stream.hasRoom = true;
  stream.events.onDrain();
  client.send(much);
  await stream.until(({ trailers }) => trailers !== undefined);
  expect(stream.text.length).toBe(2 * much.length);
  stream.answer(200, ['Content-Length', '4'], 'done');
  await client.untilText('done');
  expect(client.text).toMatch(/^HTTP\/1\.1 200 OK/);
});

test.each([
  ['in order', '', (client: RawClient) => client.socket.end()],
  ['with a reset', '', (client: RawClient) => client.socket.resetAndDestroy()],
  ['in order behind early bytes', 'early', (client: RawClient) => client.socket.end()],
  ['with a reset behind more than is kept', much, (client: RawClient) => client.socket.resetAndDestroy()],
])('a client that leaves %s while its WebSocket waits for the word of the service is told to the agent', async (_name, early, leave) => {
  const { front, agents, port } = await startFront({ limits: { continueMs: 0 } });
  const agent = agents.add('a');
  const { client } = await open(port, false);
  client.send(upgrade);
  const stream = await agent.stream(0);
  client.send(early);
  await aBeat(port, false);
  leave(client);
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
  await expect.poll(() => front.totals()).toMatchObject({ inFlight: 0, connections: 0 });
});

test('what a client sends before its WebSocket is agreed on comes to the service, in order and whole', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const { client } = await open(port, false);
  client.send(`${upgrade}one `);
  const stream = await agent.stream();
  client.send(`two ${much}`);
  // Its bytes are there when another client behind it has had an answer.
  agents.add('b', (other) => other.answer(200, [], 'x'));
  await ask(port, 'b');
  stream.events.onHead?.(switched, false);
  await client.untilText('101 Switching Protocols');
  client.send(' three');
  await stream.until(({ text }) => text.endsWith(' three'));
  expect(stream.text).toBe(`one two ${much} three`);
});

test('a client that resets its WebSocket while what it sends is held back is told to the agent', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', noRoom);
  const { client, leave } = await open(port, false);
  client.send(upgrade);
  const stream = await agent.stream();
  stream.events.onHead?.(switched, false);
  await client.untilText('101');
  client.send(much);
  await stream.until(({ received }) => received.length > 0);
  leave();
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
});

test('clients that reset their connections while they wait for an agent wait no more', async () => {
  const { front, agents, port } = await startFront({ limits: { waitMs: 600_000, continueMs: 0 } });
  agents.add('db', { kind: 'tcp', state: 'grace' });
  agents.add('b', { state: 'grace' });
  agents.add('a');
  const [state] = await front.setTcpPorts([{ host: '127.0.0.1', port: 0, agentId: 'db' }]);
  const raw = await open(state?.port as number, false);
  raw.client.send(much);
  const uploading = await open(port, false);
  uploading.client.send(upload.replace('Host: a', 'Host: b') + much);
  await expect.poll(() => [agents.waitingFor('db'), agents.waitingFor('b')]).toEqual([1, 1]);
  await aBeat(port, false);
  raw.leave();
  uploading.leave();
  await expect.poll(() => [agents.waitingFor('db'), agents.waitingFor('b')]).toEqual([0, 0]);
});

test('an upload of which the service takes nothing ends when nothing of its answer moves either; events wait for nobody', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const { front, agents, port } = await startFront();
  const agent = agents.add('a');
  const events = await RawClient.open(port);
  events.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
  const quiet = await agent.stream(0);
  quiet.events.onHead?.({ status: 200, headers: ['Content-Type', 'text/event-stream'] }, false);
  await events.untilText('\r\n\r\n');
  const { client } = await open(port, false);
  client.send(upload + much);
  const stream = await agent.stream(1);
  stream.hasRoom = false;
  await stream.until(({ received }) => received.length > 0);
  stream.events.onHead?.({ status: 200, headers: [] }, false);
  vi.advanceTimersByTime(40_000);
  stream.events.onData(Buffer.from('moving'));
  await client.untilText('moving');
  vi.advanceTimersByTime(40_000);
  // The service takes some, and no more.
  stream.events.onDrain();
  const taken = stream.received.length;
  await stream.until(({ received }) => received.length > taken);
  vi.advanceTimersByTime(40_000);
  expect(stream.resetCode).toBeUndefined();
  vi.advanceTimersByTime(21_000);
  expect(stream.resetCode).toBe('timeout');
  await client.until(({ closed }) => closed);
  expect(client.failed).toBe(true);
  vi.advanceTimersByTime(600_000);
  expect(quiet.resetCode).toBeUndefined();
  expect(front.totals().inFlight).toBe(1);
});
