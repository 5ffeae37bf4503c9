/** The group keys this node holds, on its disk wrapped by the node's secret store. */
import { type SecretStore, sameBytes } from '../../identity/index.ts';
import type { Migration, Statement, Store } from '../../store/index.ts';
import type { GroupKey } from '../envelope/index.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

/** Where a key stands on one node: it can open with it, it seals with it, or it only still opens what comes late. */
export type GroupKeyState = 'installed' | 'inUse' | 'former';

export const groupKeyMigrations: readonly Migration[] = [
  {
    id: 'trust-4-group-keys',
    sql: `CREATE TABLE group_keys (
      epoch INTEGER PRIMARY KEY,
      wrapped_key BLOB NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('installed', 'inUse', 'former')),
      installed_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX group_key_in_use ON group_keys (state) WHERE state = 'inUse'`,
  },
];

/** What is to be written in one transaction with something else. */
export interface Writing {
  readonly statements: readonly Statement[];
  /** To be called when the statements are durable. */
  confirm(): void;
}

interface HeldKey extends GroupKey {
  readonly state: GroupKeyState;
  readonly installedMs: number;
}

/** Each step can be repeated: whoever leads a rotation sends it again until it is confirmed. */
export class GroupKeyring {
  readonly #store: Store;
  readonly #secrets: SecretStore;
  readonly #keys = new Map<number, HeldKey>();

  private constructor(store: Store, secrets: SecretStore) {
    this.#store = store;
    this.#secrets = secrets;
  }

  /** @throws SignalboxError `STORAGE_FULL`; whatever the secret store throws when it does not open what it wrapped */
  static async load(store: Store, secrets: SecretStore): Promise<GroupKeyring> {
    const keyring = new GroupKeyring(store, secrets);
    const rows = await store.all<{ epoch: number; wrapped_key: Uint8Array; state: GroupKeyState; installed_at: number }>(
      'SELECT * FROM group_keys',
    );
    for (const { epoch, wrapped_key, state, installed_at: installedMs } of rows)
      keyring.#keys.set(epoch, { epoch, key: await secrets.decrypt(wrapped_key), state, installedMs });
    return keyring;
  }

  /** The key broadcasts are sealed with; undefined before the first. */
  get inUse(): GroupKey | undefined {
    return [...this.#keys.values()].find(({ state }) => state === 'inUse');
  }

  /** The key of an epoch, whatever its state: it opens what was sealed with it. */
  keyOf(epoch: number): GroupKey | undefined {
    return this.#keys.get(epoch);
  }

  /** Every key held, oldest first. */
  list(): readonly { readonly epoch: number; readonly state: GroupKeyState; readonly installedMs: number }[] {
    return [...this.#keys.values()]
      .map(({ epoch, state, installedMs }) => ({ epoch, state, installedMs }))
      .sort((a, b) => a.epoch - b.epoch);
  }

  /** True when the key in use is older than 90 days. @param nowMs milliseconds since the epoch */
  isDue(nowMs: number): boolean {
    const held = [...this.#keys.values()].find(({ state }) => state === 'inUse');
    return held !== undefined && nowMs - held.installedMs >= trustLimits.groupKeyMs;
  }

  /**
   * First step: from now on this node opens what is sealed with the key.
   *
   * @throws SignalboxError `CONFLICT` when another key of the same epoch was used already, or the epoch was passed; `STORAGE_FULL`
   */
  async install(groupKey: GroupKey, nowMs: number): Promise<void> {
    const installing = await this.installing(groupKey, nowMs);
    if (installing.statements.length > 0) await this.#store.transaction(installing.statements);
    installing.confirm();
  }

  /**
   * The first step, to be written together with what announces the key. Another key of the same epoch that nobody has used yet, from two
   * rotations that began apart, makes room for it; so does the oldest one not in use when too many are held.
   *
   * @returns the statements, and what to do when they are durable
   * @throws SignalboxError `CONFLICT`
   */
  async installing(groupKey: GroupKey, nowMs: number): Promise<Writing> {
    if (this.#isHeld(groupKey)) return { statements: [], confirm: () => undefined };
    const { epoch } = groupKey;
    const dropped = this.#keys.has(epoch) ? epoch : this.#oldestToDrop();
    const dropping = dropped === undefined ? [] : [{ sql: 'DELETE FROM group_keys WHERE epoch = ?', params: [dropped] }];
    return {
      statements: [...dropping, await this.#inserting(groupKey, 'installed', nowMs)],
      confirm: () => {
        if (dropped !== undefined) this.#keys.delete(dropped);
        this.#keys.set(epoch, { ...groupKey, state: 'installed', installedMs: nowMs });
      },
    };
  }

  /**
   * The key of a cluster that this node founds or joins, to be written together with the membership.
   *
   * @returns the statement, and what to do when it is durable
   * @throws SignalboxError `CONFLICT`
   */
  async first(groupKey: GroupKey, nowMs: number): Promise<Writing> {
    if (this.#keys.size > 0) throw refusal('CONFLICT', 'This node has group keys of a cluster already.');
    return {
      statements: [await this.#inserting(groupKey, 'inUse', nowMs)],
      confirm: () => {
        this.#keys.set(groupKey.epoch, { ...groupKey, state: 'inUse', installedMs: nowMs });
      },
    };
  }

  /**
   * Second step: from now on this node seals with the key; the one before it still opens.
   *
   * @throws SignalboxError `NOT_FOUND` when it was not installed, `CONFLICT` when a later one is in use, `STORAGE_FULL`
   */
  async use(epoch: number): Promise<void> {
    const held = this.#keys.get(epoch);
    if (held === undefined) throw refusal('NOT_FOUND', `The group key ${epoch} was not installed on this node.`);
    if (held.state === 'inUse') return;
    const before = this.inUse;
    if (before !== undefined && before.epoch > epoch) throw refusal('CONFLICT', `The later group key ${before.epoch} is in use already.`);
    await this.#store.transaction([
      { sql: "UPDATE group_keys SET state = 'former' WHERE state = 'inUse'" },
      { sql: "UPDATE group_keys SET state = 'inUse' WHERE epoch = ?", params: [epoch] },
    ]);
    for (const key of this.#keys.values()) if (key.state === 'inUse') this.#keys.set(key.epoch, { ...key, state: 'former' });
    this.#keys.set(epoch, { ...held, state: 'inUse' });
  }

  /**
   * Third step: earlier keys are gone, and what is sealed with them does not open any more.
   *
   * @throws SignalboxError `CONFLICT` when the key is not in use yet, `STORAGE_FULL`
   */
  async removeBefore(epoch: number): Promise<void> {
    if (this.inUse?.epoch !== epoch) throw refusal('CONFLICT', `The group key ${epoch} is not in use on this node.`);
    await this.#store.run('DELETE FROM group_keys WHERE epoch < ?', [epoch]);
    for (const held of [...this.#keys.keys()]) if (held < epoch) this.#keys.delete(held);
  }

  #isHeld({ epoch, key }: GroupKey): boolean {
    const held = this.#keys.get(epoch);
    if (held !== undefined && sameBytes(held.key, key)) return true;
    if (held !== undefined && held.state !== 'installed')
      throw refusal('CONFLICT', `Another group key ${epoch} was used on this node already. Rotate to a later one.`);
    if (epoch < (this.inUse?.epoch ?? 0)) throw refusal('CONFLICT', `The group key ${epoch} is older than the one in use.`);
    return false;
  }

  #oldestToDrop(): number | undefined {
    if (this.#keys.size < trustLimits.groupKeys) return undefined;
    return this.list().find(({ state }) => state !== 'inUse')?.epoch;
  }

  async #inserting({ epoch, key }: GroupKey, state: GroupKeyState, nowMs: number): Promise<Statement> {
    const wrapped = await this.#secrets.encrypt(key);
    return {
      sql: 'INSERT INTO group_keys (epoch, wrapped_key, state, installed_at) VALUES (?, ?, ?, ?)',
      params: [epoch, wrapped, state, nowMs],
    };
  }
}
