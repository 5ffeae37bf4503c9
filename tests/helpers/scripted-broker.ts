import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A packet as it came: its type (MQTT 3.1.1, table 2.1) and what follows the length. */
export interface MqttPacket {
  readonly type: number;
  readonly body: Buffer;
}

export const packetTypes = { connect: 1, publish: 3, subscribe: 8, pingRequest: 12, disconnect: 14 } as const;

/** An end of a connection to a broker that does what a test tells it and nothing else. */
export interface BrokerEnd {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Grants a SUBSCRIBE. */
  grant(subscribe: MqttPacket): void;
}

/** A broker that takes every connection; `onPacket` says what becomes of the packets after CONNECT. Closed when the test ends. */
export async function startScriptedBroker(onPacket: (packet: MqttPacket, end: BrokerEnd) => void): Promise<{ readonly url: string }> {
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    const end: BrokerEnd = {
      socket,
      closed: new Promise((resolve) => socket.once('close', () => resolve())),
      grant: ({ body }) => {
        const granted = Buffer.alloc(filtersIn(body), 1);
        socket.write(Buffer.concat([Buffer.from([0x90, 2 + granted.length]), body.subarray(0, 2), granted]));
      },
    };
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (let read = readPacket(unread); read !== undefined; read = readPacket(unread)) {
        unread = unread.subarray(read.size);
        if (read.packet.type === packetTypes.connect) socket.write(Buffer.from([0x20, 2, 0, 0]));
        else if (read.packet.type === packetTypes.pingRequest) socket.write(Buffer.from([0xd0, 0]));
        else onPacket(read.packet, end);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { url: `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
}

function readPacket(bytes: Buffer): { readonly packet: MqttPacket; readonly size: number } | undefined {
  let length = 0;
  for (let index = 1; index < bytes.length; index++) {
    const digit = bytes[index] ?? 0;
    length += (digit & 0x7f) * 128 ** (index - 1);
    if ((digit & 0x80) !== 0) continue;
    const size = index + 1 + length;
    if (bytes.length < size) return undefined;
    return { packet: { type: (bytes[0] ?? 0) >> 4, body: bytes.subarray(index + 1, size) }, size };
  }
  return undefined;
}

/** Filters of a SUBSCRIBE: each is a text and a byte, after the packet id. */
function filtersIn(body: Buffer): number {
  let count = 0;
  for (let index = 2; index < body.length; index += body.readUInt16BE(index) + 3) count++;
  return count;
}
