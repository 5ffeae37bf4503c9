import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A length as MQTT writes it (3.1.1, section 2.2.3). */
export function encodeLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.from(bytes);
}

export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function packet(firstByte: number, ...body: readonly Buffer[]): Buffer {
  const joined = Buffer.concat(body);
  return Buffer.concat([Buffer.from([firstByte]), encodeLength(joined.length), joined]);
}

/** CONNECT of MQTT 3.1.1 unless told otherwise. */
export function connectPacket(
  options: { clientId?: string; clean?: boolean; protocol?: string; level?: number; keepalive?: number } = {},
): Buffer {
  const { clientId = 'raw', clean = true, protocol = 'MQTT', level = 4, keepalive = 60 } = options;
  const rest = Buffer.from([level, clean ? 2 : 0, keepalive >> 8, keepalive & 0xff]);
  return packet(0x10, text(protocol), rest, ...(level >= 5 ? [Buffer.from([0])] : []), text(clientId));
}

export function publishPacket(
  topic: string | Buffer,
  payload: string | Buffer,
  options: { qos?: 0 | 1 | 2; id?: number; retain?: boolean; dup?: boolean } = {},
): Buffer {
  const { qos = 0, id = 1, retain = false, dup = false } = options;
  const idBytes = Buffer.from([id >> 8, id & 0xff]);
  return packet(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), text(topic), ...(qos > 0 ? [idBytes] : []), Buffer.from(payload));
}

export function subscribePacket(topics: readonly string[], id = 1): Buffer {
  const entries = topics.flatMap((topic) => [text(topic), Buffer.from([0])]);
  return packet(0x82, Buffer.concat([Buffer.from([id >> 8, id & 0xff]), ...entries]));
}

/** A TCP connection that speaks MQTT by hand. */
export interface RawMqtt {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => Buffer;
  /** Resolves when at least that many bytes have come; rejects when the connection ends before. */
  bytes(count: number): Promise<Buffer>;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
}

/** Opens a raw connection; closed when the test ends. */
export async function openRawMqtt(port: number): Promise<RawMqtt> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let buffer = Buffer.alloc(0);
  const waiters = new Set<() => void>();
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (const waiter of waiters) waiter();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    received: () => buffer,
    closed,
    bytes: (count) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (buffer.length < count) return;
          waiters.delete(look);
          resolve(buffer);
        };
        waiters.add(look);
        void closed.then(() => reject(new Error(`closed after ${buffer.length} of ${count} bytes`)));
        look();
      }),
  };
}
