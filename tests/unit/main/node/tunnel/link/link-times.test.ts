import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLink, type LinkEnd, type TunnelStream } from '../../../../../../src/main/node/tunnel/link/index.ts';
import { encodeFrame, messagesOf, type TunnelMessage } from '../../../../../../src/main/node/tunnel/protocol/index.ts';
import { MemoryLinkSocket } from '../../../../../helpers/memory-link-socket.ts';
import { linkEvents, requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A gateway whose agent is driven by hand. */
function gateway(protocol: 'v1' | 'legacy') {
  const [socket, peer] = MemoryLinkSocket.pair(false);
  const ends: LinkEnd[] = [];
  peer.listen({ onFrame: () => undefined, onText: () => undefined, onPong: () => undefined, onClose: () => undefined });
  const link = createLink({ role: 'gateway', protocol, socket, events: linkEvents({ onEnd: (end) => ends.push(end) }) });
  const sent = (): TunnelMessage[] => socket.frames.flatMap(messagesOf);
  const say = (message: TunnelMessage) => peer.inject(encodeFrame(message));
  const pings = () => sent().filter(({ type }) => type === 'ping').length;
  return { link, socket, ends, sent, say, pings };
}

const aSecond = 1_000;

describe('heartbeats', () => {
  it('measure the round trip at once, again and again', () => {
    const { link, say, sent, pings } = gateway('v1');
    const answer = () => {
      const ping = sent().findLast(({ type }) => type === 'ping');
      if (ping?.type === 'ping') say({ type: 'pong', payload: ping.payload });
    };
    const measured = [40, 3, 7, 5].map((delayMs) => {
      vi.advanceTimersByTime(delayMs);
      answer();
      vi.advanceTimersByTime(0);
      return link.rttMs;
    });
    expect(measured).toEqual([40, 3, 7, 5]);
    expect(pings()).toBe(4);
    vi.advanceTimersByTime(30 * aSecond);
    expect(pings()).toBe(6);
    link.close({ code: 'closed', reason: '' });
    vi.advanceTimersByTime(60 * aSecond);
    expect(pings()).toBe(6);
  });

  it('end a link that has been silent for two of them', () => {
    const { ends, socket } = gateway('v1');
    vi.advanceTimersByTime(44 * aSecond);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(aSecond);
    expect(ends).toMatchObject([{ code: 'silent' }]);
    expect(socket.terminated).toBe(true);
  });

  it('are those of WebSocket for an agent of the first system, and none are missed while nothing is read from it', async () => {
    const { link, ends, socket, say, pings } = gateway('legacy');
    vi.advanceTimersByTime(16 * aSecond);
    expect([pings(), socket.pings]).toEqual([0, 1]);
    const record = new StreamRecord(false);
    record.stream = link.open(requestHead(), record);
    say({ type: 'response', id: record.stream.id, head: { status: 200, headers: [] }, body: Buffer.alloc(1_100_000), end: false });
    expect(socket.paused).toBe(true);
    vi.advanceTimersByTime(50 * aSecond);
    expect(ends).toEqual([]);
  });
});

describe('a stream on which nothing moves', () => {
  /** Keeps the link alive for so long. */
  const pass = (seconds: number, say: (message: TunnelMessage) => void) => {
    for (let second = 0; second < seconds; second++) {
      say({ type: 'pong', payload: new Uint8Array() });
      vi.advanceTimersByTime(aSecond);
    }
  };
  const response = (id: string): TunnelMessage => ({
    type: 'response',
    id,
    head: { status: 200, headers: [] },
    body: new Uint8Array(),
    end: false,
  });

  it('is ended when the other end never opens its window', () => {
    const { link, say, sent } = gateway('v1');
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ bodyBytes: undefined }), record);
    record.stream.write(Buffer.alloc(100_000));
    pass(59, say);
    expect(record.resets).toEqual([]);
    pass(31, say);
    expect(record.resets).toEqual([{ code: 'timeout', reason: 'Nothing has moved for 60 s.' }]);
    expect(sent()).toContainEqual({ type: 'reset', id: '1', code: 'timeout', reason: 'Nothing has moved for 60 s.' });
    expect(link.openStreams).toBe(0);
  });

  it('is ended when the answer is complete and the request never is', () => {
    const { link, say } = gateway('v1');
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ bodyBytes: undefined }), record);
    say(response('1'));
    say({ type: 'data', id: '1', chunk: new Uint8Array(), end: true, trailers: [] });
    pass(91, say);
    expect(record).toMatchObject({ ends: 1, resets: [{ code: 'timeout' }] });
  });

  it('is left alone while its answer is awaited, or may go on', () => {
    const { link, say } = gateway('v1');
    const open = (bodyBytes: number | undefined): StreamRecord => {
      const record = new StreamRecord();
      record.stream = link.open(requestHead({ bodyBytes }), record) satisfies TunnelStream;
      return record;
    };
    const [awaited, uploading, events] = [open(0), open(undefined), open(0)];
    say(response('3'));
    pass(1_000, say);
    expect([awaited.resets, uploading.resets, events.resets]).toEqual([[], [], []]);
  });
});
