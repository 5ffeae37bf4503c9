import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A frame to send, whether it follows RFC 6455 or not. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload?: Buffer;
  readonly fin?: boolean;
  /** RSV1 to RSV3 as three bits. */
  readonly reserved?: number;
  readonly masked?: boolean;
}

/** The bytes of a client's frame. */
export function encodeFrame({ opcode, payload = Buffer.alloc(0), fin = true, reserved = 0, masked = true }: RawFrame): Buffer {
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const header =
    payload.length < 126
      ? Buffer.from([first, maskBit | payload.length])
      : payload.length < 65_536
        ? Buffer.from([first, maskBit | 126, payload.length >> 8, payload.length & 0xff])
        : Buffer.concat([Buffer.from([first, maskBit | 127]), uint64(payload.length)]);
  if (!masked) return Buffer.concat([header, payload]);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([header, mask, Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] as number)))]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Resolves when a connection is over, however it ended: unlike `once`, a reset is an end like any other. */
export function whenEnded(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** A TCP connection that has upgraded, or was refused. */
export interface RawUpgrade {
  readonly socket: Socket;
  /** The answer's status and headers. */
  readonly head: string;
  readonly status: number;
  /** Resolves with the code of the close frame, or `undefined` when the connection ended without one. */
  readonly closeCode: Promise<number | undefined>;
}

/** Asks for an upgrade with exactly these headers besides those that RFC 6455 needs. */
export async function rawUpgrade(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawUpgrade> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const all = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  let received = Buffer.alloc(0);
  let headEnd = -1;
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (data: Buffer) => {
      // Only the newest frames matter: the close frame is the last.
      received = Buffer.concat([received, data]);
      if (headEnd === -1) headEnd = received.indexOf('\r\n\r\n');
      if (headEnd !== -1) resolve();
    });
    socket.once('close', () => resolve());
  });
  const closeCode = whenEnded(socket).then(() => lastCloseCode(received.subarray(headEnd + 4)));
  await answered;
  const head = received.subarray(0, headEnd).toString('latin1');
  return { socket, head, status: Number(head.slice(9, 12)), closeCode };
}

/** Walks the server's unmasked frames to a close frame. */
function lastCloseCode(bytes: Buffer): number | undefined {
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const opcode = (bytes[offset] as number) & 0x0f;
    const short = (bytes[offset + 1] as number) & 0x7f;
    const headerLength = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (offset + headerLength > bytes.length) return undefined;
    const length = short === 126 ? bytes.readUInt16BE(offset + 2) : short === 127 ? Number(bytes.readBigUInt64BE(offset + 2)) : short;
    if (opcode === 8) return bytes.readUInt16BE(offset + headerLength);
    offset += headerLength + length;
  }
  return undefined;
}
