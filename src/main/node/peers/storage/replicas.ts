import type { Statement, Store } from '../../store/index.ts';
import type { Told } from './copies.ts';
import { storageLimits } from './limits.ts';

/** `current`: the copy has the version of the value; `behind`: an older one; `waiting`: none yet; `refused`: the replica does not take it. */
export type ReplicaState = 'current' | 'behind' | 'waiting' | 'refused';

export interface Replica {
  readonly nodeId: string;
  /** Version that it holds; null: none yet. */
  readonly version: number | null;
  readonly state: ReplicaState;
  /** Why it does not take the value; null unless refused. */
  readonly refusal: string | null;
}

/** A copy that is not there as it has to be. */
export interface PendingCopy {
  readonly key: string;
  /** Version of the value; of its deletion when there is none. */
  readonly version: number;
  readonly act: 'put' | 'delete';
}

export interface Refused {
  readonly nodeId: string;
  readonly values: number;
  /** One of the reasons. */
  readonly refusal: string;
}

interface ReplicaRow {
  readonly key: string;
  readonly node_id: string;
  readonly held_version: number;
  readonly refused_version: number;
  readonly refusal: string | null;
  readonly version: number;
}

/** What is known of the copies of this node's values at others. */
export class Replicas {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Of the values between two keys, both included; by key. */
  async between(first: string, last: string): Promise<ReadonlyMap<string, readonly Replica[]>> {
    const rows = await this.#store.all<ReplicaRow>(
      `SELECT key, node_id, held_version, refused_version, refusal, version FROM replica JOIN own_value USING (key)
       WHERE key BETWEEN ? AND ? AND wanted = 1 ORDER BY key, node_id`,
      [first, last],
    );
    const byKey = new Map<string, Replica[]>();
    for (const row of rows) {
      const replicas = byKey.get(row.key) ?? [];
      replicas.push(replicaOf(row));
      byKey.set(row.key, replicas);
    }
    return byKey;
  }

  /** Nodes that keep a copy of one key, or have to delete one. */
  async nodesOf(key: string): Promise<readonly string[]> {
    const rows = await this.#store.all<{ node_id: string }>('SELECT node_id FROM replica WHERE key = ?', [key]);
    return rows.map(({ node_id }) => node_id);
  }

  async isAt(nodeId: string): Promise<boolean> {
    return (await this.#store.get('SELECT 1 FROM replica WHERE node_id = ? LIMIT 1', [nodeId])) !== undefined;
  }

  /** Copies that have to be sent to a node, in the order of keys. */
  async pendingAt(nodeId: string, afterKey: string): Promise<readonly PendingCopy[]> {
    const rows = await this.#store.all<{ key: string; wanted: number; version: number }>(
      `SELECT key, wanted, coalesce(own_value.version, (SELECT version FROM version_floor WHERE owner = ''), 1) AS version
       FROM replica LEFT JOIN own_value USING (key)
       WHERE node_id = ? AND key > ? AND (wanted = 0 OR (held_version <> own_value.version AND refused_version <> own_value.version))
       ORDER BY key LIMIT ?`,
      [nodeId, afterKey, storageLimits.copyPage],
    );
    return rows.map(({ key, wanted, version }) => ({ key, version, act: wanted === 1 ? 'put' : 'delete' }));
  }

  /** How many copies wait for nodes to be sent, or to be taken by them. */
  async waiting(): Promise<number> {
    const row = await this.#store.get<{ waiting: number }>(
      'SELECT count(*) AS waiting FROM replica LEFT JOIN own_value USING (key) WHERE wanted = 0 OR held_version <> own_value.version',
    );
    return row?.waiting ?? 0;
  }

  /** The replica stored that version. */
  async taken(nodeId: string, key: string, version: number): Promise<void> {
    await this.#store.run(
      'UPDATE replica SET held_version = ?, refused_version = 0, refusal = NULL WHERE key = ? AND node_id = ? AND held_version < ?',
      [version, key, nodeId, version],
    );
  }

  /** The replica does not take that version. */
  async refused(nodeId: string, key: string, version: number, refusal: string): Promise<void> {
    await this.#store.run('UPDATE replica SET refused_version = ?, refusal = ? WHERE key = ? AND node_id = ?', [
      version,
      refusal,
      key,
      nodeId,
    ]);
  }

  /** The copy is deleted, unless it is wanted again meanwhile. */
  async deleted(nodeId: string, key: string): Promise<void> {
    await this.#store.transaction([
      { sql: 'DELETE FROM replica WHERE key = ? AND node_id = ? AND wanted = 0', params: [key, nodeId] },
      { sql: 'UPDATE replica SET held_version = 0 WHERE key = ? AND node_id = ?', params: [key, nodeId] },
    ]);
  }

  /** What was refused is tried again. */
  async tryRefusedAgain(nodeId: string): Promise<void> {
    await this.#store.run('UPDATE replica SET refused_version = 0 WHERE node_id = ? AND refused_version <> 0', [nodeId]);
  }

  /** Nodes that refuse copies now. */
  async refusals(): Promise<readonly Refused[]> {
    const rows = await this.#store.all<{ node_id: string; items: number; refusal: string | null }>(
      `SELECT node_id, count(*) AS items, max(refusal) AS refusal FROM replica JOIN own_value USING (key)
       WHERE wanted = 1 AND refused_version = version GROUP BY node_id`,
    );
    return rows.map(({ node_id, items, refusal }) => ({ nodeId: node_id, values: items, refusal: refusal ?? '' }));
  }

  /** What a node has to hold now, in the order of keys. */
  async wantedAt(nodeId: string): Promise<readonly Wanted[]> {
    return this.#store.all<Wanted>(
      `SELECT key, version, updated_at AS updatedAt, held_version AS heldVersion FROM replica JOIN own_value USING (key)
       WHERE node_id = ? AND wanted = 1 ORDER BY key`,
      [nodeId],
    );
  }

  /** A node holds these versions; the values may have newer ones by now. */
  async allTaken(nodeId: string, items: readonly Held[]): Promise<void> {
    if (items.length === 0) return;
    await this.#store.run(
      `UPDATE replica SET held_version = taken.version, refused_version = 0, refusal = NULL
       FROM (SELECT value ->> 0 AS key, value ->> 1 AS version FROM json_each(?)) AS taken
       WHERE replica.key = taken.key AND node_id = ?`,
      [pairs(items), nodeId],
    );
  }

  /**
   * Takes down what a node holds of a range of keys, as it says: what it lacks will be sent, what it was told to delete will be told again.
   * A key that this node does not know of stays there: whoever lost its own store finds its values at the others.
   *
   * @param after the range begins behind this key
   * @param last the range ends with this key; undefined: with the last of all
   * @param items what it holds in the range
   * @returns keys of which it holds a version, or another value of a version, that this node never gave
   */
  async found(
    nodeId: string,
    after: string,
    last: string | undefined,
    items: readonly Held[],
  ): Promise<readonly Pick<Held, 'key' | 'version'>[]> {
    const held = pairs(items);
    const inRange = last === undefined ? 'key > ?' : 'key > ? AND key <= ?';
    const range = last === undefined ? [after] : [after, last];
    const statements: Statement[] = [
      {
        sql: `UPDATE replica SET held_version = coalesce((SELECT value ->> 1 FROM json_each(?) WHERE value ->> 0 = replica.key), 0)
          WHERE node_id = ? AND ${inRange}`,
        params: [held, nodeId, ...range],
      },
      {
        sql: `INSERT INTO replica (key, node_id, wanted, held_version)
          SELECT value ->> 0, ?, 0, value ->> 1 FROM json_each(?)
          WHERE value ->> 0 NOT IN (SELECT key FROM replica WHERE node_id = ?)
            AND (EXISTS (SELECT 1 FROM own_value WHERE key = value ->> 0)
              OR value ->> 1 <= coalesce((SELECT version FROM version_floor WHERE owner = ''), 0))`,
        params: [nodeId, held, nodeId],
      },
    ];
    await this.#store.transaction(statements);
    return this.#store.all<Pick<Held, 'key' | 'version'>>(
      `SELECT key, told.version AS version FROM own_value
       JOIN (SELECT value ->> 0 AS key, value ->> 1 AS version, value ->> 2 AS updated_at FROM json_each(?)) AS told USING (key)
       WHERE told.version > own_value.version OR (told.version = own_value.version AND told.updated_at <> own_value.updated_at)`,
      [held],
    );
  }
}

/** What a node says that it holds. */
export type Held = Told;

/** What a node has to hold, and the version that it took last. */
export interface Wanted extends Held {
  readonly heldVersion: number;
}

/** For `json_each`. */
function pairs(items: readonly Held[]): string {
  return JSON.stringify(items.map(({ key, version, updatedAt }) => [key, version, updatedAt]));
}

function replicaOf(row: ReplicaRow): Replica {
  const state = stateOf(row);
  return {
    nodeId: row.node_id,
    version: row.held_version === 0 ? null : row.held_version,
    state,
    refusal: state === 'refused' ? row.refusal : null,
  };
}

function stateOf({ held_version: held, refused_version: refused, version }: ReplicaRow): ReplicaState {
  if (held === version) return 'current';
  if (refused === version) return 'refused';
  return held === 0 ? 'waiting' : 'behind';
}
