import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Packets that are held back to be delivered in another order. */
const heldPackets = 8;
const heldMs = 20;
/** MQTT 3.1.1, section 2.2.1: the high half of the first byte. */
const publishType = 3;

/** A way to a broker on which messages come twice and out of order. */
export interface UnrulyPath {
  readonly url: string;
  /** Messages that were delivered twice. */
  readonly repeated: number;
  /** Messages that overtook another. */
  readonly overtaken: number;
}

/** Starts a proxy before a broker of this machine that repeats and reorders what it delivers of inboxes and events; stopped when the test ends. */
export async function startUnrulyPath(brokerUrl: string): Promise<UnrulyPath> {
  const targetPort = Number(new URL(brokerUrl).port);
  const counts = { repeated: 0, overtaken: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((node) => {
    const broker = connect(targetPort, '127.0.0.1');
    const muddle = new Muddle((packet) => node.write(packet), counts);
    const split = packetSplitter((packet) => muddle.take(packet));
    node.setNoDelay(true);
    broker.setNoDelay(true);
    node.on('data', (chunk) => broker.write(chunk));
    broker.on('data', split);
    for (const [from, to] of [
      [node, broker],
      [broker, node],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    get repeated() {
      return counts.repeated;
    },
    get overtaken() {
      return counts.overtaken;
    },
  };
}

/** Holds messages back and lets them go backwards, each twice, the second time behind all of the others. */
class Muddle {
  readonly #send: (packet: Buffer) => void;
  readonly #counts: { repeated: number; overtaken: number };
  #held: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (packet: Buffer) => void, counts: { repeated: number; overtaken: number }) {
    this.#send = send;
    this.#counts = counts;
  }

  take(packet: Buffer): void {
    if (!isMessage(packet)) {
      this.#send(packet);
      return;
    }
    this.#held.push(packet);
    if (this.#held.length >= heldPackets) this.#release();
    else this.#timer ??= setTimeout(() => this.#release(), heldMs);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const held = this.#held.reverse();
    this.#held = [];
    this.#counts.repeated += held.length;
    this.#counts.overtaken += held.length - 1;
    for (const packet of [...held, ...held]) this.#send(packet);
  }
}

/** True for a PUBLISH with QoS 0 of an inbox or an event. */
function isMessage(packet: Buffer): boolean {
  const first = packet[0] ?? 0;
  if (first >> 4 !== publishType || (first & 0b0110) !== 0) return false;
  const topicStart = headerBytes(packet) ?? 0;
  const topic = packet.toString('utf8', topicStart + 2, topicStart + 2 + packet.readUInt16BE(topicStart));
  return topic.endsWith('/inbox') || topic.includes('/events/');
}

/** Cuts whole MQTT packets out of what arrives. */
function packetSplitter(onPacket: (packet: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = headerBytes(rest);
      if (header === undefined) return;
      const end = header + remainingLength(rest);
      if (rest.length < end) return;
      onPacket(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/** Bytes of the fixed header (MQTT 3.1.1, section 2.2); undefined while they are not all there. */
function headerBytes(packet: Buffer): number | undefined {
  for (let at = 1; at < packet.length; at++) if (((packet[at] ?? 0) & 0x80) === 0) return at + 1;
  return undefined;
}

function remainingLength(packet: Buffer): number {
  let length = 0;
  for (let at = 1; ; at++) {
    const byte = packet[at] ?? 0;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if ((byte & 0x80) === 0) return length;
  }
}
