import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectionExchange } from '../../../../../../../src/main/node/tunnel/agent/origin/connection-exchange.ts';
import { HttpExchange } from '../../../../../../../src/main/node/tunnel/agent/origin/http-exchange.ts';
import { type Resolve, ServiceDialer } from '../../../../../../../src/main/node/tunnel/agent/origin/service-dialer.ts';
import { ServicePool } from '../../../../../../../src/main/node/tunnel/agent/origin/service-pool.ts';
import { ServiceFigures } from '../../../../../../../src/main/node/tunnel/agent/service-figures.ts';
import type { RequestHead } from '../../../../../../../src/main/node/tunnel/link/types.ts';
import { MemoryStream } from '../../../../../../helpers/memory-stream.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const http = (listener: RequestListener) => listen(createServer(listener));

/** A service that is told what to do with each connection, byte by byte. */
function raw(script: (socket: Socket, nth: number) => void): Promise<number> {
  let connections = 0;
  return listen(
    createTcpServer({ allowHalfOpen: true }, (socket) => {
      closers.push(() => socket.destroy());
      socket.on('error', () => undefined);
      script(socket, connections++);
    }),
  );
}

function service(port: number, { host = '127.0.0.1', hostHeader = 'target', resolve = undefined as Resolve | undefined } = {}) {
  const dialer = new ServiceDialer({ target: { host, port }, ...(resolve !== undefined && { resolve }) });
  const pool = new ServicePool(dialer);
  closers.push(() => pool.close());
  const figures = new ServiceFigures();
  const ask = (head: Partial<RequestHead> = {}) => {
    const stream = new MemoryStream();
    const events = new HttpExchange({ pool, hostHeader, authority: dialer.authority, figures }, { ...get, ...head }, stream, undefined);
    events.start();
    return { stream, events };
  };
  return { ask, pool, figures, dialer };
}

const get: RequestHead = {
  kind: 'http',
  method: 'GET',
  path: '/a?b=c',
  headers: ['Host', 'press.example', 'X-One', '1', 'x-one', '2', 'Connection', 'X-Hop', 'X-Hop', 'gone'],
  bodyBytes: 0,
  remoteAddress: undefined,
  gatewayMicros: undefined,
  expectsContinue: false,
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('HttpExchange', () => {
  test('carries a request as the client wrote it and the answer as the service wrote it, in one message', async () => {
    const port = await http((request, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.setHeader('Content-Length', 2);
      response.end(
        JSON.stringify(request.rawHeaders) === JSON.stringify(['Host', `127.0.0.1:${port}`, 'X-One', '1', 'x-one', '2']) ? 'ok' : 'no',
      );
    });
    const { ask, pool } = service(port);
    const { stream } = ask();
    await stream.over;
    expect(stream.body).toBe('ok');
    expect(stream.heads[0]?.headers.filter((_text, index, all) => all[index - 1] === 'Set-Cookie')).toEqual(['a=1', 'b=2']);
    expect(stream.heads[0]?.headers).not.toContain('Connection');
    expect(stream.messages).toBe(1);
    expect(pool.open).toBe(1);
    await ask().stream.over;
    expect(pool.open).toBe(1);
  });

  test('keeps apart what several connections say in pieces, of which each is read to the same place', async () => {
    const sockets: Socket[] = [];
    const port = await raw((socket) => {
      sockets.push(socket);
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nX-Na'));
    });
    const { ask } = service(port);
    const asked = [ask(), ask()];
    await expect.poll(() => sockets.map(({ bytesWritten }) => bytesWritten)).toEqual([21, 21]);
    for (const [nth, socket] of sockets.entries()) socket.end(`me: ${nth}\r\nContent-Length: 1\r\n\r\n${nth}`);
    for (const { stream } of asked) await stream.over;
    expect(asked.map(({ stream }) => stream.body).toSorted()).toEqual(['0', '1']);
    for (const { stream } of asked) expect(stream.heads[0]?.headers.slice(0, 2)).toEqual(['X-Name', stream.body]);
  });

  test.each([
    ['original', 'press.example'],
    ['orders.internal', 'orders.internal'],
  ])('tells the service its host as %s', async (hostHeader, expected) => {
    const port = await http((request, response) => response.end(request.headers.host));
    const { stream } = service(port, { hostHeader }).ask();
    await stream.over;
    expect(stream.body).toBe(expected);
  });

  test('streams a body of unknown length in chunks, with trailers, and gives its credit back', async () => {
    const port = await http(async (request, response) => {
      const body = await bodyOf(request);
      response.end(`${request.headers['transfer-encoding']} ${body} ${request.trailers['x-sum']}`);
    });
    const { stream, events } = service(port).ask({ method: 'POST', bodyBytes: undefined });
    events.onData(Buffer.from('hello '));
    events.onData(Buffer.from('world'));
    events.onEnd(['X-Sum', '11', 'Content-Length', '3']);
    await stream.over;
    expect(stream.body).toBe('chunked hello world 11');
    expect(stream.consumedBytes).toBe(11);
  });

  test('sends a body of known length as it is', async () => {
    const port = await http(async (request, response) => response.end(`${request.headers['content-length']} ${await bodyOf(request)}`));
    const { stream, events } = service(port).ask({ method: 'PUT', bodyBytes: 5 });
    events.onData(Buffer.from('hello'));
    events.onEnd([]);
    await stream.over;
    expect(stream.body).toBe('5 hello');
  });

  test.each([
    ['longer', 'too long'],
    ['shorter', 'abc'],
  ])('never sends a body that is %s than its length as if it were whole', async (_what, body) => {
    const requests: string[] = [];
    const port = await http(async (request) => {
      request.on('error', () => undefined);
      requests.push(await bodyOf(request).catch(() => 'aborted'));
    });
    const { stream, events } = service(port).ask({ method: 'PUT', bodyBytes: 5 });
    events.onData(Buffer.from(body));
    events.onEnd([]);
    await stream.over;
    expect(stream.reason?.code).toBe('protocol');
    expect(requests.filter((text) => text !== 'aborted')).toEqual([]);
  });

  test('refuses a head that would become two on the way', async () => {
    const port = await http((_request, response) => response.end());
    const { ask } = service(port);
    for (const head of [{ path: '/ HTTP/1.1\r\nX: y' }, { headers: ['X', 'a\r\nY: b'] }, { headers: ['X:Y', 'a'] }, { method: 'GET /x' }]) {
      const { stream } = ask(head);
      await stream.over;
      expect(stream.reason?.code).toBe('protocol');
    }
  });

  test('says that nothing listens', async () => {
    const port = await http(() => undefined);
    for (const close of closers.splice(0)) close();
    const { ask, figures } = service(port);
    const { stream } = ask();
    await stream.over;
    expect(stream.reason).toEqual({ code: 'refused', reason: expect.stringContaining('Nothing listens on') });
    expect(figures.report().service?.state).toBe('down');
  });

  test('does not connect where the name may not lead, and asks for it once for each connection', async () => {
    let asked = 0;
    const port = await http((_request, response) => response.end('secret'));
    const { ask } = service(port, {
      host: 'camera.lan',
      resolve: () => {
        asked += 1;
        return Promise.resolve(asked === 1 ? ['169.254.169.254'] : ['127.0.0.1']);
      },
    });
    const first = ask().stream;
    await first.over;
    expect(first.reason?.code).toBe('forbidden');
    expect(asked).toBe(1);
    const second = ask().stream;
    await second.over;
    expect([second.body, asked]).toEqual(['secret', 2]);
  });

  test('a kept connection that the service closes at once is replaced for a request that does no harm twice', async () => {
    const port = await raw((socket, nth) => {
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (nth === 0 && requests === 2) socket.destroy();
        else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${nth}`);
      });
    });
    const { ask } = service(port);
    await ask().stream.over;
    const again = ask().stream;
    await again.over;
    expect(again.body).toBe('1');
  });

  test('and is not for one that might be done twice', async () => {
    const port = await raw((socket) => {
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests === 2) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const { ask } = service(port);
    await ask().stream.over;
    const { stream } = ask({ method: 'DELETE' });
    await stream.over;
    expect(stream.reason?.code).toBe('broken');
  });

  test('an answer that breaks off is broken, not ended', async () => {
    const port = await raw((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this')));
    const { stream } = service(port).ask();
    await stream.over;
    expect(stream.status).toBe(200);
    expect(stream.reason?.code).toBe('broken');
    expect(stream.trailers).toBeUndefined();
  });

  test('an answer that ends with the connection ends with it, and is broken when that breaks', async () => {
    const port = await raw((socket, nth) =>
      socket.on('data', () => {
        socket.write('HTTP/1.0 200 OK\r\n\r\nall of it');
        if (nth === 0) socket.end();
        else setImmediate(() => socket.resetAndDestroy());
      }),
    );
    const { ask } = service(port);
    const whole = ask().stream;
    await whole.over;
    expect([whole.body, whole.trailers]).toEqual(['all of it', []]);
    const broken = ask().stream;
    await broken.over;
    expect(broken.reason?.code).toBe('broken');
  });

  test('ends the request at the service at once when the client goes away', async () => {
    const server = createServer((_request, response) => {
      response.on('close', () => server.emit('gone'));
      response.write('first');
    });
    const gone = once(server, 'gone');
    const port = await listen(server);
    const { stream, events } = service(port).ask();
    await stream.when(() => stream.body === 'first');
    events.onReset('cancelled', 'The client went away.');
    await gone;
    expect(stream.trailers).toBeUndefined();
  });

  test('reads no further while there is no room, and goes on when there is', async () => {
    const size = 50_000_000;
    let sent = 0;
    const port = await http((_request, response) => {
      const push = () => {
        while (sent < size) {
          sent += 100_000;
          if (!response.write(Buffer.alloc(100_000))) {
            response.once('drain', push);
            return;
          }
        }
        response.end();
      };
      push();
    });
    const { ask } = service(port);
    const { stream, events } = ask();
    stream.room = false;
    await stream.when(() => stream.chunks.length > 0);
    const received = () => stream.chunks.reduce((sum, { length }) => sum + length, 0);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(received()).toBeLessThan(200_000);
    stream.room = true;
    events.onDrain();
    await stream.over;
    expect(received()).toBe(size);
  });

  test('passes an answer to Expect on before the body has come', async () => {
    const server = createServer();
    server.on('checkContinue', async (request: IncomingMessage, response) => {
      response.writeContinue();
      response.end(await bodyOf(request));
    });
    const { stream, events } = service(await listen(server)).ask({ method: 'POST', bodyBytes: 3, expectsContinue: true });
    await stream.when(() => stream.status === 100);
    events.onData(Buffer.from('abc'));
    events.onEnd([]);
    await stream.over;
    expect(stream.body).toBe('abc');
  });

  test('an early answer ends the exchange; the rest of the body goes nowhere, and the connection is not used again', async () => {
    const port = await raw((socket) => socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n')));
    const { ask, pool } = service(port);
    const { stream, events } = ask({ method: 'POST', bodyBytes: undefined });
    events.onData(Buffer.from('some'));
    await stream.over;
    events.onData(Buffer.from('rest'));
    events.onEnd([]);
    expect(stream.status).toBe(413);
    expect(pool.open).toBe(0);
    await stream.when(() => stream.consumedBytes >= 4);
  });

  test('turns an upgraded connection into raw bytes, each direction with its own end', async () => {
    const server = createServer();
    server.on('upgrade', (request, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\nwelcome `);
      socket.on('data', (chunk) => socket.write(chunk));
      socket.on('end', () => socket.end('bye'));
    });
    const port = await listen(server);
    const { stream, events } = service(port).ask({ kind: 'upgrade', headers: ['Host', 'a', 'Upgrade', 'echo'] });
    await stream.when(() => stream.status === 101);
    expect(stream.heads[0]?.headers).toEqual(['Upgrade', 'echo', 'Connection', 'Upgrade']);
    events.onData(Buffer.from('hello '));
    await stream.when(() => stream.body === 'welcome hello ');
    events.onEnd([]);
    await stream.over;
    expect(stream.body).toBe('welcome hello bye');
    expect(stream.trailers).toEqual([]);
  });

  test('an upgrade that the service does not want is an ordinary answer', async () => {
    const port = await http((_request, response) => response.writeHead(426).end('no'));
    const { stream } = service(port).ask({ kind: 'upgrade', headers: ['Upgrade', 'echo'] });
    await stream.over;
    expect([stream.status, stream.body]).toEqual([426, 'no']);
  });
});

describe('ConnectionExchange', () => {
  test('carries bytes both ways and the end of each direction', async () => {
    const port = await raw((socket) => {
      socket.on('data', (chunk) => socket.write(chunk));
      socket.on('end', () => socket.end('!'));
    });
    const { dialer, figures } = service(port);
    const stream = new MemoryStream();
    const events = new ConnectionExchange(dialer, figures, stream, undefined);
    events.start();
    events.onData(Buffer.from('early '));
    await stream.when(() => stream.body === 'early ');
    events.onData(Buffer.from('late'));
    events.onEnd([]);
    await stream.over;
    expect(stream.body).toBe('early late!');
    expect(stream.reason).toBeUndefined();
  });

  test.each([
    ['at once', ''],
    ['together with its last bytes', 'the last'],
  ])('a connection that breaks %s is reset, never ended', async (_when, last) => {
    const port = await raw((socket) =>
      socket.on('data', () => {
        socket.write(last);
        setImmediate(() => socket.resetAndDestroy());
      }),
    );
    const { dialer, figures } = service(port);
    const stream = new MemoryStream();
    const events = new ConnectionExchange(dialer, figures, stream, undefined);
    events.start();
    events.onData(Buffer.from('x'));
    await stream.over;
    expect([stream.reason?.code, stream.trailers]).toEqual(['broken', undefined]);
  });
});
