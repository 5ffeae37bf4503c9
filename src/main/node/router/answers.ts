import { LRUCache } from 'lru-cache';
import type { ErrorShape } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import type { Migration, Store } from '../store/types.ts';

/** An answer as it is kept: plain data. */
export type KeptOutcome = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: ErrorShape };

/** What is known of an idempotency key. */
export interface KeptAnswer {
  /** Method and params the key was first used for. */
  readonly fingerprint: string;
  /** Undefined: begun, and the node stopped before it ended. */
  readonly outcome: KeptOutcome | undefined;
}

/** Where the answers of finished writes are kept for repeats. */
export interface Answers {
  recall(user: string, key: string): Promise<KeptAnswer | undefined>;
  /** Written before the effect, so that a crash in between is noticed and not repeated. */
  begin(user: string, key: string, fingerprint: string): Promise<void>;
  keep(user: string, key: string, fingerprint: string, outcome: KeptOutcome): Promise<void>;
  /** Nothing happened: the key may be used again. */
  forget(user: string, key: string): Promise<void>;
}

const memoryBytes = 8_388_608;
const pruneEvery = 100;

/** Answers of a node without a store: bounded, gone with the process. */
export class MemoryAnswers implements Answers {
  readonly #answers: LRUCache<string, KeptAnswer>;

  constructor(limits: Limits) {
    this.#answers = new LRUCache({
      max: limits.idempotencyEntries,
      maxSize: memoryBytes,
      ttl: limits.idempotencyMs,
      sizeCalculation: (answer, id) => id.length + answer.fingerprint.length + (JSON.stringify(answer.outcome)?.length ?? 0),
    });
  }

  recall(user: string, key: string): Promise<KeptAnswer | undefined> {
    return Promise.resolve(this.#answers.get(idOf(user, key)));
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  keep(user: string, key: string, fingerprint: string, outcome: KeptOutcome): Promise<void> {
    this.#answers.set(idOf(user, key), { fingerprint, outcome });
    return Promise.resolve();
  }

  forget(user: string, key: string): Promise<void> {
    this.#answers.delete(idOf(user, key));
    return Promise.resolve();
  }
}

/** Tables of the router in the node's store. */
export const routerMigrations: readonly Migration[] = [
  {
    id: 'router-001-answers',
    sql: `CREATE TABLE answers (
      user TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, begun_at INTEGER NOT NULL, outcome TEXT,
      PRIMARY KEY (user, key)
    ) WITHOUT ROWID;
    CREATE INDEX answers_begun_at ON answers (begun_at);`,
  },
];

/** Answers in the node's store: a repeat after a restart gets its answer too. */
export class StoredAnswers implements Answers {
  readonly #store: Store;
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  #sincePrune = pruneEvery;

  constructor(store: Store, limits: Limits, nowMs: () => number) {
    this.#store = store;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  async recall(user: string, key: string): Promise<KeptAnswer | undefined> {
    const row = await this.#store.get<{ fingerprint: string; outcome: string | null }>(
      'SELECT fingerprint, outcome FROM answers WHERE user = ? AND key = ? AND begun_at >= ?',
      [user, key, this.#oldestMs()],
    );
    if (row === undefined) return undefined;
    return { fingerprint: row.fingerprint, outcome: row.outcome === null ? undefined : (JSON.parse(row.outcome) as KeptOutcome) };
  }

  async begin(user: string, key: string, fingerprint: string): Promise<void> {
    await this.#store.run('INSERT OR REPLACE INTO answers (user, key, fingerprint, begun_at, outcome) VALUES (?, ?, ?, ?, NULL)', [
      user,
      key,
      fingerprint,
      this.#nowMs(),
    ]);
  }

  async keep(user: string, key: string, fingerprint: string, outcome: KeptOutcome): Promise<void> {
    const statement = {
      sql: 'INSERT OR REPLACE INTO answers (user, key, fingerprint, begun_at, outcome) VALUES (?, ?, ?, ?, ?)',
      params: [user, key, fingerprint, this.#nowMs(), JSON.stringify(outcome)],
    };
    if (++this.#sincePrune < pruneEvery) {
      await this.#store.run(statement.sql, statement.params);
      return;
    }
    this.#sincePrune = 0;
    await this.#store.transaction([
      statement,
      { sql: 'DELETE FROM answers WHERE begun_at < ?', params: [this.#oldestMs()] },
      {
        sql: 'DELETE FROM answers WHERE (user, key) IN (SELECT user, key FROM answers ORDER BY begun_at DESC LIMIT -1 OFFSET ?)',
        params: [this.#limits.idempotencyEntries],
      },
    ]);
  }

  async forget(user: string, key: string): Promise<void> {
    await this.#store.run('DELETE FROM answers WHERE user = ? AND key = ?', [user, key]);
  }

  #oldestMs(): number {
    return this.#nowMs() - this.#limits.idempotencyMs;
  }
}

function idOf(user: string, key: string): string {
  return JSON.stringify([user, key]);
}
