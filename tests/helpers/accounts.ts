import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Accounts, accountsMigrations, Sessions, SetupLinks } from '../../src/main/node/accounts/index.ts';
import { createStore, type Store } from '../../src/main/node/store/index.ts';
import { Logs } from '../../src/main/node/telemetry/index.ts';

/** What a client sends instead of a password. */
export function sha256(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** Accounts, sessions and set-up links over one real SQLite file. */
export interface AccountsUnderTest {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly setupLinks: SetupLinks;
  stop(): Promise<void>;
}

/**
 * Opens the accounts of a data folder; stopped when the test ends.
 *
 * @param nowMs the clock
 */
export async function openAccounts(folder: string, nowMs: () => number = Date.now): Promise<AccountsUnderTest> {
  const store = createStore({
    file: join(folder, 'node.db'),
    migrations: accountsMigrations,
    logger: new Logs({ level: 'error' }).logger('store'),
  });
  const accounts = new Accounts({ store, nowMs });
  const sessions = new Sessions({ store, accounts, nowMs });
  const setupLinks = new SetupLinks({ store, accounts, nowMs });
  const parts = [store, accounts, sessions, setupLinks];
  for (const part of parts) await part.start();
  const stop = async () => {
    for (const part of parts.toReversed()) await part.stop();
  };
  onTestFinished(stop);
  return { store, accounts, sessions, setupLinks, stop };
}
