import type { Migration } from '../../store/types.ts';
import { vaultMigration } from '../vault.ts';

/** Tables of a gateway: tokens of agents and routes. Secrets and passwords are sealed: see `../vault.ts`. */
export const gatewayMigrations: readonly Migration[] = [
  {
    id: 'gateway-1-tokens',
    sql: `CREATE TABLE gateway_tokens (
      token_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      agent_ids TEXT NOT NULL,
      kinds TEXT NOT NULL,
      duplicates TEXT NOT NULL,
      legacy INTEGER NOT NULL,
      secret BLOB NOT NULL,
      secret_version INTEGER NOT NULL,
      former_secret BLOB,
      former_until INTEGER,
      created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      rotated_at INTEGER,
      last_used_at INTEGER
    ) STRICT`,
  },
  {
    id: 'gateway-2-routes',
    sql: `CREATE TABLE gateway_routes (
      route_id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      host TEXT NOT NULL,
      path_prefix TEXT NOT NULL,
      strip_prefix INTEGER NOT NULL,
      agent_id TEXT NOT NULL,
      access BLOB,
      UNIQUE (kind, host, path_prefix)
    ) STRICT`,
  },
  {
    id: 'gateway-3-agents',
    sql: `CREATE TABLE gateway_agents (
      agent_id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      token_id TEXT NOT NULL,
      public_port INTEGER NOT NULL
    ) STRICT`,
  },
  vaultMigration('gateway-4-vault', 'gateway'),
];
