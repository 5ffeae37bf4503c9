import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createLink,
  type LinkEnd,
  linkLimits,
  type RequestHead,
  type TunnelLink,
  type TunnelStream,
} from '../../../../../../src/main/node/tunnel/link/index.ts';
import { encodeFrame, messagesOf, protocolLimits, type TunnelMessage } from '../../../../../../src/main/node/tunnel/protocol/index.ts';
import { MemoryLinkSocket } from '../../../../../helpers/memory-link-socket.ts';
import { linkEvents, requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';
import { until } from '../../../../../helpers/until.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text);
const streamOf = (record: StreamRecord) => record.stream as TunnelStream;

let links: TunnelLink[] = [];
beforeEach(() => {
  links = [];
});
afterEach(() => {
  for (const link of links) link.close({ code: 'closed', reason: 'end of the test' });
});

/** A gateway of ours whose agent is driven by hand with the messages of seed 5. */
function gatewayWithFirstSystemAgent() {
  const [socket, peer] = MemoryLinkSocket.pair();
  const ends: LinkEnd[] = [];
  const received: TunnelMessage[] = [];
  peer.listen({
    onFrame: (frame) => {
      const messages = messagesOf(frame);
      expect(messages).toHaveLength(1);
      received.push(...messages);
    },
    onText: () => undefined,
    onPong: () => undefined,
    onClose: () => undefined,
  });
  const link = createLink({ role: 'gateway', protocol: 'legacy', socket, events: linkEvents({ onEnd: (end) => ends.push(end) }) });
  links.push(link);
  const open = (head: Partial<RequestHead> = {}, consume = true): StreamRecord => {
    const record = new StreamRecord(consume);
    record.stream = link.open(requestHead(head), record);
    return record;
  };
  const say = (message: TunnelMessage) => peer.inject(encodeFrame(message, 'legacy'));
  const answer = (id: string, ...chunks: Uint8Array[]) => {
    say({ type: 'response', id, head: { status: 200, headers: ['Content-Type', 'text/plain'] }, body: utf8(''), end: false });
    for (const chunk of chunks) say({ type: 'data', id, chunk, end: false, trailers: [] });
  };
  return { link, socket, peer, ends, received, open, say, answer };
}

describe('a gateway with an agent of the first system', () => {
  it('sends the whole request in one message and takes the answer as it comes', async () => {
    const { open, received, say, answer, link } = gatewayWithFirstSystemAgent();
    const asked = open({ method: 'POST', bodyBytes: undefined });
    streamOf(asked).write(utf8('first, '));
    streamOf(asked).write(Buffer.alloc(40_000, 'x'));
    expect(received).toEqual([]);
    streamOf(asked).end();
    await until(() => received.length === 1);
    const [request] = received;
    expect(request).toMatchObject({
      type: 'request',
      head: { method: 'POST', headers: ['Host', 'press-07.example.com', 'Accept', '*/*'] },
    });
    if (request?.type !== 'request') throw new Error('no request came');
    expect(Buffer.from(request.body).toString()).toBe(`first, ${'x'.repeat(40_000)}`);
    expect(request.id).toMatch(/^[0-9a-f-]{36}$/);
    answer(request.id, utf8('one '), utf8('two'));
    expect(asked).toMatchObject({ heads: [{ head: { status: 200, headers: ['Content-Type', 'text/plain'] }, end: false }], ends: 0 });
    say({ type: 'close', id: request.id });
    expect(asked).toMatchObject({ ends: 1, trailers: [], resets: [] });
    expect(asked.body.toString()).toBe('one two');
    expect(link.openStreams).toBe(0);
  });

  it('refuses bodies that are too large and raw connections, later and not from within the call', async () => {
    const { open, received, link } = gatewayWithFirstSystemAgent();
    const told = open({ method: 'POST', bodyBytes: protocolLimits.legacyBodyBytes + 1 });
    const raw = open({ kind: 'upgrade', bodyBytes: undefined });
    const grown = open({ method: 'POST', bodyBytes: undefined });
    streamOf(grown).write(Buffer.alloc(protocolLimits.legacyBodyBytes));
    streamOf(grown).write(utf8('x'));
    expect([told.resets, raw.resets, grown.resets]).toEqual([[], [], []]);
    await until(() => grown.resets.length === 1);
    expect([told.resets[0]?.code, raw.resets[0]?.code, grown.resets[0]?.code]).toEqual(['tooLarge', 'refused', 'tooLarge']);
    streamOf(grown).end();
    expect([received, link.openStreams]).toEqual([[], 0]);
  });

  it('takes a body of the largest size', async () => {
    const { open, received } = gatewayWithFirstSystemAgent();
    const asked = open({ method: 'POST', bodyBytes: protocolLimits.legacyBodyBytes });
    streamOf(asked).write(Buffer.alloc(protocolLimits.legacyBodyBytes));
    streamOf(asked).end();
    await until(() => received.length === 1);
  });

  it('lets a client that waits for it send its body', async () => {
    const { open } = gatewayWithFirstSystemAgent();
    const asked = open({ method: 'POST', bodyBytes: undefined, expectsContinue: true });
    await until(() => asked.heads.length === 1);
    expect(asked.heads).toEqual([{ head: { status: 100, headers: [] }, end: false }]);
  });

  it('drops and counts what comes for a client that is gone', async () => {
    const { open, received, answer, link, ends } = gatewayWithFirstSystemAgent();
    const asked = open();
    await until(() => received.length === 1);
    const id = streamOf(asked).id;
    streamOf(asked).reset('cancelled', 'The client is gone.');
    for (let count = 0; count < 100; count++) answer(id, Buffer.alloc(100_000));
    expect([link.droppedBytes, ends, received.length]).toEqual([10_000_000, [], 1]);
  });

  it('stops reading while too much is in memory, and goes on when it is consumed', async () => {
    const { open, received, answer, socket, link } = gatewayWithFirstSystemAgent();
    const asked = open({}, false);
    await until(() => received.length === 1);
    answer(streamOf(asked).id, Buffer.alloc(600_000), Buffer.alloc(600_000));
    expect(socket.paused).toBe(true);
    streamOf(asked).consumed(600_000);
    expect(socket.paused).toBe(true);
    streamOf(asked).consumed(100_000);
    expect(socket.paused).toBe(false);
    answer('nobody', Buffer.alloc(1));
    expect(link.openStreams).toBe(1);
  });

  it('reads on when the one that held it back is reset', async () => {
    const { open, received, answer, socket } = gatewayWithFirstSystemAgent();
    const asked = open({}, false);
    await until(() => received.length === 1);
    answer(streamOf(asked).id, Buffer.alloc(linkLimits.legacyBufferedBytes + 1));
    expect(socket.paused).toBe(true);
    streamOf(asked).reset('cancelled', 'gone');
    expect(socket.paused).toBe(false);
  });

  it('answers its pings, and takes an early end for a failure', async () => {
    const { open, received, say } = gatewayWithFirstSystemAgent();
    say({ type: 'ping', payload: utf8('beat') });
    await until(() => received.length === 1);
    expect(received).toEqual([{ type: 'pong', payload: Buffer.from('beat') }]);
    const asked = open();
    await until(() => received.length === 2);
    say({ type: 'close', id: streamOf(asked).id });
    expect(asked.resets).toMatchObject([{ code: 'broken' }]);
  });
});

/** An agent of ours whose gateway is driven by hand with the messages of seed 5. */
function agentWithFirstSystemGateway() {
  const [socket, peer] = MemoryLinkSocket.pair();
  const ends: LinkEnd[] = [];
  const received: TunnelMessage[] = [];
  const served: { head: RequestHead; record: StreamRecord }[] = [];
  peer.listen({
    onFrame: (frame) => received.push(...messagesOf(frame).filter(({ type }) => type !== 'ping')),
    onText: () => undefined,
    onPong: () => undefined,
    onClose: () => undefined,
  });
  const link = createLink({
    role: 'agent',
    protocol: 'legacy',
    socket,
    events: linkEvents({
      onEnd: (end) => ends.push(end),
      onStream: (head, stream) => {
        const record = new StreamRecord();
        record.stream = stream;
        served.push({ head, record });
        return record;
      },
    }),
  });
  links.push(link);
  const say = (message: TunnelMessage) => peer.inject(encodeFrame(message, 'legacy'));
  const ask = (id: string, body = '') => {
    say({ type: 'request', id, head: requestHead({ method: 'POST' }), body: utf8(body), end: true });
    return streamOf((served.at(-1) as (typeof served)[0]).record);
  };
  return { link, ends, received, served, say, ask };
}

describe('an agent with a gateway of the first system', () => {
  it('takes a request with its body and answers in the words of seed 5', async () => {
    const { ask, received, served, link } = agentWithFirstSystemGateway();
    const stream = ask('b7d0', 'whole body');
    expect(served[0]).toMatchObject({ head: { method: 'POST', bodyBytes: 10, kind: 'http' }, record: { ends: 1 } });
    expect(served[0]?.record.body.toString()).toBe('whole body');
    stream.respond({ status: 103, headers: ['Link', '<a>'] });
    stream.respond({ status: 200, headers: ['Set-Cookie', 'a', 'Set-Cookie', 'b'] }, utf8('begin'));
    stream.write(utf8('end'));
    stream.end(['Digest', 'x']);
    await until(() => received.length === 3);
    expect(received).toMatchObject([
      { type: 'response', id: 'b7d0', head: { status: 200, headers: ['set-cookie', 'a', 'Set-cookie', 'b'] }, body: Buffer.from('begin') },
      { type: 'data', id: 'b7d0', chunk: Buffer.from('end'), trailers: [], end: false },
      { type: 'close', id: 'b7d0' },
    ]);
    expect(link.openStreams).toBe(0);
  });

  it('answers for a service that could not be reached', async () => {
    const { ask, received } = agentWithFirstSystemGateway();
    ask('1').reset('refused', 'Nothing listens on port 3000.');
    ask('2').reset('timeout', 'No answer.');
    await until(() => received.length === 4);
    expect(received).toMatchObject([
      { type: 'response', id: '1', head: { status: 502 }, body: Buffer.from('Nothing listens on port 3000.\n') },
      { type: 'close', id: '1' },
      { type: 'response', id: '2', head: { status: 504 } },
      { type: 'close', id: '2' },
    ]);
  });

  it('ends an answer that broke off only where its length was told: it never looks complete', async () => {
    const { ask, received } = agentWithFirstSystemGateway();
    const told = ask('told');
    told.respond({ status: 200, headers: ['content-length', '100'] }, utf8('half'));
    told.reset('broken', 'gone');
    const untold = ask('untold');
    untold.respond({ status: 200, headers: [] }, utf8('half'));
    untold.reset('broken', 'gone');
    ask('last').respond({ status: 204, headers: [] }, undefined, true);
    await until(() => received.some((message) => message.type === 'close' && message.id === 'last'));
    const closed = received.flatMap((message) => (message.type === 'close' ? [message.id] : []));
    expect(closed).toEqual(['told', 'last']);
  });

  it('cancels a request that the gateway closed', () => {
    const { ask, say, served } = agentWithFirstSystemGateway();
    ask('1');
    say({ type: 'close', id: '1' });
    expect(served[0]?.record.resets).toMatchObject([{ code: 'cancelled' }]);
  });

  it('ends when the sign-in was refused after all', () => {
    const { say, ends } = agentWithFirstSystemGateway();
    say({ type: 'connectError', code: 'UNAUTHORIZED', message: 'No such token.', retryAfterMs: 0 });
    expect(ends).toEqual([{ code: 'refused', reason: 'UNAUTHORIZED: No such token.' }]);
  });

  it('answers 503 once it goes away', async () => {
    const { link, say, received } = agentWithFirstSystemGateway();
    link.goAway('restart');
    say({ type: 'request', id: '1', head: requestHead(), body: utf8(''), end: true });
    await until(() => received.length === 2);
    expect(received[0]).toMatchObject({ type: 'response', head: { status: 503 } });
  });
});
