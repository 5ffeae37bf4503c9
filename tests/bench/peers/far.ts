/** The other process of the benchmark of peers: a whole node, bare links that answer with what they got, and fifty peers on links. */
import { SignalboxError } from '../../../src/common/errors.ts';
import { createThrowawayCertificate, type Link, LinkDoor, LinkSession, linkLimits } from '../../../src/main/node/links/index.ts';
import type { SignalboxNode } from '../../../src/main/node/node.ts';
import { operator, startBenchMember } from '../bench-member.ts';
import { party, silentLogger } from '../link-party.ts';
import { peerOn } from './link-peer.ts';
import { LinkTransport } from './link-transport.ts';

/** What the near side asks for. */
export type FarOrder =
  | { readonly kind: 'node'; readonly dataFolder: string; readonly overrides: Readonly<Record<string, unknown>> }
  | { readonly kind: 'join'; readonly code: string; readonly address: string }
  /** Opens doors behind which links answer each message with its first bytes. */
  | { readonly kind: 'bare'; readonly doors: number }
  /** Opens doors with a peer behind each. */
  | { readonly kind: 'peers'; readonly doors: number };

/** Type of the messages that are counted. */
export const benchType = 'Bench';
/** Bytes by which a bare message is told apart. */
export const markBytes = 8;

async function openDoors(count: number, onLink: (link: Link, index: number) => void): Promise<readonly number[]> {
  const certificate = await createThrowawayCertificate();
  const ports: number[] = [];
  for (let index = 0; index < count; index++) {
    const door = new LinkDoor({
      host: '127.0.0.1',
      port: 0,
      certificate,
      party: party(index + 2),
      limits: linkLimits,
      logger: silentLogger,
      onLink: (link) => onLink(link, index),
    });
    await door.start();
    ports.push(door.address?.port ?? 0);
  }
  return ports;
}

function answerBare(link: Link): void {
  const session = new LinkSession(link.peer, Date.now);
  link.start({
    message: (bytes) => link.sendAwaited(session.seal(session.open(bytes).body.subarray(0, markBytes))),
    ended: () => undefined,
  });
}

async function openPeers(count: number): Promise<readonly number[]> {
  const transports = Array.from({ length: count }, () => new LinkTransport());
  for (const [index, transport] of transports.entries()) {
    const peer = await peerOn(transport, party(index + 2).identity.publicKey);
    peer.on(benchType, () => undefined);
  }
  return openDoors(count, (link, index) => transports[index]?.add(link));
}

if (process.send !== undefined) {
  let node: SignalboxNode | undefined;
  const obey = async (order: FarOrder): Promise<unknown> => {
    switch (order.kind) {
      case 'node':
        node = await startBenchMember('far', order.dataFolder, order.overrides);
        node.peers.communicator.on(benchType, () => undefined);
        return node.nodeId;
      case 'join':
        if (node === undefined) throw new SignalboxError('NOT_FOUND', 'There is no node that could join.');
        return node.router.call('membership.join', { code: order.code, address: order.address }, { principal: operator });
      case 'bare':
        return openDoors(order.doors, answerBare);
      case 'peers':
        return openPeers(order.doors);
    }
  };
  process.on('message', (order: FarOrder) => {
    obey(order).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ failure: String(error) }),
    );
  });
}
