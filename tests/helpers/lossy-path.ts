import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { isLooseMessage, packetSplitter } from './mqtt-packets.ts';

/** A way to a broker on which messages are lost. */
export interface LossyPath {
  readonly url: string;
  /** Messages that were lost, and those that were carried. */
  readonly lost: number;
  readonly carried: number;
  /** Loses nothing from now on. */
  mend(): void;
}

/**
 * Starts a proxy before a broker of this machine that loses messages with QoS 0 of inboxes and events, in both directions; stopped when the
 * test ends.
 *
 * @param share of them, 0 to 1
 * @param random 0 to 1
 */
export async function startLossyPath(brokerUrl: string, share: number, random: () => number): Promise<LossyPath> {
  const targetPort = Number(new URL(brokerUrl).port);
  let losing = share;
  let lost = 0;
  let carried = 0;
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket) => {
    const take = packetSplitter((packet) => {
      if (isLooseMessage(packet)) {
        if (random() < losing) {
          lost++;
          return;
        }
        carried++;
      }
      to.write(packet);
    });
    from.setNoDelay(true);
    from.on('data', take);
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    sockets.add(from);
  };
  const server = createServer((node) => {
    const broker = connect(targetPort, '127.0.0.1');
    carry(node, broker);
    carry(broker, node);
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
    get lost() {
      return lost;
    },
    get carried() {
      return carried;
    },
    mend: () => {
      losing = 0;
    },
  };
}
