import type { Migration } from '../store/types.ts';

/** Tables of people who may sign in, their sessions and open set-up links. No password and no token is in them, only hashes. */
export const accountsMigrations: readonly Migration[] = [
  {
    id: 'accounts-1-users',
    sql: `CREATE TABLE users (
      username TEXT PRIMARY KEY,
      role TEXT NOT NULL,
      password_salt TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      password_cost INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      last_sign_in_at INTEGER
    ) STRICT`,
  },
  {
    id: 'accounts-2-sessions',
    sql: `CREATE TABLE sessions (
      id TEXT PRIMARY KEY,
      username TEXT NOT NULL REFERENCES users(username) ON DELETE CASCADE,
      created_at INTEGER NOT NULL,
      access_hash TEXT NOT NULL,
      access_issued INTEGER NOT NULL,
      access_expires INTEGER NOT NULL,
      refresh_selector_hash TEXT NOT NULL UNIQUE,
      refresh_hash TEXT NOT NULL,
      refresh_expires INTEGER NOT NULL
    ) STRICT`,
  },
  {
    id: 'accounts-3-setup-links',
    sql: `CREATE TABLE setup_links (
      token_hash TEXT PRIMARY KEY,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT`,
  },
];
