import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { isLooseMessage, packetSplitter } from './mqtt-packets.ts';

/** Packets that are held back to be delivered in another order. */
const heldPackets = 8;
const heldMs = 20;

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
    if (!isLooseMessage(packet)) {
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
