import { type KnownKeys, nodeIdOf, type Signer } from '../../identity/index.ts';
import type { Migration, Statement, Store } from '../../store/index.ts';
import { toHex } from '../digest.ts';
import { refusal } from '../refusal.ts';
import { type Change, MembershipLog } from './membership-log.ts';
import { type NodeRole, nodeRoles } from './node-roles.ts';
import { decodeOperation, type Operation } from './operation.ts';
import type { Member } from './state.ts';

/** The cluster this node belongs to, and its log. */
export const membershipMigrations: readonly Migration[] = [
  {
    id: 'trust-2-membership',
    sql: `CREATE TABLE cluster (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), genesis BLOB NOT NULL, joined_at INTEGER NOT NULL) STRICT;
    CREATE TABLE membership_operations (
      id BLOB PRIMARY KEY,
      serial INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE membership_checkpoints (issuer BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID`,
  },
];

const zero = new Uint8Array(32);

/** What became of operations that another node sent. */
export interface Accepted {
  readonly added: readonly Operation[];
  /** Refused ones, to be counted against the node that sent them. */
  readonly refused: readonly unknown[];
}

/**
 * The membership of this node's cluster, on its disk. Every change is one transaction: after a kill at any point the log is one that was
 * valid before or after it.
 */
export class Membership {
  readonly #store: Store;
  readonly #genesis: Uint8Array;
  readonly #keys: KnownKeys;
  readonly #stored: Set<string>;
  #log: MembershipLog;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, genesis: Uint8Array, keys: KnownKeys, log: MembershipLog) {
    this.#store = store;
    this.#genesis = genesis;
    this.#keys = keys;
    this.#log = log;
    this.#stored = new Set([...log.operations, ...log.checkpoints].map(({ id }) => id));
  }

  /**
   * The stored membership.
   *
   * @returns undefined while the node is in no cluster
   * @throws SignalboxError `STORAGE_FULL`; `INTERNAL` when what is stored is not a valid log
   */
  static async load(store: Store, keys: KnownKeys): Promise<Membership | undefined> {
    const row = await store.get<{ genesis: Uint8Array }>('SELECT genesis FROM cluster');
    if (row === undefined) return undefined;
    return new Membership(store, row.genesis, keys, await loadLog(store, row.genesis, keys));
  }

  /**
   * Makes this node a member of a cluster: one it founds (an empty log), or one whose join answer it has checked.
   *
   * @param also written in the same transaction, for example the group key
   * @throws SignalboxError `CONFLICT` when it is in a cluster already, `STORAGE_FULL`
   */
  static async adopt(
    store: Store,
    genesis: Uint8Array,
    log: MembershipLog,
    keys: KnownKeys,
    nowMs: number,
    also: readonly Statement[] = [],
  ): Promise<Membership> {
    await store.transaction([
      { sql: 'INSERT INTO cluster (only_one, genesis, joined_at) VALUES (1, ?, ?)', params: [genesis, nowMs] },
      ...[...log.operations, ...log.checkpoints].map(storing),
      ...also,
    ]);
    return new Membership(store, genesis, keys, log);
  }

  /** For reading: heads, state, pages. */
  get log(): Pick<
    MembershipLog,
    | 'genesis'
    | 'clusterId'
    | 'state'
    | 'operations'
    | 'checkpoints'
    | 'heads'
    | 'headDigest'
    | 'checkpointMs'
    | 'missing'
    | 'removedWithKey'
  > {
    return this.#log;
  }

  /** Bytes of the founding, for a join answer. */
  get genesis(): Uint8Array {
    return this.#genesis;
  }

  /**
   * Takes in a page of operations. Invalid ones are left out, the others are durable when this resolves.
   *
   * @param nowMs milliseconds since the epoch
   * @throws SignalboxError `STORAGE_FULL`; the log is then as it was
   */
  accept(page: readonly Uint8Array[], nowMs: number): Promise<Accepted> {
    return this.#change(() => {
      const added: Operation[] = [];
      const refused: unknown[] = [];
      for (const bytes of page) {
        try {
          added.push(...this.#log.insert(bytes, nowMs).added);
        } catch (error) {
          refused.push(error);
        }
      }
      return { added, refused };
    });
  }

  /**
   * Signs a change on top of everything known.
   *
   * @param also written in the same transaction: the use of an invitation, the group key
   * @returns the operations that were added, to be sent to everybody
   * @throws SignalboxError `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`, `INVALID_PARAMS`, `OVERLOADED`, `STORAGE_FULL`
   */
  async sign(change: Change, issuer: Signer, nowMs: number, also: readonly Statement[] = []): Promise<readonly Operation[]> {
    const { added } = await this.#change(() => ({ added: this.#log.sign(change, issuer, nowMs) }), also);
    return added;
  }

  /**
   * The member of a key.
   *
   * @param nowMs milliseconds since the epoch
   * @throws SignalboxError `NOT_MEMBER`; `REVOKED`, whose `data` says by whom and when
   */
  memberOf(key: Uint8Array, nowMs: number): Member {
    const { members, removed } = this.#log.state;
    const name = toHex(key);
    const member = members.get(name);
    if (member !== undefined && (member.notAfterMs === 0 || nowMs < member.notAfterMs)) return member;
    const nodeId = nodeIdOf(key);
    if (member !== undefined)
      throw refusal('NOT_MEMBER', `The membership of ${member.name} (${nodeId}) has ended. An admin can renew it.`, { nodeId });
    const removal = removed.get(name);
    if (removal === undefined)
      throw refusal('NOT_MEMBER', `The node ${nodeId} does not belong to the cluster. Let it join first.`, { nodeId });
    const by = members.get(toHex(removal.by))?.name ?? nodeIdOf(removal.by);
    const when = new Date(removal.atMs).toISOString().slice(0, 10);
    throw refusal('REVOKED', `The node ${nodeId} was removed from the cluster by ${by} on ${when}.`, {
      nodeId,
      by: nodeIdOf(removal.by),
      atMs: removal.atMs,
    });
  }

  /**
   * Checks that a remote member has a role. Operators and admins are not trusted from afar by a node that has not heard from any admin for
   * long: it may have missed their removal (security.md 2.7).
   *
   * @throws SignalboxError `NOT_MEMBER`, `REVOKED`, `FORBIDDEN`, `STALE_MEMBERSHIP`
   */
  requireRole(key: Uint8Array, role: NodeRole, nowMs: number): Member {
    const member = this.memberOf(key, nowMs);
    if ((member.roles & nodeRoles[role]) === 0)
      throw refusal(
        'FORBIDDEN',
        `The node ${member.name} (${nodeIdOf(key)}) does not have the role ${role} in the cluster. Ask an admin for it.`,
      );
    if ((role === 'operator' || role === 'admin') && this.isStale(nowMs))
      throw refusal(
        'STALE_MEMBERSHIP',
        `This node has not heard from an admin of the cluster since ${new Date(this.#log.checkpointMs).toISOString().slice(0, 10)}. Connect it to a current member.`,
        { checkpointMs: this.#log.checkpointMs },
      );
    return member;
  }

  /** True when the newest checkpoint is older than the cluster allows. */
  isStale(nowMs: number): boolean {
    return nowMs - this.#log.checkpointMs > this.#log.state.staleAfterMs;
  }

  /** One change at a time. What is refused or fails to be stored is not in memory either. */
  #change<T extends { readonly added: readonly Operation[] }>(work: () => T, also: readonly Statement[] = []): Promise<T> {
    const done = this.#busy.then(async () => {
      try {
        const result = work();
        const statements = [...result.added.map(storing), ...also];
        if (statements.length > 0) await this.#store.transaction(statements);
        for (const { id } of result.added) this.#stored.add(id);
        return result;
      } catch (error) {
        this.#forgetUnstored();
        throw error;
      }
    });
    this.#busy = done.catch(() => undefined);
    return done;
  }

  #forgetUnstored(): void {
    const known = [...this.#log.operations, ...this.#log.checkpoints];
    const stored = known.filter(({ id }) => this.#stored.has(id));
    if (stored.length < known.length) this.#log = logOf(this.#genesis, stored, this.#keys);
  }
}

function storing(operation: Operation): Statement {
  const { kind, subject, issuer, hash, serial, bytes } = operation;
  if (kind === 'checkpoint' && toHex(subject) === toHex(zero))
    return { sql: 'INSERT OR REPLACE INTO membership_checkpoints (issuer, bytes) VALUES (?, ?)', params: [issuer, bytes] };
  return { sql: 'INSERT INTO membership_operations (id, serial, bytes) VALUES (?, ?, ?)', params: [hash, serial, bytes] };
}

async function loadLog(store: Store, genesis: Uint8Array, keys: KnownKeys): Promise<MembershipLog> {
  const operations = await store.all<{ bytes: Uint8Array }>('SELECT bytes FROM membership_operations ORDER BY serial, id');
  const checkpoints = await store.all<{ bytes: Uint8Array }>('SELECT bytes FROM membership_checkpoints');
  try {
    return logOf(genesis, [...operations, ...checkpoints], keys);
  } catch (error) {
    throw refusal('INTERNAL', `The stored membership of the cluster is not valid: ${(error as Error).message} Let the node join anew.`);
  }
}

/** A log of operations that were checked against the clock when they came. */
function logOf(genesis: Uint8Array, operations: readonly { readonly bytes: Uint8Array }[], keys: KnownKeys): MembershipLog {
  const log = new MembershipLog(genesis, keys);
  for (const { bytes } of operations) {
    try {
      log.insert(bytes, Number.MAX_SAFE_INTEGER);
    } catch (error) {
      // The last checkpoint of somebody who is no admin any more says nothing.
      if (decodeOperation(bytes, log.clusterId, keys).kind !== 'checkpoint') throw error;
    }
  }
  if (log.waiting > 0) throw refusal('INTERNAL', 'Operations are missing.');
  return log;
}
