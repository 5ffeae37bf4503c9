/** HTTP/1 spoken by hand: exactly the bytes that are given go out, and an answer is taken apart by its framing alone. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

/** How a connection stands: open, ended in order (FIN), or broken (RST). */
export type SocketEnd = 'open' | 'ended' | 'reset';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; of a name that comes twice the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** As far as the client can tell: by length, last chunk, or the orderly end of the connection. */
  readonly complete: boolean;
}

export interface RawClient {
  readonly socket: Socket;
  readonly end: SocketEnd;
  /** All that came so far. */
  readonly received: Buffer;
  send(bytes: string | Buffer): void;
  /** Resolves when the connection is no longer open. */
  closed(): Promise<SocketEnd>;
  /** Resolves when so much came that the condition holds, or the connection is no longer open. */
  until(condition: (received: Buffer) => boolean): Promise<void>;
  /** Resolves with the first answer once it is complete, or as far as it came. @param method of the request; an answer to HEAD has no body */
  answer(method?: string): Promise<RawAnswer>;
}

/** Dials a port of loopback; the connection ends with the test. */
export function openRaw(port: number): Promise<RawClient> {
  return clientOf(connect({ port, host: '127.0.0.1', noDelay: true }), 'connect');
}

/** The same over TLS, whatever the certificate. @param servername who is wanted */
export function openRawSecurely(port: number, servername: string): Promise<RawClient> {
  return clientOf(connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false }), 'secureConnect');
}

async function clientOf(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<RawClient> {
  onTestFinished(() => void socket.destroy());
  const pieces: Buffer[] = [];
  let end: SocketEnd = 'open';
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const wake of waiting) wake();
  };
  socket.on('data', (piece) => {
    pieces.push(piece);
    changed();
  });
  socket.on('error', () => {
    end = 'reset';
  });
  socket.on('end', () => {
    if (end === 'open') end = 'ended';
    changed();
  });
  socket.on('close', () => {
    if (end === 'open') end = 'reset';
    changed();
  });
  await once(socket, ready);
  const received = () => {
    if (pieces.length > 1) pieces.splice(0, pieces.length, Buffer.concat(pieces));
    return pieces[0] ?? Buffer.alloc(0);
  };
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition() && end === 'open') return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    socket,
    get end() {
      return end;
    },
    get received() {
      return received();
    },
    send: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    closed: async () => {
      await until(() => false);
      return end;
    },
    until: (condition) => until(() => condition(received())),
    answer: async (method = 'GET') => {
      await until(() => readAnswer(received(), method, 'open')?.complete === true);
      const answer = readAnswer(received(), method, end);
      if (answer === undefined) throw new Error(`No answer came, and the connection is ${end}.`);
      return answer;
    },
  };
}

/** Sends bytes over a connection of their own and resolves with the first answer; undefined when the connection ended without one. */
export async function exchangeRaw(
  port: number,
  bytes: string | Buffer,
  { method, open = openRaw }: { readonly method?: string; readonly open?: (port: number) => Promise<RawClient> } = {},
): Promise<RawAnswer | undefined> {
  const client = await open(port);
  client.send(bytes);
  const answer = await client.answer(method).catch(() => undefined);
  client.socket.destroy();
  return answer;
}

/** The first answer in what came, those of 1xx but 101 left out; undefined: its head is not complete. */
export function readAnswer(bytes: Buffer, method: string, end: SocketEnd): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(first.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  if (status >= 100 && status < 200 && status !== 101) return readAnswer(rest, method, end);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101)
    return { status, headers, body: Buffer.alloc(0), complete: true };
  if (headers['transfer-encoding'] === 'chunked') return { status, headers, ...readChunks(rest) };
  const length = headers['content-length'];
  if (length === undefined) return { status, headers, body: rest, complete: end === 'ended' };
  return { status, headers, body: rest.subarray(0, Number(length)), complete: rest.byteLength >= Number(length) };
}

function readChunks(bytes: Buffer): Pick<RawAnswer, 'body' | 'complete'> {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { body: Buffer.concat(pieces), complete: false };
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return { body: Buffer.concat(pieces), complete: bytes.indexOf('\r\n\r\n', lineEnd) >= 0 };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (at > bytes.byteLength) return { body: Buffer.concat(pieces), complete: false };
  }
}

export interface RawService {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly target: string;
  /** What came over each connection, Latin-1. */
  readonly received: readonly string[];
}

/**
 * A service that keeps no rules: it takes whatever comes, records it, and answers each head with given bytes. Stopped when the test ends.
 *
 * @param answer to the head (Latin-1); null ends the connection at once
 */
export async function startRawService(answer: (head: string, socket: Socket) => string | Buffer | null): Promise<RawService> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const index = received.push('') - 1;
    let answeredTo = 0;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => {
      received[index] += piece.toString('latin1');
      const whole = received[index] ?? '';
      for (let headEnd = whole.indexOf('\r\n\r\n', answeredTo); headEnd >= 0; headEnd = whole.indexOf('\r\n\r\n', answeredTo)) {
        const head = whole.slice(answeredTo, headEnd);
        answeredTo = headEnd + 4;
        const bytes = answer(head, socket);
        if (bytes === null) socket.resetAndDestroy();
        else socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, target: `127.0.0.1:${port}`, received };
}
