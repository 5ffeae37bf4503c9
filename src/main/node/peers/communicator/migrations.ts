import type { Migration } from '../../store/index.ts';

/** What must not be lost when this node stops: messages that wait for peers, and which of theirs had their effect. */
export const communicatorMigrations: readonly Migration[] = [
  {
    id: 'peers-1-outbox',
    sql: `CREATE TABLE peer_outbox (
      message_id TEXT PRIMARY KEY,
      node_id TEXT NOT NULL,
      priority TEXT NOT NULL,
      timestamp_ms INTEGER NOT NULL,
      ttl_seconds INTEGER NOT NULL,
      supersedes TEXT,
      payload TEXT NOT NULL
    ) STRICT`,
  },
  {
    id: 'peers-2-received',
    sql: `CREATE TABLE peer_received (
      node_id TEXT NOT NULL,
      message_id TEXT NOT NULL,
      until_ms INTEGER NOT NULL,
      PRIMARY KEY (node_id, message_id)
    ) STRICT, WITHOUT ROWID`,
  },
];
