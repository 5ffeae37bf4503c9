import { LRUCache } from 'lru-cache';
import { type KnownKeys, type Signer, sameBytes } from '../../identity/index.ts';
import { sha256, toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import { clusterIdOf, decodeGenesis, type Genesis } from './genesis.ts';
import { ancestorsOf, type Entry, inOrder, mergeEntries } from './merge.ts';
import { decodeOperation, type Operation, type OperationFields, type OperationKind, signOperation } from './operation.ts';
import { applyOperation, checkMayApply, foundingState, type MembershipState } from './state.ts';

/** A change to be signed; what is left out is zero or empty. */
export interface Change {
  readonly kind: OperationKind;
  readonly subject?: Uint8Array;
  readonly roles?: number;
  readonly name?: string;
  readonly notAfterMs?: number;
  readonly supersedes?: Uint8Array;
}

/** `added`, `known` before, or `waiting` for one that it follows. */
export type Insertion = 'added' | 'known' | 'waiting';

const zero = new Uint8Array(32);
const cachedStates = 64;

/**
 * All operations of one cluster that this node knows. Whatever order they come in, two nodes that know the same have the same state.
 *
 * A checkpoint says only that its issuer was there and what it knew; the newest of each admin is kept, and nothing follows it. A
 * checkpoint that names a second operation joins two branches: it stays, and what follows it follows both.
 */
export class MembershipLog {
  readonly genesis: Genesis;
  /** 32 bytes. */
  readonly clusterId: Uint8Array;
  readonly #keys: KnownKeys;
  readonly #entries = new Map<string, Entry>();
  readonly #heads = new Set<string>();
  readonly #checkpoints = new Map<string, Operation>();
  readonly #waiting = new Map<string, Operation>();
  readonly #states = new LRUCache<string, MembershipState>({ max: cachedStates });
  readonly #founding: MembershipState;

  /**
   * @param genesis its bytes
   * @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK`
   */
  constructor(genesis: Uint8Array, keys: KnownKeys) {
    this.genesis = decodeGenesis(genesis);
    this.clusterId = clusterIdOf(genesis);
    this.#keys = keys;
    this.#founding = foundingState(this.genesis);
  }

  /** Who belongs to the cluster. */
  get state(): MembershipState {
    return this.#stateAfter(this.#sortedHeads());
  }

  /** Operations that wait for one they follow. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Operations, without plain checkpoints, in the order in which they count. */
  get operations(): readonly Operation[] {
    return [...this.#entries.values()].map(({ operation }) => operation).sort(inOrder);
  }

  /** The newest checkpoint of each admin. */
  get checkpoints(): readonly Operation[] {
    return [...this.#checkpoints.values()].sort(inOrder);
  }

  /** Digests of the operations that nothing follows; none at the founding. */
  get heads(): readonly Uint8Array[] {
    return this.#sortedHeads().map((id) => (this.#entries.get(id) as Entry).operation.hash);
  }

  /** The same for two nodes that know the same: compared in every hello (security.md 2.7). */
  get headDigest(): Uint8Array {
    return sha256(this.clusterId, ...this.heads);
  }

  /** When an admin that still is one last signed a checkpoint, milliseconds since the epoch; the founding before the first. */
  get checkpointMs(): number {
    const { members } = this.state;
    let newest = this.genesis.createdMs;
    for (const { issuer, issuedMs } of this.#checkpoints.values())
      if (members.get(toHex(issuer))?.authority !== undefined) newest = Math.max(newest, issuedMs);
    return newest;
  }

  /**
   * Who was removed and may still know the group key: it was announced without regard to their removal. Hex of their public keys.
   */
  get removedWithKey(): readonly string[] {
    const { removed, groupKey } = this.state;
    const before = ancestorsOf(groupKey === undefined ? [] : [groupKey.id], (id) => this.#entries.get(id)?.parents ?? []);
    const late = this.operations.filter(({ kind, id }) => kind === 'revoke' && !before.has(id)).map(({ subject }) => toHex(subject));
    return [...new Set(late)].filter((key) => removed.has(key));
  }

  /** True when an admin has announced this key at some time, whatever came after it. @param commitment see `groupKeyCommitment` */
  hasAnnounced(epoch: number, commitment: Uint8Array): boolean {
    return this.operations.some(
      ({ kind, notAfterMs, subject }) => kind === 'rotateGroupKey' && notAfterMs === epoch && sameBytes(subject, commitment),
    );
  }

  /**
   * Takes in an operation, and those that waited for it.
   *
   * @param nowMs milliseconds since the epoch
   * @returns what became of it, and every operation that was added now
   * @throws SignalboxError `INVALID_PARAMS`, `VERSION`, `WRONG_CLUSTER`, `KEY_WEAK`, `BAD_SIGNATURE`; `FUTURE` (it may come again later),
   *   `FORBIDDEN` (its issuer was no admin), `NOT_FOUND` (its subject is no member),
   *   `CONFLICT` (it removes the last admin), `OVERLOADED` (the log is full)
   */
  insert(bytes: Uint8Array, nowMs: number): { readonly outcome: Insertion; readonly added: readonly Operation[] } {
    const operation = decodeOperation(bytes, this.clusterId, this.#keys);
    if (operation.issuedMs > nowMs + trustLimits.clockToleranceMs)
      throw refusal('FUTURE', 'A membership operation is from the future: one of the clocks is wrong.');
    const outcome = this.#place(operation);
    if (outcome !== 'added') return { outcome, added: [] };
    return { outcome, added: [operation, ...this.#placeWaiting()] };
  }

  /**
   * Signs a change on top of everything known; branches are joined first.
   *
   * @param nowMs milliseconds since the epoch
   * @returns the operations that were added: the change, and before it what joins the branches
   * @throws SignalboxError as {@link insert}
   */
  sign(change: Change, issuer: Signer, nowMs: number): readonly Operation[] {
    const isRecovery = sameBytes(issuer.publicKey, this.genesis.recoveryKey);
    const added: Operation[] = [];
    // The recovery key cannot join; its operation outranks the other branches anyhow.
    while (this.#heads.size > 1 && !isRecovery) {
      const [first, second] = this.#sortedHeads() as [string, string];
      added.push(...this.#signAndInsert({ kind: 'checkpoint', subject: this.#hashOf(second) }, [first, second], issuer, nowMs));
    }
    return [...added, ...this.#signAndInsert(change, this.#sortedHeads().slice(-1), issuer, nowMs)];
  }

  /**
   * What another node lacks, as many operations as fit into a page.
   *
   * @param theirHeads digests that the other node named; unknown ones are passed over
   * @param theirCheckpoints ids of the checkpoints it has
   */
  missing(
    theirHeads: readonly Uint8Array[],
    theirCheckpoints: ReadonlySet<string> = new Set(),
  ): { readonly page: readonly Uint8Array[]; readonly more: boolean } {
    const known = ancestorsOf(
      theirHeads.map(toHex).filter((id) => this.#entries.has(id)),
      (id) => this.#entries.get(id)?.parents ?? [],
    );
    const lacking = [
      ...this.operations.filter(({ id }) => !known.has(id)),
      ...this.checkpoints.filter(({ id }) => !theirCheckpoints.has(id)),
    ];
    const page: Uint8Array[] = [];
    let size = 0;
    for (const { bytes } of lacking) {
      size += bytes.length + 4;
      if (size > trustLimits.operationPageBytes) break;
      page.push(bytes);
    }
    return { page, more: page.length < lacking.length };
  }

  #place(operation: Operation): Insertion {
    const { id, kind, subject, prev } = operation;
    if (this.#entries.has(id) || [...this.#checkpoints.values()].some((checkpoint) => checkpoint.id === id)) return 'known';
    const joins = kind === 'checkpoint' && !sameBytes(subject, zero);
    const followed = [...(sameBytes(prev, this.clusterId) ? [] : [toHex(prev)]), ...(joins ? [toHex(subject)] : [])];
    const parents = [...new Set(followed)].sort();
    if (joins && parents.length < 2) throw refusal('INVALID_PARAMS', 'A membership operation joins something to itself.');
    if (parents.some((parent) => !this.#entries.has(parent))) return this.#wait(operation);
    if (operation.serial !== this.#serialAfter(parents))
      throw refusal('INVALID_PARAMS', 'A membership operation has a serial number that does not follow.');
    if (kind === 'checkpoint' && !joins) return this.#keepCheckpoint(operation);
    if (this.#entries.size >= trustLimits.operations)
      throw refusal('OVERLOADED', 'The log of the cluster is full. Found a new cluster and let the members join it.');
    const before = this.#stateAfter(parents);
    const authority = checkMayApply(before, operation, this.genesis.recoveryKey);
    this.#entries.set(id, { operation, parents, authority });
    for (const parent of parents) this.#heads.delete(parent);
    this.#heads.add(id);
    this.#states.set(id, applyOperation(before, operation));
    return 'added';
  }

  #serialAfter(parents: readonly string[]): number {
    return 1 + Math.max(0, ...parents.map((parent) => this.#entries.get(parent)?.operation.serial ?? 0));
  }

  #keepCheckpoint(checkpoint: Operation): Insertion {
    const issuer = toHex(checkpoint.issuer);
    if (this.state.members.get(issuer)?.authority === undefined)
      throw refusal('FORBIDDEN', 'A checkpoint was signed by a node that is no admin.');
    const known = this.#checkpoints.get(issuer);
    if (known !== undefined && known.issuedMs >= checkpoint.issuedMs) return 'known';
    this.#checkpoints.set(issuer, checkpoint);
    return 'added';
  }

  /** It can be pulled again: when too many wait, the longest waiting goes. */
  #wait(operation: Operation): Insertion {
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size >= trustLimits.waitingOperations && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.set(operation.id, operation);
    return 'waiting';
  }

  #placeWaiting(): readonly Operation[] {
    const added: Operation[] = [];
    for (let progress = true; progress; ) {
      progress = false;
      for (const operation of [...this.#waiting.values()].sort(inOrder)) {
        this.#waiting.delete(operation.id);
        if (!this.#canPlace(operation)) continue;
        added.push(operation);
        progress = true;
      }
    }
    return added;
  }

  /** False for one that waits on, and for one that turns out to be refused: whoever sent it is no longer there to be told. */
  #canPlace(operation: Operation): boolean {
    try {
      return this.#place(operation) === 'added';
    } catch {
      return false;
    }
  }

  #signAndInsert(change: Change, parents: readonly string[], issuer: Signer, nowMs: number): readonly Operation[] {
    const { kind, subject = zero, roles = 0, name = '', notAfterMs = 0, supersedes = zero } = change;
    const [first] = parents;
    const fields: OperationFields = {
      clusterId: this.clusterId,
      serial: this.#serialAfter(parents),
      kind,
      subject,
      roles,
      issuedMs: nowMs,
      notAfterMs,
      supersedes,
      prev: first === undefined ? this.clusterId : this.#hashOf(first),
      issuer: issuer.publicKey,
      name,
    };
    return this.insert(signOperation(fields, issuer).bytes, nowMs).added;
  }

  #hashOf(id: string): Uint8Array {
    return (this.#entries.get(id) as Entry).operation.hash;
  }

  #sortedHeads(): readonly string[] {
    return [...this.#heads].sort((a, b) => inOrder((this.#entries.get(a) as Entry).operation, (this.#entries.get(b) as Entry).operation));
  }

  #stateAfter(ids: readonly string[]): MembershipState {
    if (ids.length === 0) return this.#founding;
    const name = ids.join();
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const included = ancestorsOf(ids, (id) => this.#entries.get(id)?.parents ?? []);
    const entries = [...included].map((id) => this.#entries.get(id) as Entry).sort((a, b) => inOrder(a.operation, b.operation));
    const state = mergeEntries(entries, this.#founding);
    this.#states.set(name, state);
    return state;
  }
}
