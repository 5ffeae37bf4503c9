import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  createLink,
  type LinkEnd,
  type TunnelLink,
  type TunnelStream,
  webSocketOptions,
  webSocketSocket,
} from '../../../../../../src/main/node/tunnel/link/index.ts';
import { linkEvents, requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';

let server: WebSocketServer;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...webSocketOptions });
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** A gateway and an agent that answers each request with its body. */
async function connect(
  onEnd: (role: string, end: LinkEnd) => void = () => undefined,
): Promise<{ gateway: TunnelLink; agent: TunnelLink; raw: WebSocket }> {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const raw = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, webSocketOptions);
  const [{ socket: connection }] = (await once(raw, 'upgrade')) as [IncomingMessage];
  if (raw.readyState !== raw.OPEN) await once(raw, 'open');
  const [atGateway] = await accepted;
  sockets.push(raw, atGateway);
  const gateway = createLink({
    role: 'gateway',
    protocol: 'v1',
    socket: webSocketSocket(atGateway),
    events: linkEvents({ onEnd: (end) => onEnd('gateway', end) }),
  });
  const agent = createLink({
    role: 'agent',
    protocol: 'v1',
    socket: webSocketSocket(raw, connection),
    events: linkEvents({ onEnd: (end) => onEnd('agent', end), onStream: (_, stream) => mirror(stream) }),
  });
  return { gateway, agent, raw };
}

function mirror(stream: TunnelStream): StreamRecord {
  const record = new StreamRecord(false);
  stream.respond({ status: 200, headers: [] });
  let pending = 0;
  record.onData = (chunk) => {
    if (stream.write(chunk)) stream.consumed(chunk.length);
    else pending += chunk.length;
  };
  record.onDrain = () => {
    stream.consumed(pending);
    pending = 0;
  };
  record.onEnd = (trailers) => stream.end(trailers);
  return record;
}

describe('a link over a WebSocket', () => {
  it('carries bodies of many streams at once, each in its order', async () => {
    const { gateway } = await connect();
    const bodies = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 37_001, String.fromCharCode(97 + index)));
    const records = await Promise.all(
      bodies.map(async (body) => {
        const record = new StreamRecord();
        const ended = new Promise<void>((resolve) => {
          record.onChange = () => {
            if (record.ends === 1) resolve();
          };
        });
        const stream = gateway.open(requestHead({ method: 'POST', bodyBytes: undefined }), record);
        record.stream = stream;
        for (let from = 0; from < body.length; from += 10_000) stream.write(body.subarray(from, from + 10_000));
        stream.end();
        await ended;
        return record;
      }),
    );
    expect(records.map(({ body }, index) => body.equals(bodies[index] as Buffer))).toEqual(bodies.map(() => true));
    expect(gateway.openStreams).toBe(0);
    expect(gateway.bytesIn).toBeGreaterThan(7_000_000);
  });

  it('tells both ends why it was closed, and takes a text for a fault', async () => {
    const ends: string[] = [];
    let told: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      told = resolve;
    });
    const first = await connect((role, { code, reason }) => {
      if (ends.push(`${role} ${code} ${reason}`) === 2) told();
    });
    first.gateway.close({ code: 'revoked', reason: `The token was revoked. ${'ü'.repeat(200)}` });
    await both;
    expect(ends[0]).toMatch(/^gateway revoked The token was revoked/);
    expect(ends[1]).toMatch(/^agent revoked The token was revoked/);

    const fault = new Promise<LinkEnd>((resolve) => {
      void connect((role, end) => {
        if (role === 'gateway') resolve(end);
      }).then(({ raw }) => raw.send('a text'));
    });
    expect(await fault).toEqual({ code: 'protocol', reason: 'A text came where only bytes are spoken.' });
  });

  it('ends as lost when the connection breaks', async () => {
    const end = new Promise<LinkEnd>((resolve) => {
      void connect((role, told) => {
        if (role === 'gateway') resolve(told);
      }).then(({ raw }) => raw.terminate());
    });
    expect((await end).code).toBe('lost');
  });
});

describe("a client's WebSocket", () => {
  /** The server's end with what it gets, and the client's with what it writes to. */
  async function open() {
    const accepted = once(server, 'connection') as Promise<[WebSocket]>;
    const raw = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, webSocketOptions);
    const [{ socket: connection }] = (await once(raw, 'upgrade')) as [IncomingMessage];
    if (raw.readyState !== raw.OPEN) await once(raw, 'open');
    const [atServer] = await accepted;
    sockets.push(raw, atServer);
    const received: string[] = [];
    atServer.on('message', (data: Buffer) => received.push(data.toString('latin1')));
    return { atServer, raw, connection, received };
  }

  it('sends the frames of one turn in one call of the system, in their order and before the end', async () => {
    const { atServer, raw, connection, received } = await open();
    const calls = vi.spyOn(connection, '_writev' as never);
    const client = webSocketSocket(raw, connection);
    const sent: number[] = [];
    const frames = ['one', 'two', 'x'.repeat(20_000), 'three'];
    const closed = once(atServer, 'close') as Promise<[number, Buffer]>;
    for (const [index, text] of frames.entries()) client.send(Buffer.from(text), () => sent.push(index));
    expect(sent).toEqual([]);
    client.close(1000, 'done');
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([1000, 'done']);
    expect(received).toEqual(frames);
    expect(sent).toEqual([0, 1, 2, 3]);
    expect(calls).toHaveBeenCalledOnce();
  });

  it('tells of frames that never leave, because the connection was ended in the same turn', async () => {
    const { raw, connection } = await open();
    const client = webSocketSocket(raw, connection);
    const both = new Promise<void>((resolve) => {
      let told = 0;
      const sent = () => {
        told += 1;
        if (told === 2) resolve();
      };
      client.send(Buffer.from('one'), sent);
      client.send(Buffer.from('two'), sent);
    });
    client.terminate();
    await both;
  });
});
