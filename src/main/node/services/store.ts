import type { StoreItem, storeContract } from '../../../common/contract/store.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { type Replicated, type StoragePart, type StoredItem, storageLimits } from '../peers/storage/index.ts';
import type { Handlers } from '../router/index.ts';

export interface StoreServiceOptions {
  readonly storage: StoragePart;
  readonly nodeId: string;
  /**
   * Id of the node that is meant, by id or name.
   *
   * @returns undefined when no such node is known
   * @throws SignalboxError `CONFLICT` when the name is not unique
   */
  readonly findNode: (idOrName: string) => string | undefined;
  readonly nameOf: (nodeId: string) => string;
}

/** The key-value store of this node, as people and programs use it. */
export function createStoreService(options: StoreServiceOptions): Handlers<keyof typeof storeContract> {
  const { storage, nodeId, findNode, nameOf } = options;

  const idOf = (idOrName: string): string => {
    const found = findNode(idOrName);
    if (found === undefined)
      throw new SignalboxError('NOT_FOUND', `No node ${idOrName} is known here. Name it by its id.`, { executed: 'no' });
    return found;
  };
  const ownerOf = (owner: string | undefined): string => (owner === undefined ? nodeId : idOf(owner));
  const shown = (item: Replicated<StoredItem>, ownerId: string): StoreItem => ({
    key: item.key,
    ownerId,
    version: item.version,
    sizeBytes: item.sizeBytes,
    updatedAt: item.updatedAt,
    updatedBy: item.updatedBy,
    replicas: item.replicas.map((replica) => ({ ...replica, name: nameOf(replica.nodeId) })),
  });
  const replicasOf = (names: readonly string[] | undefined): readonly string[] | undefined => {
    if (names === undefined) return undefined;
    const chosen = [...new Set(names.map(idOf))];
    if (chosen.includes(nodeId))
      throw new SignalboxError('INVALID_PARAMS', 'The node that owns a value keeps it anyway. Name other nodes for copies.', {
        executed: 'no',
      });
    return chosen;
  };

  return {
    'store.get': async ({ key, owner }) => {
      const ownerId = ownerOf(owner);
      const found = await storage.get(key, ownerId);
      return { ...shown(found, ownerId), ...textOf(found.value) };
    },
    'store.put': async ({ key, value, encoding, replicas, ifVersion }, { principal }) => {
      const bytes = bytesOf(value, encoding);
      return shown(await storage.put({ key, value: bytes, by: principal.user, replicas: replicasOf(replicas), ifVersion }), nodeId);
    },
    'store.delete': async ({ key, ifVersion }, { principal }) => ({
      deleted: await storage.delete({ key, by: principal.user, ifVersion }),
    }),
    'store.list': async ({ prefix, owner, after = '', limit }) => {
      const ownerId = ownerOf(owner);
      const { items, more } = await storage.list({ prefix, after, limit }, ownerId);
      return { items: items.map((item) => shown(item, ownerId)), more };
    },
    'store.usage': () => {
      const { own, copies, quota, refused } = storage.usage();
      return { own: { ...own }, copies: copies.map((held) => ({ ...held, name: nameOf(held.ownerId) })), quota: { ...quota }, refused };
    },
    'store.forget': async ({ owner }) => {
      const ownerId = idOf(owner);
      if (ownerId === nodeId)
        throw new SignalboxError('INVALID_PARAMS', 'Values of this node itself are deleted one by one.', { executed: 'no' });
      return { forgotten: await storage.forget(ownerId) };
    },
  };
}

function bytesOf(value: string, encoding: 'utf8' | 'base64'): Uint8Array {
  const bytes = Buffer.from(value, encoding);
  if (encoding === 'base64' && bytes.toString('base64') !== value)
    throw new SignalboxError('INVALID_PARAMS', 'The value is not base64.', { executed: 'no' });
  if (bytes.length > storageLimits.valueBytes)
    throw new SignalboxError('TOO_LARGE', `The value has ${bytes.length} bytes; ${storageLimits.valueBytes} are the most.`, {
      executed: 'no',
    });
  return new Uint8Array(bytes);
}

/** Text where the bytes are text, so that people read it. */
function textOf(bytes: Uint8Array): { readonly value: string; readonly encoding: 'utf8' | 'base64' } {
  try {
    return { value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' };
  } catch {
    return { value: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
  }
}
