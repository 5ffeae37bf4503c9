import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createLink,
  type LinkEnd,
  linkLimits,
  type RequestHead,
  type TunnelLink,
} from '../../../../../../src/main/node/tunnel/link/index.ts';
import { encodeFrame, messagesOf, type TunnelMessage } from '../../../../../../src/main/node/tunnel/protocol/index.ts';
import { MemoryLinkSocket } from '../../../../../helpers/memory-link-socket.ts';
import { linkEvents, requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';
import { until } from '../../../../../helpers/until.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text);

/** A gateway and an agent, signed in; the agent's streams are recorded. */
function connect({ consume = true, automatic = true } = {}) {
  const [gatewaySocket, agentSocket] = MemoryLinkSocket.pair(automatic);
  const ends: { gateway: LinkEnd[]; agent: LinkEnd[] } = { gateway: [], agent: [] };
  const told: string[] = [];
  const served: { head: RequestHead; record: StreamRecord }[] = [];
  const gateway = createLink({
    role: 'gateway',
    protocol: 'v1',
    socket: gatewaySocket,
    events: linkEvents({
      onGoAway: (reason) => told.push(`gateway: ${reason}`),
      onEnd: (end) => ends.gateway.push(end),
      onIdle: () => told.push('gateway idle'),
    }),
  });
  const agent = createLink({
    role: 'agent',
    protocol: 'v1',
    socket: agentSocket,
    events: linkEvents({
      onGoAway: (reason) => told.push(`agent: ${reason}`),
      onIdle: () => told.push('agent idle'),
      onEnd: (end) => ends.agent.push(end),
      onStream: (head, stream) => {
        const record = new StreamRecord(consume);
        record.stream = stream;
        served.push({ head, record });
        return record;
      },
    }),
  });
  const open = (head: Partial<RequestHead> = {}, taken = consume): StreamRecord => {
    const record = new StreamRecord(taken);
    record.stream = gateway.open(requestHead(head), record);
    return record;
  };
  return { gateway, agent, gatewaySocket, agentSocket, ends, told, served, open };
}

const streamOf = (record: StreamRecord) => record.stream as NonNullable<StreamRecord['stream']>;
let links: TunnelLink[] = [];
const connected = (options?: Parameters<typeof connect>[0]) => {
  const made = connect(options);
  links.push(made.gateway, made.agent);
  return made;
};
beforeEach(() => {
  links = [];
});
afterEach(() => {
  for (const link of links) link.close({ code: 'closed', reason: 'end of the test' });
});

describe('a link', () => {
  it('keeps nothing of what it was lent, also of what it has no credit for', async () => {
    const { served, open } = connected();
    const asked = open();
    await until(() => served.length === 1);
    const answer = streamOf((served[0] as { record: StreamRecord }).record);
    const lent = Buffer.alloc(65_536);
    const expected: Buffer[] = [];
    const lend = (filler: number, give: () => void) => {
      lent.fill(filler);
      expected.push(Buffer.from(lent));
      give();
      lent.fill(0xff);
    };
    lend(1, () => answer.respond({ status: 200, headers: [] }, lent));
    for (const filler of [2, 3, 4, 5, 6, 7, 8]) lend(filler, () => answer.writeLent(lent));
    answer.end();
    await until(() => asked.ends === 1);
    expect(asked.body.equals(Buffer.concat(expected))).toBe(true);
  });

  it('carries a request and its answer in one message each', async () => {
    const { gateway, agent, served, open, gatewaySocket, agentSocket } = connected();
    const asked = open({ headers: ['Host', 'h', 'X-Name', 'Zürich'], gatewayMicros: 12 });
    await until(() => served.length === 1);
    const [{ head, record }] = served as [(typeof served)[0]];
    expect(head).toMatchObject({ method: 'GET', headers: ['Host', 'h', 'X-Name', 'Zürich'], bodyBytes: 0, gatewayMicros: 12 });
    expect(record).toMatchObject({ ends: 1, trailers: [] });
    streamOf(record).respond({ status: 200, headers: ['A', '1', 'A', '2'] }, utf8('hello'), true);
    await until(() => asked.ends === 1);
    expect(asked.heads).toEqual([{ head: { status: 200, headers: ['A', '1', 'A', '2'] }, end: false }]);
    expect(asked.body.toString()).toBe('hello');
    expect([gateway.openStreams, agent.openStreams]).toEqual([0, 0]);
    const types = (socket: MemoryLinkSocket) =>
      socket.frames
        .flatMap(messagesOf)
        .map(({ type }) => type)
        .filter((type) => type !== 'ping' && type !== 'pong');
    expect([types(gatewaySocket), types(agentSocket)]).toEqual([['request'], ['response']]);
  });

  it('tells informational heads before the one that counts, and an answer without a body', async () => {
    const { served, open } = connected();
    const asked = open({ bodyBytes: undefined, expectsContinue: true });
    await until(() => served.length === 1);
    const stream = streamOf((served[0] as (typeof served)[0]).record);
    stream.respond({ status: 100, headers: [] });
    stream.respond({ status: 103, headers: ['Link', '<a>'] });
    stream.respond({ status: 204, headers: [] }, undefined, true);
    await until(() => asked.ends === 1);
    expect(asked.heads.map(({ head, end }) => [head.status, end])).toEqual([
      [100, false],
      [103, false],
      [204, true],
    ]);
  });

  it('carries bodies both ways with trailers, larger than any window', async () => {
    const { served, open, gateway, agent } = connected();
    const sent = Buffer.alloc(3_000_000, 'abcdefghij');
    const asked = open({ method: 'POST', bodyBytes: undefined });
    streamOf(asked).write(sent);
    streamOf(asked).end(['Digest', 'x']);
    await until(() => served[0]?.record.ends === 1);
    const { record } = served[0] as (typeof served)[0];
    expect(record.body.equals(sent)).toBe(true);
    expect(record.trailers).toEqual(['Digest', 'x']);
    streamOf(record).respond({ status: 200, headers: [] }, sent);
    streamOf(record).end(['Took', '1']);
    await until(() => asked.ends === 1);
    expect(asked.body.equals(sent)).toBe(true);
    expect(asked.trailers).toEqual(['Took', '1']);
    expect([gateway.openStreams, agent.openStreams, gateway.bufferedBytes]).toEqual([0, 0, 0]);
  });

  it('sends what is written in one turn in one frame', async () => {
    const { served, open, gatewaySocket } = connected();
    for (let count = 0; count < 50; count++) open();
    await until(() => served.length === 50);
    // A heartbeat may have a frame of its own, whenever it comes.
    const requests = gatewaySocket.frames.map((frame) => messagesOf(frame).filter(({ type }) => type === 'request').length);
    expect(requests.filter((count) => count > 0)).toEqual([50]);
  });

  it('holds back a body that nobody consumes, at the window, and goes on when it is consumed', async () => {
    const { served, open, agent } = connected({ consume: false });
    const asked = open();
    await until(() => served.length === 1);
    const { record } = served[0] as (typeof served)[0];
    expect(streamOf(record).respond({ status: 200, headers: [] })).toBe(true);
    expect(streamOf(record).write(Buffer.alloc(1_000_000))).toBe(false);
    await until(() => asked.receivedBytes === linkLimits.openWindowBytes);
    expect(agent.bufferedBytes).toBeGreaterThanOrEqual(1_000_000 - linkLimits.openWindowBytes);
    // A second stream is not held up by it.
    const second = open();
    await until(() => served.length === 2);
    streamOf((served[1] as (typeof served)[0]).record).respond({ status: 200, headers: [] }, utf8('quick'), true);
    await until(() => second.ends === 1);
    streamOf(asked).consumed(asked.receivedBytes);
    await until(() => asked.receivedBytes >= linkLimits.openWindowBytes * 2);
    streamOf(asked).consumed(linkLimits.openWindowBytes);
    asked.onChange = () => streamOf(asked).consumed(linkLimits.openWindowBytes);
    await until(() => asked.receivedBytes === 1_000_000 && record.drains === 1);
  });

  it('lets streams take turns: a small answer does not wait for a large one', async () => {
    const { served, open } = connected();
    const large = open();
    const small = open();
    await until(() => served.length === 2);
    const [first, second] = served.map(({ record }) => streamOf(record));
    first?.respond({ status: 200, headers: [] });
    first?.write(Buffer.alloc(1_000_000));
    let before = Number.POSITIVE_INFINITY;
    small.onChange = () => {
      before = large.receivedBytes;
    };
    second?.respond({ status: 200, headers: [] }, utf8('small'), true);
    await until(() => small.ends === 1);
    expect(before).toBeLessThan(linkLimits.socketBytes);
    await until(() => large.receivedBytes === 1_000_000);
  });

  it('ends both directions at once on a reset, from either end', async () => {
    const { served, open, gateway, agent } = connected();
    const cancelled = open({ bodyBytes: undefined });
    const broken = open();
    await until(() => served.length === 2);
    const [first, second] = served.map(({ record }) => record) as [StreamRecord, StreamRecord];
    streamOf(cancelled).reset('cancelled', 'The client is gone.');
    streamOf(second).respond({ status: 200, headers: [] }, utf8('half'));
    streamOf(second).reset('broken', 'The service broke off.');
    await until(() => first.resets.length === 1 && broken.resets.length === 1);
    expect(first.resets).toEqual([{ code: 'cancelled', reason: 'The client is gone.' }]);
    expect(broken).toMatchObject({ ends: 0, resets: [{ code: 'broken', reason: 'The service broke off.' }] });
    expect([cancelled.resets, second.resets]).toEqual([[], []]);
    expect([gateway.openStreams, agent.openStreams]).toEqual([0, 0]);
    expect(streamOf(first).write(utf8('late'))).toBe(false);
  });

  it('drops and counts what was on its way to a stream that is gone', async () => {
    const { served, open, gateway, ends } = connected({ consume: false });
    const asked = open();
    await until(() => served.length === 1);
    const { record } = served[0] as (typeof served)[0];
    streamOf(record).respond({ status: 200, headers: [] }, Buffer.alloc(10_000));
    streamOf(asked).reset('cancelled', 'gone');
    await until(() => gateway.droppedBytes === 10_000);
    expect(ends.gateway).toEqual([]);
  });

  it('passes raw bytes both ways once an upgrade was answered', async () => {
    const { served, open } = connected();
    const asked = open({ kind: 'upgrade', bodyBytes: undefined });
    await until(() => served.length === 1);
    const { head, record } = served[0] as (typeof served)[0];
    expect(head.kind).toBe('upgrade');
    streamOf(record).respond({ status: 101, headers: ['Upgrade', 'websocket'] });
    streamOf(record).write(utf8('from the service'));
    await until(() => asked.receivedBytes > 0);
    streamOf(asked).write(utf8('from the client'));
    await until(() => record.receivedBytes > 0);
    streamOf(asked).end();
    await until(() => record.ends === 1);
    streamOf(record).end();
    await until(() => asked.ends === 1);
    expect([asked.body.toString(), record.body.toString()]).toEqual(['from the service', 'from the client']);
  });

  it('refuses what is above its bounds, and a head that is too large', () => {
    const { gateway, open } = connected({ automatic: false });
    expect(() => open({ path: `/${'x'.repeat(200_000)}` })).toThrowError(expect.objectContaining({ code: 'TOO_LARGE' }));
    for (let count = 0; count < linkLimits.streams; count++) open();
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'LIMIT' }));
    expect(gateway.openStreams).toBe(linkLimits.streams);
  });
});

describe('the end of a link', () => {
  it('is told to its owner and then to each stream, once', async () => {
    const { served, open, gatewaySocket, ends, gateway } = connected();
    const asked = open({ bodyBytes: undefined });
    await until(() => served.length === 1);
    const order: string[] = [];
    asked.onChange = () => order.push(`stream after ${ends.gateway.length}`);
    gatewaySocket.break();
    expect(ends.gateway).toEqual([{ code: 'lost', reason: 'The connection broke.' }]);
    expect(ends.agent).toMatchObject([{ code: 'lost' }]);
    expect(order).toEqual(['stream after 1']);
    expect(asked.resets).toEqual([{ code: 'linkLost', reason: 'The connection broke.' }]);
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'NODE_LOST' }));
    gateway.close({ code: 'closed', reason: 'again' });
    expect(ends.gateway).toHaveLength(1);
  });

  it.each(['closed', 'goneAway', 'revoked', 'replaced', 'protocol'] as const)('has its reason at the other end: %s', async (code) => {
    const { gateway, ends } = connected();
    gateway.close({ code, reason: 'because' });
    await until(() => ends.agent.length === 1);
    expect(ends).toEqual({ gateway: [{ code, reason: 'because' }], agent: [{ code, reason: 'because' }] });
  });

  it('comes after a drain: no new streams, those that are open go on', async () => {
    const { agent, gateway, open, served, told } = connected();
    const asked = open();
    await until(() => served.length === 1);
    agent.goAway('restart');
    await until(() => gateway.draining);
    expect(() => open()).toThrowError(expect.objectContaining({ code: 'OVERLOADED' }));
    streamOf((served[0] as (typeof served)[0]).record).respond({ status: 200, headers: [] }, utf8('done'), true);
    await until(() => asked.ends === 1);
    expect(told).toEqual(['gateway: restart', 'agent idle', 'gateway idle']);
  });

  it('resets a request that crossed with the word of going away', async () => {
    const { agent, open } = connected();
    agent.goAway('restart');
    const asked = open();
    await until(() => asked.resets.length === 1);
    expect(asked.resets[0]?.code).toBe('draining');
  });
});

describe('an end that breaks the rules', () => {
  const data = (id: string, bytes: number): TunnelMessage => ({ type: 'data', id, chunk: new Uint8Array(bytes), end: false, trailers: [] });
  const response = (id: string): TunnelMessage => ({
    type: 'response',
    id,
    head: { status: 200, headers: [] },
    body: utf8(''),
    end: false,
  });
  const cases: readonly (readonly [what: string, messages: readonly TunnelMessage[]])[] = [
    ['sends more than it has credit for', [response('1'), data('1', 60_000), data('1', 300_000)]],
    ['sends a body before its head', [data('1', 1)]],
    ['answers twice', [response('1'), response('1')]],
    ['sends more of a body that ended', [response('1'), { type: 'data', id: '1', chunk: utf8(''), end: true, trailers: [] }, data('1', 1)]],
    ['sends requests to a gateway', [{ type: 'request', id: '9', head: requestHead(), body: utf8(''), end: true }]],
    ['gives more credit than there can be', [{ type: 'windowUpdate', id: '1', bytes: 0xffff_ffff }]],
    ['signs in again', [{ type: 'challenge', challenge: utf8('x'), nodeId: '', protocolVersion: 1, software: '', capabilities: [] }]],
    ['floods a stream that never was', [data('777', 1_000_000), data('777', 100_000)]],
  ];
  it.each(cases)('loses its link when it %s', async (_, messages) => {
    const { open, agentSocket, ends } = connected({ consume: false });
    open({ bodyBytes: undefined });
    for (const message of messages) agentSocket.inject(encodeFrame(message));
    expect(ends.gateway).toMatchObject([{ code: 'protocol' }]);
  });

  it('loses its link with bytes that are no frame', () => {
    const { agentSocket, ends } = connected();
    agentSocket.inject(Buffer.from('ffffffff', 'hex'));
    expect(ends.gateway).toMatchObject([{ code: 'protocol', reason: expect.stringContaining('not one of the tunnel protocol') }]);
  });

  it('loses its link when it opens a stream twice', async () => {
    const { open, served, gatewaySocket, ends } = connected();
    open({ bodyBytes: undefined });
    await until(() => served.length === 1);
    gatewaySocket.inject(encodeFrame({ type: 'request', id: '1', head: requestHead(), body: utf8(''), end: true }));
    expect(ends.agent).toMatchObject([{ code: 'protocol' }]);
  });

  it('loses its link when it asks without ever reading', () => {
    const { agentSocket, ends } = connected({ automatic: false });
    const ping = encodeFrame({ type: 'ping', payload: Buffer.alloc(128) });
    for (let count = 0; count < 200_000 && ends.gateway.length === 0; count++) agentSocket.inject(ping);
    expect(ends.gateway).toMatchObject([{ code: 'protocol' }]);
  });
});
