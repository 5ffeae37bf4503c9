/** The key-value store of a node, with what it needs of the other parts. */
import type { Foundation } from './node-foundation.ts';
import { StoragePart, type StoragePartOptions } from './peers/storage/index.ts';

/** A store in a file of its own, whose quotas are settings. */
export function createStorage(
  { options, dataFolder, config, identity, logs, problems }: Foundation,
  parts: Pick<StoragePartOptions, 'communicator' | 'nameOf' | 'metrics'>,
): StoragePart {
  return new StoragePart({
    ...parts,
    nodeId: identity.nodeId,
    dataFolder,
    quota: () => ({
      items: config.get('store.maxItems'),
      sizeBytes: config.get('store.maxBytes'),
      perOwnerItems: config.get('store.maxItemsPerOwner'),
      perOwnerBytes: config.get('store.maxBytesPerOwner'),
    }),
    keepsCopies: () => config.get('store.keepCopies'),
    logs,
    problems,
    resourcesPath: options.resourcesPath,
  });
}
