/** The key-value store of a node, with what it needs of the other parts. */
import { SignalboxError } from '../../common/errors.ts';
import { isNodeId } from '../../common/ids.ts';
import type { Federation } from './federation/index.ts';
import { nodeIdOf, publicKeyOf } from './identity/index.ts';
import type { MembershipPart } from './membership/index.ts';
import type { Foundation } from './node-foundation.ts';
import { StoragePart, type StoragePartOptions } from './peers/storage/index.ts';
import type { AuditSink } from './router/index.ts';

/** A store in a file of its own, whose quotas are settings. */
export function createStorage(
  { options, dataFolder, config, identity, logs, problems }: Foundation,
  { audit, ...parts }: Pick<StoragePartOptions, 'communicator' | 'nameOf' | 'metrics'> & { readonly audit: AuditSink },
): StoragePart {
  return new StoragePart({
    ...parts,
    // What people and programs write comes by the router, which records it; this does not.
    onPeerChange: async ({ act, key, version, sizeBytes, nodeId, role }) => {
      await audit.record({
        principal: { user: `node@${nodeId}`, roles: [role], via: 'node' },
        act,
        target: null,
        params: { key, version, ...(sizeBytes !== null && { sizeBytes }) },
        outcome: 'done',
        code: null,
        detail: null,
        durationMs: null,
      });
    },
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

/** How people call nodes, and which node they mean, also one that has been away for long: the membership knows it. */
export interface StoreNames {
  readonly nameOf: (nodeId: string) => string;
  /** @throws SignalboxError `CONFLICT` when the name is not unique */
  readonly findNode: (idOrName: string) => string | undefined;
}

export function createStoreNames(
  { config, identity: { nodeId } }: Foundation,
  { federation, membership }: { readonly federation: Federation; readonly membership: MembershipPart },
): StoreNames {
  const members = () => membership.trustIfStarted?.membership?.log.state.members;
  const memberName = (id: string) => (isNodeId(id) ? members()?.get(Buffer.from(publicKeyOf(id)).toString('hex'))?.name : undefined);
  const memberCalled = (name: string) => {
    const named = [...(members()?.values() ?? [])].filter((member) => member.name === name);
    if (named.length <= 1) return named[0] === undefined ? undefined : nodeIdOf(named[0].key);
    throw new SignalboxError('CONFLICT', `${named.length} members are called ${name}. Name the node by its id.`, { executed: 'no' });
  };
  return {
    nameOf: (id) => (id === nodeId ? config.get('node.name') : (federation.directory.get(id)?.name ?? memberName(id) ?? id)),
    findNode: (node) => {
      if (node === nodeId || node === config.get('node.name')) return nodeId;
      return isNodeId(node) ? node : (federation.directory.find(node)?.nodeId ?? memberCalled(node));
    },
  };
}
