import type { Migration } from '../../store/index.ts';

/**
 * Tables of `store.db`. A value that is NULL was deleted: the row is its tombstone. `write_order` tells which tombstone is the oldest.
 *
 * `replica` is also the outbox of copies: a row whose `held_version` is not the version of the value is a copy that has to be sent, and only
 * the newest version ever waits. `wanted` 0: the copy there has to be deleted.
 */
export const storageMigrations: readonly Migration[] = [
  {
    id: 'storage-1',
    sql: `
      CREATE TABLE own_value (
        key TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        value BLOB,
        size_bytes INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        updated_by TEXT NOT NULL,
        write_order INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX own_tombstone ON own_value (write_order) WHERE value IS NULL;
      CREATE TABLE replica (
        key TEXT NOT NULL,
        node_id TEXT NOT NULL,
        wanted INTEGER NOT NULL,
        held_version INTEGER NOT NULL DEFAULT 0,
        refused_version INTEGER NOT NULL DEFAULT 0,
        refusal TEXT,
        PRIMARY KEY (key, node_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX replica_node ON replica (node_id, key);
      CREATE TABLE copy (
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        version INTEGER NOT NULL,
        value BLOB,
        size_bytes INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        updated_by TEXT NOT NULL,
        write_order INTEGER NOT NULL,
        PRIMARY KEY (owner, key)
      ) STRICT;
      CREATE INDEX copy_tombstone ON copy (owner, write_order) WHERE value IS NULL;
      CREATE TABLE version_floor (owner TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
      CREATE TABLE peer_write (
        peer TEXT NOT NULL,
        message_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        write_order INTEGER NOT NULL,
        PRIMARY KEY (peer, message_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX peer_write_order ON peer_write (write_order);
    `,
  },
];
