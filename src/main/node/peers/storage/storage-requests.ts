import { LRUCache } from 'lru-cache';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { type Role, roles } from '../../../../common/roles.ts';
import type { Logger } from '../../telemetry/index.ts';
import { TokenBucket } from '../../trust/index.ts';
import type { Communicator, PeerContext, PeerMessage } from '../types.ts';
import type { Copies } from './copies.ts';
import { storageLimits } from './limits.ts';
import {
  decodeValue,
  encodeValue,
  type StorageErrorKind,
  type StorageRequest,
  type StorageResponse,
  storageRequestSchema,
} from './messages.ts';
import type { OwnValues } from './own-values.ts';
import type { StoredValue } from './stored-value.ts';

/** What a peer did to a value of this node. */
export interface PeerChange {
  readonly act: 'store.put' | 'store.delete';
  readonly key: string;
  readonly version: number;
  /** Of the new value; null: it was deleted. */
  readonly sizeBytes: number | null;
  /** The peer, and the role that it has here. */
  readonly nodeId: string;
  readonly role: Role;
}

export interface StorageRequestsOptions {
  readonly nodeId: string;
  readonly communicator: Pick<Communicator, 'on' | 'answer' | 'conduct'>;
  readonly own: OwnValues;
  readonly copies: Copies;
  /** Whether this node keeps copies for others; a setting. */
  readonly keepsCopies: () => boolean;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Told when a peer changed a value of this node. Awaited before the peer is answered: what is acknowledged is on record. */
  readonly onChanged: (change: PeerChange) => Promise<void>;
  readonly onRefused: (code: string) => void;
  readonly logger: Logger;
}

type Answer = StorageResponse extends infer R ? (R extends unknown ? Omit<R, 'type' | 'request_id'> : never) : never;
type RequestOf<O extends StorageRequest['operation']> = Extract<StorageRequest, { operation: O }>;

interface Peer {
  readonly bucket: TokenBucket;
  waiting: number;
}

/** What only tells the sender what it did; the text of others may name paths of this machine. */
const told: ReadonlySet<string> = new Set(['LIMIT', 'CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'INVALID_PARAMS', 'TOO_LARGE', 'OVERLOADED']);

const kindOf: Readonly<Record<string, StorageErrorKind>> = {
  FORBIDDEN: 'SecurityError',
  INVALID_PARAMS: 'ProtocolError',
  INTERNAL: 'InternalError',
};

/**
 * Answers the storage messages of peers. Values of this node need the role that its methods need; copies are written by their owner alone,
 * whose word the session proves (security.md 2.5).
 */
export class StorageRequests {
  readonly #options: StorageRequestsOptions;
  readonly #peers = new LRUCache<string, Peer>({ max: storageLimits.ratedPeers });

  constructor(options: StorageRequestsOptions) {
    this.#options = options;
    options.communicator.on('StorageRequest', (message, context) => this.#take(message, context), storageLimits.requestBytes);
  }

  async #take(message: PeerMessage, context: PeerContext): Promise<void> {
    const peer = this.#peerOf(context.origin.nodeId);
    if (!peer.bucket.take(performance.now()) || peer.waiting >= storageLimits.requestsAtOnce) {
      this.#refuse(message, context, new SignalboxError('OVERLOADED', 'The store is asked too often. Ask again later.'));
      return;
    }
    const parsed = storageRequestSchema.safeParse(message);
    if (!parsed.success) {
      const error = new SignalboxError('INVALID_PARAMS', 'The StorageRequest is not in the form of wire.md 3.');
      this.#refuse(message, context, error);
      throw error;
    }
    peer.waiting++;
    try {
      const answer = await this.#act(parsed.data, context);
      this.#options.communicator.answer(message, context, { type: 'StorageResponse', ...answer });
    } catch (error) {
      this.#refuse(message, context, error);
    } finally {
      peer.waiting--;
    }
  }

  #act(request: StorageRequest, context: PeerContext): Promise<Answer> {
    switch (request.operation) {
      case 'Get':
        return this.#get(request, context);
      case 'List':
        return this.#list(request, context);
      case 'Put':
        return this.#isOwn(request.owner) ? this.#putOwn(request, context) : this.#putCopy(request, context);
      case 'Delete':
        return this.#isOwn(request.owner) ? this.#deleteOwn(request, context) : this.#deleteCopy(request, context);
    }
  }

  async #get({ key, owner }: RequestOf<'Get'>, context: PeerContext): Promise<Answer> {
    this.#needReader(owner, context);
    const { own, copies } = this.#options;
    const found = owner === undefined || this.#isOwn(owner) ? await own.get(key) : await copies.get(owner, key);
    if (found === undefined) throw new SignalboxError('NOT_FOUND', `There is no ${key}.`);
    const { version, updatedAt, updatedBy, value } = found;
    return { result: 'Value', key, value: encodeValue(value), version, updated_at: updatedAt, updated_by: updatedBy };
  }

  async #list(
    { prefix = '', owner, after = '', limit = storageLimits.listItems, digest }: RequestOf<'List'>,
    context: PeerContext,
  ): Promise<Answer> {
    this.#needReader(owner, context);
    const { own, copies } = this.#options;
    const isOwn = owner === undefined || this.#isOwn(owner);
    if (digest === true) {
      if (isOwn) throw new SignalboxError('INVALID_PARAMS', 'A digest is over the copies of an owner.');
      return { result: 'Keys', keys: [], more: false, digest: await copies.digest(owner) };
    }
    const range = { prefix, after, limit: Math.min(limit, storageLimits.listItems) };
    const { items, more } = isOwn ? await own.list(range) : await copies.list(owner, range);
    const keys = items.map(({ key, version, sizeBytes, updatedAt }) => ({ key, version, size_bytes: sizeBytes, updated_at: updatedAt }));
    return { result: 'Keys', keys, more };
  }

  async #putOwn({ key, value, version, if_version }: RequestOf<'Put'>, context: PeerContext): Promise<Answer> {
    const role = needRole(context, 'operator');
    if (version !== undefined) throw new SignalboxError('FORBIDDEN', 'The owner of a key counts its versions.');
    const { own, nowMs, onChanged } = this.#options;
    const bytes = bytesOf(value);
    const stored = await own.put({
      key,
      value: bytes,
      by: userOf(context),
      atMs: nowMs(),
      ifVersion: if_version,
      peerWrite: writeOf(context),
    });
    await onChanged({ act: 'store.put', key, version: stored, sizeBytes: bytes.length, nodeId: context.origin.nodeId, role });
    return { result: 'Success', key, version: stored };
  }

  async #deleteOwn({ key, version, if_version }: RequestOf<'Delete'>, context: PeerContext): Promise<Answer> {
    const role = needRole(context, 'operator');
    if (version !== undefined) throw new SignalboxError('FORBIDDEN', 'The owner of a key counts its versions.');
    const { own, onChanged } = this.#options;
    const deleted = await own.delete({ key, by: userOf(context), ifVersion: if_version, peerWrite: writeOf(context) });
    if (deleted === undefined) throw new SignalboxError('NOT_FOUND', `There is no ${key}.`);
    await onChanged({ act: 'store.delete', key, version: deleted, sizeBytes: null, nodeId: context.origin.nodeId, role });
    return { result: 'Success', key, version: deleted };
  }

  async #putCopy(request: RequestOf<'Put'>, context: PeerContext): Promise<Answer> {
    const { key, version = 0, updated_at: updatedAt = 0, updated_by: updatedBy = '' } = request;
    const owner = this.#needOwner(request, context);
    if (!this.#options.keepsCopies()) throw new SignalboxError('FORBIDDEN', 'This node keeps no copies for others: its settings say so.');
    const copy: StoredValue = { key, version, value: bytesOf(request.value), sizeBytes: 0, updatedAt, updatedBy };
    await this.#options.copies.put(owner, copy);
    return { result: 'Success', key, version };
  }

  async #deleteCopy(request: RequestOf<'Delete'>, context: PeerContext): Promise<Answer> {
    const { key, version = 0 } = request;
    await this.#options.copies.delete(this.#needOwner(request, context), key, version);
    return { result: 'Success', key, version };
  }

  #isOwn(owner: string | undefined): boolean {
    return owner === undefined || owner === this.#options.nodeId;
  }

  /** An owner may look at its own copies whatever its role. */
  #needReader(owner: string | undefined, context: PeerContext): void {
    if (owner === context.origin.nodeId && mayOwn(context)) return;
    needRole(context, 'viewer');
  }

  #needOwner({ owner, key, version, if_version }: RequestOf<'Put'> | RequestOf<'Delete'>, context: PeerContext): string {
    const { nodeId } = context.origin;
    if (owner !== nodeId) {
      this.#options.communicator.conduct(nodeId, 'invalid', `it wrote ${key} of another owner`);
      throw new SignalboxError('FORBIDDEN', 'A copy is written by the owner of the key alone.');
    }
    if (!mayOwn(context)) throw new SignalboxError('FORBIDDEN', 'Copies are kept for members of the cluster, and for operators.');
    if (version === undefined || if_version !== undefined)
      throw new SignalboxError('INVALID_PARAMS', 'A copy needs the version that its owner gave it, and no condition.');
    return nodeId;
  }

  #peerOf(nodeId: string): Peer {
    const known = this.#peers.get(nodeId);
    if (known !== undefined) return known;
    const peer = { bucket: new TokenBucket(storageLimits.requestsPerSecond, storageLimits.requestBurst, performance.now()), waiting: 0 };
    this.#peers.set(nodeId, peer);
    return peer;
  }

  #refuse(message: PeerMessage, context: PeerContext, error: unknown): void {
    const { communicator, onRefused, logger } = this.#options;
    const { code, message: text, data } = toErrorShape(error);
    onRefused(code);
    if (!told.has(code))
      logger.error('store.requestFailed', 'A storage message of a peer could not be carried out.', { from: context.origin.nodeId, error });
    communicator.answer(message, context, {
      type: 'StorageResponse',
      result: 'Error',
      code: kindOf[code] ?? 'StorageError',
      reason: code,
      message: told.has(code) ? text : 'The node could not do it. Its log has the details.',
      ...heldVersionOf(data),
    });
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeValue(text);
  if (bytes === undefined) throw new SignalboxError('INVALID_PARAMS', 'The value is not base64.');
  if (bytes.length > storageLimits.valueBytes)
    throw new SignalboxError('TOO_LARGE', `The value has ${bytes.length} bytes; ${storageLimits.valueBytes} are the most.`);
  return bytes;
}

/** Any member owns values; another node of this machine only as an operator, for nothing proves that it is the one it says. */
function mayOwn({ origin }: PeerContext): boolean {
  return origin.secure || holds(origin.role, 'operator');
}

/** @returns the role that the peer has */
function needRole({ origin }: PeerContext, needed: Role): Role {
  if (origin.role === undefined || !holds(origin.role, needed))
    throw new SignalboxError('FORBIDDEN', `The store needs the role ${needed} of the node that asks.`);
  return origin.role;
}

function holds(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(needed);
}

function userOf({ origin }: PeerContext): string {
  return `node@${origin.nodeId}`;
}

function writeOf({ origin, messageId }: PeerContext): { readonly peer: string; readonly messageId: string } {
  return { peer: origin.nodeId, messageId };
}

function heldVersionOf(data: unknown): { readonly held_version?: number } {
  const held = (data as { readonly heldVersion?: unknown } | undefined)?.heldVersion;
  return typeof held === 'number' ? { held_version: held } : {};
}
