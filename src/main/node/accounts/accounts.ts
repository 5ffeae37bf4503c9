import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { type Role, roles } from '../../../common/roles.ts';
import type { Startable } from '../startable.ts';
import type { Statement, Store } from '../store/types.ts';
import { PasswordHasher, type PasswordRecord } from './password-hasher.ts';

/** A person who may sign in. */
export interface Account {
  readonly username: string;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
}

export interface NewAccount {
  readonly username: string;
  /** Lower-case hex SHA-256 of the password. */
  readonly passwordSha256: string;
  readonly role: Role;
}

interface UserRow {
  readonly username: string;
  readonly role: string;
  readonly password_salt: string;
  readonly password_hash: string;
  readonly password_cost: number;
  readonly created_at: number;
  readonly last_sign_in_at: number | null;
}

interface Entry {
  readonly account: Account;
  readonly password: PasswordRecord;
}

/**
 * The people who may sign in, with their roles. All of them are in memory, so that a role is read at every call without
 * waiting; the table is written first, so that nothing is ever promised that a restart forgets.
 */
export class Accounts implements Startable {
  readonly #store: Store;
  readonly #nowMs: () => number;
  readonly #hasher = new PasswordHasher();
  readonly #entries = new Map<string, Entry>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly store: Store; readonly nowMs?: () => number }) {
    this.#store = options.store;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  async start(): Promise<void> {
    const rows = await this.#store.all<UserRow>('SELECT * FROM users');
    this.#entries.clear();
    for (const row of rows) {
      this.#entries.set(row.username, {
        account: {
          username: row.username,
          role: knownRole(row),
          createdAt: row.created_at,
          lastSignInAt: row.last_sign_in_at,
        },
        password: { salt: row.password_salt, hash: row.password_hash, cost: row.password_cost },
      });
    }
  }

  async stop(): Promise<void> {
    await this.#lastChange;
  }

  find(username: string): Account | undefined {
    return this.#entries.get(username)?.account;
  }

  /** Everybody, by name. */
  list(): readonly Account[] {
    return [...this.#entries.values()].map(({ account }) => account).sort((a, b) => (a.username < b.username ? -1 : 1));
  }

  /** False on a fresh node: then a set-up link is the way in. */
  get hasAdmin(): boolean {
    return this.#adminCount() > 0;
  }

  /**
   * @param also statements that hold or fail with the new user, in one transaction
   * @throws SignalboxError `CONFLICT` when the name is taken or there are too many people
   */
  async add(person: NewAccount, also: readonly Statement[] = []): Promise<Account> {
    this.#refuseTaken(person.username);
    const password = await this.#hasher.create(person.passwordSha256);
    return this.#change(async () => {
      this.#refuseTaken(person.username);
      if (this.#entries.size >= limits.users) {
        throw new SignalboxError('CONFLICT', `There are ${limits.users} people already, the most a node keeps. Remove one first.`, {
          executed: 'no',
        });
      }
      const account: Account = { username: person.username, role: person.role, createdAt: this.#nowMs(), lastSignInAt: null };
      await this.#store.transaction([
        {
          sql: 'INSERT INTO users (username, role, password_salt, password_hash, password_cost, created_at) VALUES (?, ?, ?, ?, ?, ?)',
          params: [account.username, account.role, password.salt, password.hash, password.cost, account.createdAt],
        },
        ...also,
      ]);
      this.#entries.set(account.username, { account, password });
      return account;
    });
  }

  /** @throws SignalboxError `NOT_FOUND`; `CONFLICT` for the last administrator */
  setRole(username: string, role: Role): Promise<Account> {
    return this.#change(async () => {
      const entry = this.#known(username);
      if (role !== 'admin') this.#refuseLastAdmin(entry.account, 'given a lower role');
      await this.#store.run('UPDATE users SET role = ? WHERE username = ?', [role, username]);
      return this.#put(username, { ...this.#known(username).account, role });
    });
  }

  /**
   * Sets a password; the sessions that the old one opened leave the table in the same transaction.
   *
   * @throws SignalboxError `NOT_FOUND`, `OVERLOADED`
   */
  async setPassword(username: string, passwordSha256: string): Promise<Account> {
    this.#known(username);
    const password = await this.#hasher.create(passwordSha256);
    return this.#change(async () => {
      this.#known(username);
      await this.#store.transaction([
        {
          sql: 'UPDATE users SET password_salt = ?, password_hash = ?, password_cost = ? WHERE username = ?',
          params: [password.salt, password.hash, password.cost, username],
        },
        { sql: 'DELETE FROM sessions WHERE username = ?', params: [username] },
      ]);
      return this.#put(username, this.#known(username).account, password);
    });
  }

  /** @throws SignalboxError `NOT_FOUND`; `CONFLICT` for the last administrator */
  remove(username: string): Promise<void> {
    return this.#change(async () => {
      const entry = this.#known(username);
      this.#refuseLastAdmin(entry.account, 'removed');
      await this.#store.transaction([
        { sql: 'DELETE FROM sessions WHERE username = ?', params: [username] },
        { sql: 'DELETE FROM users WHERE username = ?', params: [username] },
      ]);
      this.#entries.delete(username);
    });
  }

  /**
   * @returns the person when name and password belong together; an unknown name takes as long as a wrong password
   * @throws SignalboxError `OVERLOADED`
   */
  async verify(username: string, passwordSha256: string): Promise<Account | undefined> {
    const entry = this.#entries.get(username);
    const matches = await this.#hasher.verify(passwordSha256, entry?.password);
    const now = this.#entries.get(username);
    // A password that was changed while the old one was being checked does not let in.
    return matches && now !== undefined && now.password === entry?.password ? now.account : undefined;
  }

  /** Notes the time of a sign-in. */
  async recordSignIn(username: string): Promise<void> {
    await this.#change(async () => {
      if (!this.#entries.has(username)) return;
      const lastSignInAt = this.#nowMs();
      await this.#store.run('UPDATE users SET last_sign_in_at = ? WHERE username = ?', [lastSignInAt, username]);
      this.#put(username, { ...this.#known(username).account, lastSignInAt });
    });
  }

  #put(username: string, account: Account, password: PasswordRecord = this.#known(username).password): Account {
    this.#entries.set(username, { account, password });
    return account;
  }

  /** One change at a time, so that two administrators cannot demote each other at once. */
  #change<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(act);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  #adminCount(): number {
    let count = 0;
    for (const { account } of this.#entries.values()) if (account.role === 'admin') count++;
    return count;
  }

  #known(username: string): Entry {
    const entry = this.#entries.get(username);
    if (entry === undefined) throw new SignalboxError('NOT_FOUND', `There is no user ${username} on this node.`, { executed: 'no' });
    return entry;
  }

  #refuseTaken(username: string): void {
    if (this.#entries.has(username)) {
      throw new SignalboxError('CONFLICT', `There is a user ${username} already.`, { executed: 'no' });
    }
  }

  #refuseLastAdmin(account: Account, act: string): void {
    if (account.role === 'admin' && this.#adminCount() === 1) {
      throw new SignalboxError(
        'CONFLICT',
        `${account.username} is the only administrator and cannot be ${act}. Make somebody else an administrator first.`,
        { executed: 'no' },
      );
    }
  }
}

/** A role of a later version, or a damaged one, holds the least. */
function knownRole(row: UserRow): Role {
  return roles.find((role) => role === row.role) ?? 'viewer';
}
