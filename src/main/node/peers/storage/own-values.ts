import { SignalboxError } from '../../../../common/errors.ts';
import type { Statement, Store } from '../../store/index.ts';
import { KeyTurns } from './key-turns.ts';
import { storageLimits } from './limits.ts';
import {
  endOfPrefix,
  itemColumns,
  itemOf,
  type KeyRange,
  type Page,
  pageOf,
  type StoredItem,
  type StoredValue,
  type ValueRow,
} from './stored-value.ts';
import { letGoOfTombstones } from './tombstones.ts';
import { ownValues, type Usage } from './usage.ts';

/** A change that a peer asked for: its effect and the id of the message are stored together, so that a repeat has none. */
export interface PeerWrite {
  readonly peer: string;
  readonly messageId: string;
}

export interface PutOptions {
  readonly key: string;
  readonly value: Uint8Array;
  /** `name@node` */
  readonly by: string;
  /** When, milliseconds since the epoch. */
  readonly atMs: number;
  /** Nodes that shall keep a copy, by id; without: as before, at first none. */
  readonly replicas?: readonly string[] | undefined;
  /** Only when this is its version; 0: only when there is none. */
  readonly ifVersion?: number | undefined;
  readonly peerWrite?: PeerWrite | undefined;
}

export interface DeleteOptions {
  readonly key: string;
  readonly by: string;
  readonly ifVersion?: number | undefined;
  readonly peerWrite?: PeerWrite | undefined;
}

interface Before {
  readonly version: number;
  readonly sizeBytes: number;
  /** There is a value; else it was deleted, or never there. */
  readonly live: boolean;
}

/** The values of this node, which only it counts the versions of. */
export class OwnValues {
  readonly #store: Store;
  readonly #usage: Usage;
  readonly #nowMs: () => number;
  readonly #turns = new KeyTurns();
  #lastOrder = 0;

  /** @param nowMs wall clock, milliseconds since the epoch */
  constructor(store: Store, usage: Usage, nowMs: () => number) {
    this.#store = store;
    this.#usage = usage;
    this.#nowMs = nowMs;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const row = await this.#store.get<ValueRow>(`SELECT value, ${itemColumns} FROM own_value WHERE key = ? AND value IS NOT NULL`, [key]);
    return row?.value == null ? undefined : { ...itemOf(row), value: row.value };
  }

  async list({ prefix, after, limit }: KeyRange): Promise<Page<StoredItem>> {
    const rows = await this.#store.all<ValueRow>(
      `SELECT ${itemColumns} FROM own_value WHERE key >= ? AND key < ? AND key > ? AND value IS NOT NULL ORDER BY key LIMIT ?`,
      [prefix, endOfPrefix(prefix), after, limit + 1],
    );
    return pageOf(rows, limit, itemOf);
  }

  /**
   * Stores a value; it is on the disk when this resolves.
   *
   * @returns its version
   * @throws SignalboxError `CONFLICT` (another version), `LIMIT`, `STORAGE_FULL`
   */
  put(options: PutOptions): Promise<number> {
    const { key, value, by, atMs, replicas, ifVersion, peerWrite } = options;
    return this.#turns.take(key, async () => {
      const repeated = await this.#repeatOf(peerWrite);
      if (repeated !== undefined) return repeated;
      const before = await this.#before(key);
      checkVersion(key, before, ifVersion);
      const version = before.version + 1;
      const change = { items: before.live ? 0 : 1, sizeBytes: value.length - before.sizeBytes };
      await this.#usage.change(ownValues, change, () =>
        this.#store.transaction([
          {
            sql: `INSERT INTO own_value (key, version, value, size_bytes, updated_at, updated_by, write_order) VALUES (?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value, size_bytes = excluded.size_bytes,
                updated_at = excluded.updated_at, updated_by = excluded.updated_by, write_order = excluded.write_order`,
            params: [key, version, value, value.length, atMs, by, this.#order()],
          },
          ...(replicas === undefined ? [] : chooseReplicas(key, replicas)),
          ...this.#remember(peerWrite, version),
        ]),
      );
      return version;
    });
  }

  /**
   * Deletes a value; what is left is its version, so that a late copy does not bring it back.
   *
   * @returns the version of the deletion; undefined: there was no value
   * @throws SignalboxError `CONFLICT` (another version), `STORAGE_FULL`
   */
  delete({ key, by, ifVersion, peerWrite }: DeleteOptions): Promise<number | undefined> {
    return this.#turns.take(key, async () => {
      const repeated = await this.#repeatOf(peerWrite);
      if (repeated !== undefined) return repeated;
      const before = await this.#before(key);
      if (!before.live) return undefined;
      checkVersion(key, before, ifVersion);
      const version = before.version + 1;
      await this.#usage.change(ownValues, { items: -1, sizeBytes: -before.sizeBytes }, () =>
        this.#store.transaction([
          {
            sql: 'UPDATE own_value SET version = ?, value = NULL, size_bytes = 0, updated_at = ?, updated_by = ?, write_order = ? WHERE key = ?',
            params: [version, this.#nowMs(), by, this.#order(), key],
          },
          { sql: 'UPDATE replica SET wanted = 0 WHERE key = ?', params: [key] },
          ...this.#remember(peerWrite, version),
          ...letGoOfTombstones(ownValues),
        ]),
      );
      return version;
    });
  }

  /**
   * Counts a key past a version that a replica holds: this node forgot versions that it once gave, by a restored backup for example, and
   * what it holds now is what counts.
   */
  async countPast(key: string, version: number): Promise<void> {
    await this.#turns.take(key, () =>
      this.#store.run('UPDATE own_value SET version = ? WHERE key = ? AND version <= ?', [version + 1, key, version]),
    );
  }

  /** A value that was deleted keeps its version; one whose tombstone was let go of has at most that of the floor. */
  async #before(key: string): Promise<Before> {
    const row = await this.#store.get<{ version: number; size_bytes: number; live: number }>(
      `SELECT version, size_bytes, value IS NOT NULL AS live, 0 AS place FROM own_value WHERE key = ?
       UNION ALL SELECT version, 0, 0, 1 FROM version_floor WHERE owner = '' ORDER BY place LIMIT 1`,
      [key],
    );
    return { version: row?.version ?? 0, sizeBytes: row?.size_bytes ?? 0, live: row?.live === 1 };
  }

  async #repeatOf(write: PeerWrite | undefined): Promise<number | undefined> {
    if (write === undefined) return undefined;
    const row = await this.#store.get<{ version: number }>('SELECT version FROM peer_write WHERE peer = ? AND message_id = ?', [
      write.peer,
      write.messageId,
    ]);
    return row?.version;
  }

  #remember(write: PeerWrite | undefined, version: number): Statement[] {
    if (write === undefined) return [];
    return [
      {
        sql: 'INSERT INTO peer_write (peer, message_id, version, write_order) VALUES (?, ?, ?, ?)',
        params: [write.peer, write.messageId, version, this.#order()],
      },
      {
        sql: `DELETE FROM peer_write WHERE write_order <= (SELECT write_order FROM peer_write ORDER BY write_order DESC LIMIT 1 OFFSET ?)`,
        params: [storageLimits.rememberedWrites],
      },
    ];
  }

  /** Grows with each write, also over restarts as long as the clock is not set back: it only tells what is oldest. */
  #order(): number {
    this.#lastOrder = Math.max(this.#lastOrder + 1, this.#nowMs() * 1_000);
    return this.#lastOrder;
  }
}

function chooseReplicas(key: string, nodeIds: readonly string[]): Statement[] {
  const chosen = JSON.stringify(nodeIds);
  return [
    { sql: 'UPDATE replica SET wanted = 0 WHERE key = ? AND node_id NOT IN (SELECT value FROM json_each(?))', params: [key, chosen] },
    {
      sql: `INSERT INTO replica (key, node_id, wanted) SELECT ?, value, 1 FROM json_each(?) WHERE true
        ON CONFLICT (key, node_id) DO UPDATE SET wanted = 1`,
      params: [key, chosen],
    },
  ];
}

function checkVersion(key: string, { live, version }: Before, wanted: number | undefined): void {
  const found = live ? version : 0;
  if (wanted === undefined || wanted === found) return;
  const state = live ? `${key} has version ${found}` : `There is no ${key}`;
  throw new SignalboxError(
    'CONFLICT',
    `${state}, not ${wanted === 0 ? 'none' : `version ${wanted}`}: somebody changed it meanwhile. Read it again.`,
    {
      executed: 'no',
      data: { version: found },
    },
  );
}
