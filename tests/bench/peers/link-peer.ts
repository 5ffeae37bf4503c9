import { nodeIdOf } from '../../../src/main/node/identity/index.ts';
import { PeerCommunicator } from '../../../src/main/node/peers/communicator/index.ts';
import { memoryStore } from '../../helpers/memory-store.ts';
import { indifferentTo } from '../../helpers/peer-network.ts';
import { silentLogger } from '../link-party.ts';
import type { LinkTransport } from './link-transport.ts';

/** A communicator over links, without a node around it. */
export async function peerOn(transport: LinkTransport, publicKey: Uint8Array): Promise<PeerCommunicator> {
  const communicator = new PeerCommunicator({
    nodeId: nodeIdOf(publicKey),
    transport,
    oversight: indifferentTo(transport),
    store: memoryStore(),
    logger: silentLogger,
  });
  await communicator.start();
  return communicator;
}
