import type { Migration } from '../store/index.ts';

/**
 * Tables of `ledger.db`. Columns beside `bytes` are there to be searched; verification compares each of them with what was signed.
 * Rows are added, and taken out whole when sealed blocks move to an archive or a damaged block is replaced; none is ever changed.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    id: 'ledger-1',
    sql: `
      CREATE TABLE chain (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_id TEXT NOT NULL UNIQUE,
        announced_height INTEGER,
        verified_height INTEGER NOT NULL DEFAULT -1,
        verified_at INTEGER,
        fault TEXT
      ) STRICT;
      CREATE TABLE block (
        chain INTEGER NOT NULL,
        height INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        hash BLOB NOT NULL,
        at INTEGER NOT NULL,
        first_number INTEGER NOT NULL,
        count INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        audit_id INTEGER,
        audit_seal BLOB,
        PRIMARY KEY (chain, height)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE entry (
        chain INTEGER NOT NULL,
        number INTEGER NOT NULL,
        height INTEGER NOT NULL,
        leaf BLOB NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        actor TEXT NOT NULL,
        act TEXT NOT NULL,
        target TEXT,
        outcome TEXT NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (chain, number)
      ) STRICT, WITHOUT ROWID;
      -- Holds all that is searched but the target, so that no search reads the entries that do not match.
      CREATE INDEX entry_time ON entry (at, chain, number, actor, act, outcome);
      CREATE INDEX entry_number ON entry (chain, number, at, actor, act, outcome);
      CREATE INDEX entry_height ON entry (chain, height);
      CREATE TABLE details (number INTEGER PRIMARY KEY, salt BLOB NOT NULL, params TEXT NOT NULL) STRICT;
      CREATE TABLE fork (
        chain INTEGER NOT NULL,
        height INTEGER NOT NULL,
        hash BLOB NOT NULL,
        bytes BLOB NOT NULL,
        entries TEXT NOT NULL,
        brought_by TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (chain, height, hash)
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER block_keeps_values BEFORE UPDATE ON block BEGIN SELECT RAISE(ABORT, 'blocks are never changed'); END;
      CREATE TRIGGER entry_keeps_values BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
      CREATE TRIGGER details_keep_values BEFORE UPDATE ON details BEGIN SELECT RAISE(ABORT, 'details are never changed'); END;
    `,
  },
  {
    id: 'ledger-2',
    sql: `
      -- What a copy has used of the share of a day, and on whose word alone it begins above the first block.
      ALTER TABLE chain ADD COLUMN day_bytes REAL NOT NULL DEFAULT 0;
      ALTER TABLE chain ADD COLUMN day_entries REAL NOT NULL DEFAULT 0;
      ALTER TABLE chain ADD COLUMN day_at INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE chain ADD COLUMN begun_by TEXT;
      -- The newest block of a chain whose copy is over its share: seen, checked, and not part of the copy.
      CREATE TABLE followed (
        chain INTEGER PRIMARY KEY,
        bytes BLOB NOT NULL,
        entries TEXT NOT NULL,
        share TEXT NOT NULL,
        until INTEGER NOT NULL
      ) STRICT;
      -- With the target, so that no search reads the entries that do not match.
      DROP INDEX entry_time;
      DROP INDEX entry_number;
      CREATE INDEX entry_time ON entry (at, chain, number, actor, act, outcome, target);
      CREATE INDEX entry_number ON entry (chain, number, at, actor, act, outcome, target);
    `,
  },
];
