import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, recoverySigner, recoveryWordsOf, type SecretStore, type Signer, sameBytes } from '../identity/index.ts';
import type { Statement, Store } from '../store/index.ts';
import {
  type Change,
  foundCluster,
  GroupKeyring,
  groupKeyCommitment,
  Invites,
  type Member,
  Membership,
  MembershipLog,
  newGroupKey,
  nodeRoles,
  type Operation,
  SealingKeyring,
} from '../trust/index.ts';
import type { JoinedCluster } from './join-guest.ts';

export interface ClusterTrustOptions {
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
}

/** What a node has of a cluster on its disk, besides its own keys. */
const clusterTables = [
  'cluster',
  'membership_operations',
  'membership_checkpoints',
  'invites',
  'group_keys',
  'group_key_rotation',
  'group_key_rotation_members',
] as const;

/** Told of operations that count from now on. @param from public key of the node that sent them; undefined: made here */
export type ChangeListener = (operations: readonly Operation[], from: Uint8Array | undefined) => void;

/**
 * What this node holds of its cluster: the membership log, invitations, group keys and its own sealing keys. All of it is on its disk
 * before anybody is answered.
 */
export class ClusterTrust {
  readonly sealing: SealingKeyring;
  readonly #options: ClusterTrustOptions;
  readonly #listeners = new Set<ChangeListener>();
  #invites: Invites;
  #groupKeys: GroupKeyring;
  #membership: Membership | undefined;

  private constructor(
    options: ClusterTrustOptions,
    held: Pick<ClusterTrust, 'invites' | 'groupKeys' | 'sealing'> & { readonly membership: Membership | undefined },
  ) {
    this.#options = options;
    this.#invites = held.invites;
    this.#groupKeys = held.groupKeys;
    this.sealing = held.sealing;
    this.#membership = held.membership;
  }

  /** @throws SignalboxError `STORAGE_FULL`; `INTERNAL` when what is stored is not valid; what the secret store throws */
  static async load(options: ClusterTrustOptions): Promise<ClusterTrust> {
    const { store, secrets, identity, keys, nowMs } = options;
    return new ClusterTrust(options, {
      invites: await Invites.load(store, secrets),
      groupKeys: await GroupKeyring.load(store, secrets),
      sealing: await SealingKeyring.load(store, secrets, identity, nowMs()),
      membership: await Membership.load(store, keys),
    });
  }

  /** Invitations that this node made. */
  get invites(): Invites {
    return this.#invites;
  }

  get groupKeys(): GroupKeyring {
    return this.#groupKeys;
  }

  /** Undefined while the node is in no cluster. */
  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** @throws SignalboxError `NOT_MEMBER` while the node is in no cluster */
  require(): Membership {
    if (this.#membership !== undefined) return this.#membership;
    throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster. Create one with: signalbox cluster create NAME, or join one.', {
      executed: 'no',
    });
  }

  /** This node as a member. @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  self(): Member {
    return this.require().memberOf(this.#options.identity.publicKey, this.#options.nowMs());
  }

  /** @throws SignalboxError `CONFLICT` when the node is in a cluster already */
  requireNone(): void {
    const name = this.#membership?.log.genesis.name;
    if (name !== undefined)
      throw new SignalboxError('CONFLICT', `This node belongs to the cluster ${name} already, and a node is in one cluster at a time.`, {
        executed: 'no',
      });
  }

  /** Calls `listener` after each change, when it is durable. */
  onChange(listener: ChangeListener): void {
    this.#listeners.add(listener);
  }

  /**
   * Founds a cluster with this node as its first admin.
   *
   * @param nodeName what the others call this node
   * @returns the recovery words, which are kept nowhere
   * @throws SignalboxError `CONFLICT`, `INVALID_PARAMS` (name), `STORAGE_FULL`
   */
  async create(name: string, nodeName: string): Promise<readonly string[]> {
    this.requireNone();
    const { identity, keys, nowMs } = this.#options;
    const now = nowMs();
    const words = recoveryWordsOf(randomBytes(32));
    const recoveryKey = recoverySigner(words.join(' ')).publicKey;
    const genesis = foundCluster({ name, firstAdmin: identity.publicKey, recoveryKey, nowMs: now });
    const groupKey = newGroupKey(1);
    const log = new MembershipLog(genesis, keys);
    log.sign({ kind: 'rotateGroupKey', subject: groupKeyCommitment(groupKey), notAfterMs: groupKey.epoch }, identity, now);
    // The founding has a name for the cluster alone.
    const roles = nodeRoles.peer | nodeRoles.viewer | nodeRoles.operator;
    log.sign({ kind: 'add', subject: identity.publicKey, roles, name: nodeName }, identity, now);
    await this.#adopt(genesis, log, groupKey);
    return words;
  }

  /** Takes a membership that was given and checked. @throws SignalboxError `CONFLICT`, `STORAGE_FULL` */
  async join({ log, genesis, groupKey }: JoinedCluster): Promise<void> {
    this.requireNone();
    await this.#adopt(genesis, log, groupKey);
  }

  /** @throws SignalboxError `NOT_MEMBER`; `CONFLICT` when the other members would be left without an admin */
  requireLeavable(): void {
    const { members } = this.require().log.state;
    const isSelf = ({ key }: Member) => sameBytes(key, this.#options.identity.publicKey);
    const admins = [...members.values()].filter(({ roles }) => (roles & nodeRoles.admin) !== 0);
    if (members.size > 1 && admins.length === 1 && admins.every(isSelf))
      throw new SignalboxError('CONFLICT', 'This node is the only admin of the cluster. Make another member admin first.', {
        executed: 'no',
      });
  }

  /**
   * Forgets the cluster, its keys and the invitations to it; the node can then join one. The others are not told.
   *
   * @throws SignalboxError `STORAGE_FULL`, and as {@link requireLeavable}
   */
  async leave(): Promise<void> {
    const { store, secrets } = this.#options;
    this.requireLeavable();
    await store.transaction(clusterTables.map((table) => ({ sql: `DELETE FROM ${table}` })));
    this.#membership = undefined;
    this.#invites = await Invites.load(store, secrets);
    this.#groupKeys = await GroupKeyring.load(store, secrets);
  }

  /**
   * Signs a change as an admin of the cluster.
   *
   * @param also written in the same transaction
   * @throws SignalboxError `FORBIDDEN` when this node is no admin, and as {@link Membership.sign}
   */
  async sign(change: Change, also: readonly Statement[] = []): Promise<void> {
    const { identity, nowMs } = this.#options;
    this.requireAdmin();
    await this.#changed(await this.require().sign(change, identity, nowMs(), also), undefined);
  }

  /**
   * Makes this node an admin with the recovery words, also when it was removed: nobody overrules them.
   *
   * @param nodeName what the others call this node, when it is no member any more
   * @throws SignalboxError `INVALID_PARAMS` when the words are mistyped, `FORBIDDEN` when they are of another cluster, `CONFLICT` when the
   *   node is an admin, `NOT_MEMBER`, `STORAGE_FULL`
   */
  async recover(words: readonly string[], nodeName: string): Promise<Member> {
    const { identity, nowMs } = this.#options;
    const membership = this.require();
    const { genesis, state } = membership.log;
    const before = state.members.get(Buffer.from(identity.publicKey).toString('hex'));
    if (before?.authority !== undefined)
      throw new SignalboxError('CONFLICT', 'This node is an admin of the cluster already.', { executed: 'no' });
    const signer = recoverySigner(words.join(' '));
    if (!sameBytes(signer.publicKey, genesis.recoveryKey))
      throw new SignalboxError('FORBIDDEN', `These are recovery words, but not those of the cluster ${genesis.name}.`, { executed: 'no' });
    const { peer, viewer, operator } = nodeRoles;
    const roles = before?.roles ?? peer | viewer | operator;
    const change: Change = { kind: 'addAdmin', subject: identity.publicKey, roles, name: before?.name ?? nodeName };
    await this.#changed(await membership.sign(change, signer, nowMs()), undefined);
    return this.self();
  }

  /** @throws SignalboxError `FORBIDDEN` when this node is no admin of the cluster; `NOT_MEMBER`, `REVOKED` */
  requireAdmin(): void {
    const self = this.self();
    if ((self.roles & nodeRoles.admin) === 0)
      throw new SignalboxError(
        'FORBIDDEN',
        `This node (${self.name}) is no admin of the cluster. Do it on an admin node, or let an admin give this one the role.`,
        { executed: 'no' },
      );
  }

  /**
   * Takes in operations that another member sent.
   *
   * @param nowMs by the clock that is ahead: this node's, or the sender's
   * @returns how many count from now on
   * @throws SignalboxError `STORAGE_FULL`
   */
  async accept(
    page: readonly Uint8Array[],
    from: Uint8Array,
    nowMs: number,
  ): Promise<{ readonly added: number; readonly refused: number }> {
    const { added, refused } = await this.require().accept(page, nowMs);
    await this.#changed(added, from);
    return { added: added.length, refused: refused.length };
  }

  async #adopt(genesis: Uint8Array, log: MembershipLog, groupKey: ReturnType<typeof newGroupKey>): Promise<void> {
    const { store, keys, nowMs } = this.#options;
    const now = nowMs();
    const installing = await this.groupKeys.first(groupKey, now);
    this.#membership = await Membership.adopt(store, genesis, log, keys, now, installing.statements);
    installing.confirm();
    await this.#changed(log.operations, undefined);
  }

  async #changed(operations: readonly Operation[], from: Uint8Array | undefined): Promise<void> {
    if (operations.length === 0) return;
    // What somebody invited who is no member any more must not let anybody in.
    for (const { kind, subject } of operations) if (kind === 'revoke') await this.invites.withdrawAllOf(subject);
    for (const listener of this.#listeners) listener(operations, from);
  }
}
