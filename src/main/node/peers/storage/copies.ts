import { createHash } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Store } from '../../store/index.ts';
import { KeyTurns } from './key-turns.ts';
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
import type { Held, Usage } from './usage.ts';

/** What other nodes own and this one keeps copies of. Only messages of the owner write here. */
export class Copies {
  readonly #store: Store;
  readonly #usage: Usage;
  readonly #nowMs: () => number;
  readonly #turns = new KeyTurns();
  /** How often each owner was forgotten. */
  readonly #forgotten = new Map<string, number>();
  /** Of owners whose copies were not changed since: a peer may ask often, and each would read all of them. */
  readonly #digests = new Map<string, Promise<string>>();

  /** @param nowMs wall clock, milliseconds since the epoch */
  constructor(store: Store, usage: Usage, nowMs: () => number) {
    this.#store = store;
    this.#usage = usage;
    this.#nowMs = nowMs;
  }

  async get(owner: string, key: string): Promise<StoredValue | undefined> {
    const row = await this.#store.get<ValueRow>(
      `SELECT value, ${itemColumns} FROM copy WHERE owner = ? AND key = ? AND value IS NOT NULL`,
      [owner, key],
    );
    return row?.value == null ? undefined : { ...itemOf(row), value: row.value };
  }

  async list(owner: string, { prefix, after, limit }: KeyRange): Promise<Page<StoredItem>> {
    const rows = await this.#store.all<ValueRow>(
      `SELECT ${itemColumns} FROM copy WHERE owner = ? AND key >= ? AND key < ? AND key > ? AND value IS NOT NULL ORDER BY key LIMIT ?`,
      [owner, prefix, endOfPrefix(prefix), after, limit + 1],
    );
    return pageOf(rows, limit, itemOf);
  }

  /** What tells whether this node holds the versions that their owner wants it to. */
  digest(owner: string): Promise<string> {
    if (this.#usage.of(owner).items === 0) return Promise.resolve(digestOf([]));
    const known = this.#digests.get(owner);
    if (known !== undefined) return known;
    const digest = this.#digestNow(owner);
    this.#digests.set(owner, digest);
    digest.catch(() => this.#digests.delete(owner));
    return digest;
  }

  /**
   * Keeps a copy; it is on the disk when this resolves. The same again changes nothing.
   *
   * @throws SignalboxError `CONFLICT` with `data.heldVersion` (a newer one is held, or another value of that version, as of an owner that was
   * restored from a backup and counts anew), `LIMIT`, `STORAGE_FULL`
   */
  put(owner: string, { key, version, value, updatedAt, updatedBy }: StoredValue): Promise<void> {
    return this.#turns.take(`${owner} ${key}`, async () => {
      const before = await this.#before(owner, key);
      if (before.live && before.version === version && (await this.#isHeld(owner, { key, value, updatedAt }))) return;
      if (before.version >= version) throw newerHeld(key, before.version);
      const change = { items: before.live ? 0 : 1, sizeBytes: value.length - before.sizeBytes };
      await this.#change(owner, change, () =>
        this.#store.run(
          `INSERT INTO copy (owner, key, version, value, size_bytes, updated_at, updated_by, write_order) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (owner, key) DO UPDATE SET version = excluded.version, value = excluded.value, size_bytes = excluded.size_bytes,
              updated_at = excluded.updated_at, updated_by = excluded.updated_by, write_order = excluded.write_order`,
          [owner, key, version, value, value.length, updatedAt, updatedBy, this.#nowMs()],
        ),
      );
    });
  }

  /**
   * Deletes a copy and remembers up to which version.
   *
   * @throws SignalboxError `CONFLICT` with `data.heldVersion` (a newer one is held), `STORAGE_FULL`
   */
  delete(owner: string, key: string, version: number): Promise<void> {
    return this.#turns.take(`${owner} ${key}`, async () => {
      const before = await this.#before(owner, key);
      if (before.version > version) {
        if (!before.live) return;
        throw newerHeld(key, before.version);
      }
      const nowMs = this.#nowMs();
      const change = { items: before.live ? -1 : 0, sizeBytes: -before.sizeBytes };
      await this.#change(owner, change, () =>
        this.#store.transaction([
          {
            sql: `INSERT INTO copy (owner, key, version, value, size_bytes, updated_at, updated_by, write_order) VALUES (?, ?, ?, NULL, 0, ?, '', ?)
              ON CONFLICT (owner, key) DO UPDATE SET version = excluded.version, value = NULL, size_bytes = 0,
                updated_at = excluded.updated_at, updated_by = '', write_order = excluded.write_order`,
            params: [owner, key, version, nowMs, nowMs],
          },
          ...letGoOfTombstones(owner),
        ]),
      );
    });
  }

  /** Drops everything of an owner, as if nothing had ever come from it. @returns how many values */
  async forget(owner: string): Promise<number> {
    this.#forgotten.set(owner, this.#timesForgotten(owner) + 1);
    const held = this.#usage.of(owner);
    const change = { items: -held.items, sizeBytes: -held.sizeBytes };
    await this.#change(owner, change, () =>
      this.#store.transaction([
        { sql: 'DELETE FROM copy WHERE owner = ?', params: [owner] },
        { sql: 'DELETE FROM version_floor WHERE owner = ?', params: [owner] },
      ]),
    );
    return held.items;
  }

  async #isHeld(owner: string, { key, value, updatedAt }: Pick<StoredValue, 'key' | 'value' | 'updatedAt'>): Promise<boolean> {
    const held = await this.get(owner, key);
    return held !== undefined && held.updatedAt === updatedAt && Buffer.compare(held.value, value) === 0;
  }

  async #digestNow(owner: string): Promise<string> {
    const rows = await this.#store.all<Told>(
      'SELECT key, version, updated_at AS updatedAt FROM copy WHERE owner = ? AND value IS NOT NULL ORDER BY key',
      [owner],
    );
    return digestOf(rows);
  }

  /** Writes a change of what is held of an owner. */
  async #change<T>(owner: string, change: Held, write: () => Promise<T>): Promise<void> {
    try {
      await this.#usage.change(owner, change, write);
    } finally {
      this.#digests.delete(owner);
    }
  }

  #timesForgotten(owner: string): number {
    return this.#forgotten.get(owner) ?? 0;
  }

  /** As it is when this resolves: what was read before its owner was forgotten would be counted a second time. */
  async #before(owner: string, key: string): Promise<{ readonly version: number; readonly sizeBytes: number; readonly live: boolean }> {
    const forgotten = this.#timesForgotten(owner);
    const row = await this.#store.get<{ version: number; size_bytes: number; live: number }>(
      `SELECT version, size_bytes, value IS NOT NULL AS live, 0 AS place FROM copy WHERE owner = ? AND key = ?
       UNION ALL SELECT version, 0, 0, 1 FROM version_floor WHERE owner = ? ORDER BY place LIMIT 1`,
      [owner, key, owner],
    );
    if (this.#timesForgotten(owner) !== forgotten) return this.#before(owner, key);
    return { version: row?.version ?? 0, sizeBytes: row?.size_bytes ?? 0, live: row?.live === 1 };
  }
}

/** What is told of a value while copies are compared. The time tells two values of one version apart: an owner that was restored counts anew. */
export type Told = Pick<StoredItem, 'key' | 'version' | 'updatedAt'>;

/** SHA-256 over keys, versions and times, base64url. @param items in the order of their keys */
export function digestOf(items: readonly Told[]): string {
  const hash = createHash('sha256');
  for (const { key, version, updatedAt } of items) hash.update(`${key} ${version} ${updatedAt}\n`);
  return hash.digest('base64url');
}

function newerHeld(key: string, heldVersion: number): SignalboxError {
  return new SignalboxError('CONFLICT', `Version ${heldVersion} of ${key} is known here, which is as new or newer.`, {
    executed: 'no',
    data: { heldVersion },
  });
}
