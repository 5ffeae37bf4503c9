import { onTestFinished } from 'vitest';
import { StoragePart, type StoragePartOptions, type StorageQuota } from '../../src/main/node/peers/storage/index.ts';
import { Logs, Metrics, Problems } from '../../src/main/node/telemetry/index.ts';
import { type MemoryPeer, MemoryPeers } from './memory-peers.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const roomyQuota: StorageQuota = { items: 10_000, sizeBytes: 16_777_216, perOwnerItems: 5_000, perOwnerBytes: 8_388_608 };

export interface PeerStoreNode {
  readonly part: StoragePart;
  readonly peer: MemoryPeer;
  readonly problems: Problems;
  readonly metrics: Metrics;
  readonly dataFolder: string;
}

/** A running store of a node in a network of memory. */
export async function startStore(
  network: MemoryPeers = new MemoryPeers(),
  nodeId = 'n1-owner',
  options: Partial<StoragePartOptions> = {},
): Promise<PeerStoreNode> {
  const dataFolder = options.dataFolder ?? (await temporaryFolder());
  const peer = network.peer(nodeId);
  const problems = new Problems();
  const metrics = new Metrics();
  const part = new StoragePart({
    nodeId,
    dataFolder,
    communicator: peer,
    quota: () => roomyQuota,
    keepsCopies: () => true,
    nameOf: (id) => id,
    logs: new Logs({ level: 'error' }),
    problems,
    metrics,
    ...options,
  });
  await part.start();
  onTestFinished(() => part.stop());
  return { part, peer, problems, metrics, dataFolder };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array): string => new TextDecoder().decode(value);
