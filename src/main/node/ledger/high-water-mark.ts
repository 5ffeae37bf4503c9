import type { Migration, Store } from '../store/index.ts';
import type { ChainPlace } from './chain-store.ts';

/** How far the own chain was written, beside the chain itself: an older ledger.db that took its place is noticed (security.md row 39). */
export const ledgerMarkMigrations: readonly Migration[] = [
  {
    id: 'ledger-mark-1',
    sql: `
      CREATE TABLE ledger_mark (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        height INTEGER NOT NULL,
        hash BLOB NOT NULL,
        at INTEGER NOT NULL,
        last_number INTEGER NOT NULL,
        audit_id INTEGER NOT NULL,
        restored INTEGER NOT NULL
      ) STRICT;
    `,
  },
];

/** What is remembered; `restored`: this folder was made from a backup, and the node may have written more since. */
export interface Mark extends ChainPlace {
  readonly restored: boolean;
}

/** The mark in node.db. */
export class HighWaterMark {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async read(): Promise<Mark | undefined> {
    const row = await this.#store.get<{
      height: number;
      hash: Uint8Array;
      at: number;
      last_number: number;
      audit_id: number;
      restored: number;
    }>('SELECT * FROM ledger_mark');
    if (row === undefined) return undefined;
    const { height, hash, at, last_number: lastNumber, audit_id: auditId, restored } = row;
    return { height, hash: new Uint8Array(hash), at, lastNumber, auditId, restored: restored === 1 };
  }

  /** @throws SignalboxError `STORAGE_FULL`, `OVERLOADED` */
  async save({ height, hash, at, lastNumber, auditId }: ChainPlace): Promise<void> {
    await this.#store.run('INSERT OR REPLACE INTO ledger_mark VALUES (1, ?, ?, ?, ?, ?, 0)', [height, hash, at, lastNumber, auditId]);
  }
}
