import { SignalboxError } from '../../../../common/errors.ts';
import { harmlessText } from '../../../../common/steering-text.ts';
import type { Communicator, SendOptions } from '../types.ts';
import { storageLimits } from './limits.ts';
import { encodeValue, type StorageRequest, type StorageResponse, storageResponseSchema } from './messages.ts';
import type { Held } from './replicas.ts';
import type { StoredValue } from './stored-value.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Ask = Without<StorageRequest, 'type' | 'request_id'>;
type Answer = Exclude<StorageResponse, { result: 'Error' }>;

/** A replica does not take a copy; it is not asked again with the same before long. */
export class RefusedByReplica extends Error {
  /** The replica holds this version already, or a newer one; undefined: that is not the reason. */
  readonly heldVersion: number | undefined;

  constructor(message: string, heldVersion: number | undefined) {
    super(message);
    this.heldVersion = heldVersion;
  }
}

export interface HeldPage {
  readonly items: readonly Held[];
  readonly more: boolean;
}

/** Codes that pass by themselves, so that the copy only waits. */
const passing: ReadonlySet<string> = new Set(['OVERLOADED', 'STORAGE_FULL', 'INTERNAL']);

/** The store of a peer, as the owner of copies there uses it. */
export class PeerStore {
  readonly #communicator: Pick<Communicator, 'request' | 'conduct'>;
  readonly #ownId: string;
  readonly #stopped: AbortSignal;

  /** @param stopped aborted when this node stops and waits for nobody any more */
  constructor(communicator: Pick<Communicator, 'request' | 'conduct'>, ownId: string, stopped: AbortSignal) {
    this.#communicator = communicator;
    this.#ownId = ownId;
    this.#stopped = stopped;
  }

  /** @throws RefusedByReplica, SignalboxError of {@link Communicator.request} */
  async put(nodeId: string, { key, value, version, updatedAt, updatedBy }: StoredValue): Promise<void> {
    const copy = { key, value: encodeValue(value), version, updated_at: updatedAt, updated_by: harmlessText(updatedBy).slice(0, 200) };
    await this.#ask(nodeId, { operation: 'Put', owner: this.#ownId, ...copy }, 'Success', 'Medium');
  }

  /** @throws RefusedByReplica, SignalboxError of {@link Communicator.request} */
  async delete(nodeId: string, key: string, version: number): Promise<void> {
    await this.#ask(nodeId, { operation: 'Delete', owner: this.#ownId, key, version }, 'Success', 'Medium');
  }

  /** The digest over the copies that it keeps of this node. */
  async digest(nodeId: string): Promise<string | undefined> {
    const { digest } = await this.#ask(nodeId, { operation: 'List', owner: this.#ownId, digest: true }, 'Keys', 'Low');
    return digest;
  }

  /** The copies behind a key that it keeps of this node. */
  async list(nodeId: string, after: string): Promise<HeldPage> {
    const { keys, more } = await this.#ask(
      nodeId,
      { operation: 'List', owner: this.#ownId, after, limit: storageLimits.listItems },
      'Keys',
      'Low',
    );
    let last = after;
    for (const { key } of keys) {
      if (key <= last) throw this.#wrong(nodeId, 'it listed keys out of their order');
      last = key;
    }
    if (more && keys.length === 0) throw this.#wrong(nodeId, 'it promised keys and listed none');
    return { items: keys.map(({ key, version, updated_at: updatedAt }) => ({ key, version, updatedAt })), more };
  }

  async #ask<R extends Answer['result']>(
    nodeId: string,
    ask: Ask,
    expected: R,
    priority: SendOptions['priority'],
  ): Promise<Extract<Answer, { result: R }>> {
    const message = { type: 'StorageRequest', ...ask };
    const timeoutMs = storageLimits.requestMs;
    const options = { priority, timeoutMs, ttlSeconds: timeoutMs / 1_000, signal: this.#stopped };
    const answered = await this.#communicator.request(nodeId, message, options);
    const parsed = storageResponseSchema.safeParse(answered);
    if (!parsed.success) throw this.#wrong(nodeId, 'its StorageResponse is not in the form of wire.md 3');
    const answer = parsed.data;
    if (answer.result === expected) return answer as Extract<Answer, { result: R }>;
    if (answer.result !== 'Error') throw this.#wrong(nodeId, `it answered ${answer.result} to ${ask.operation}`);
    if (passing.has(answer.reason)) throw new SignalboxError('OVERLOADED', harmlessText(answer.message));
    throw new RefusedByReplica(harmlessText(answer.message), answer.held_version);
  }

  #wrong(nodeId: string, why: string): SignalboxError {
    this.#communicator.conduct(nodeId, 'invalid', why);
    return new SignalboxError('BAD_REQUEST', `The store of ${nodeId} answered wrongly: ${why}.`);
  }
}
