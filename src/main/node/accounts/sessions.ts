import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { leadingNowMs } from '../clock/index.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/types.ts';
import type { Account, Accounts } from './accounts.ts';
import { hashToken, newToken, sameHash } from './tokens.ts';

const defaultAccessLifetimeMs = 3_600_000;
const defaultRefreshLifetimeMs = 30 * 86_400_000;
/** A refresh token's first 15 bytes (20 characters) name its session for life; the other 17 change at every use. */
const selectorBytes = 15;
const selectorLength = 20;
const secretBytes = 17;

/** A token with its times, milliseconds since the epoch. */
export interface IssuedToken {
  readonly token: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface IssuedTokens {
  readonly sessionId: string;
  readonly username: string;
  readonly access: IssuedToken;
  readonly refresh: IssuedToken;
}

/** Who stands behind a token, as of now. */
export interface SignedIn {
  readonly sessionId: string;
  readonly account: Account;
}

/** Why a session ended. */
export type SessionEnd = 'signed-out' | 'revoked' | 'reused' | 'replaced' | 'expired';

interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly created_at: number;
  readonly access_hash: string;
  readonly access_issued: number;
  readonly access_expires: number;
  readonly refresh_selector_hash: string;
  readonly refresh_hash: string;
  readonly refresh_expires: number;
}

export interface SessionsOptions {
  readonly store: Store;
  readonly accounts: Accounts;
  /** Life of an access token, milliseconds; default 1 h. */
  readonly accessLifetimeMs?: number;
  /** Life of an unused refresh token, milliseconds; default 30 d. */
  readonly refreshLifetimeMs?: number;
  readonly nowMs?: () => number;
}

interface Opening {
  readonly username: string;
  /** The password that opened it was changed, or the person removed, in the meantime. */
  revoked: boolean;
}

type SessionListener = (sessionId: string, username: string, why: SessionEnd) => void;

/**
 * Signed-in browsers and programs. A session has one access token (1 h) and one refresh token (30 d); both are replaced
 * at each refresh. Only hashes are kept, in the table and in memory; the table lets a restart sign nobody out.
 *
 * A refresh token that was used before ends its session: either its owner or a thief has an old copy, and the node
 * cannot know which (RFC 9700, 4.14.2).
 */
export class Sessions implements Startable {
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #nowMs: () => number;
  readonly #accessLifetimeMs: number;
  readonly #refreshLifetimeMs: number;
  readonly #byId = new Map<string, SessionRow>();
  readonly #byAccess = new Map<string, string>();
  readonly #bySelector = new Map<string, string>();
  /** Sessions on their way into the table. */
  readonly #opening = new Set<Opening>();
  readonly #listeners = new Set<SessionListener>();

  constructor(options: SessionsOptions) {
    this.#store = options.store;
    this.#accounts = options.accounts;
    this.#nowMs = options.nowMs ?? leadingNowMs;
    this.#accessLifetimeMs = options.accessLifetimeMs ?? defaultAccessLifetimeMs;
    this.#refreshLifetimeMs = options.refreshLifetimeMs ?? defaultRefreshLifetimeMs;
  }

  async start(): Promise<void> {
    await this.#store.run('DELETE FROM sessions WHERE refresh_expires <= ?', [this.#nowMs()]);
    for (const row of await this.#store.all<SessionRow>('SELECT * FROM sessions')) this.#index(this.#withinLife(row));
  }

  async stop(): Promise<void> {
    this.#byId.clear();
    this.#byAccess.clear();
    this.#bySelector.clear();
  }

  /**
   * Opens a session for somebody whose password was verified. The oldest session gives way when there are too many.
   *
   * @throws SignalboxError `UNAUTHENTICATED` when the person's sessions were revoked meanwhile
   */
  async create(username: string): Promise<IssuedTokens> {
    const opening: Opening = { username, revoked: false };
    this.#opening.add(opening);
    try {
      await this.#makeRoom(username);
      const { row, tokens } = this.#issue({ id: randomUUID(), username, created_at: this.#nowMs() }, newToken(selectorBytes));
      await this.#insert(row);
      if (opening.revoked) {
        await this.#store.run('DELETE FROM sessions WHERE id = ?', [row.id]);
        throw signInAgain();
      }
      this.#index(row);
      return tokens;
    } finally {
      this.#opening.delete(opening);
    }
  }

  /**
   * Exchanges a refresh token for new tokens. The old ones end at once.
   *
   * @throws SignalboxError `UNAUTHENTICATED` for a token that is unknown, expired or was used before
   */
  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const selector = refreshToken.slice(0, selectorLength);
    const old = this.#byId.get(this.#bySelector.get(hashToken(selector)) ?? '');
    if (old === undefined || this.#accounts.find(old.username) === undefined) throw signInAgain();
    if (!sameHash(old.refresh_hash, hashToken(refreshToken))) {
      await this.#end([old], 'reused');
      throw signInAgain();
    }
    if (old.refresh_expires <= this.#nowMs()) {
      await this.#end([old], 'expired');
      throw signInAgain();
    }
    const { row, tokens } = this.#issue(old, selector);
    // In memory first: of two requests with one token only the first may pass.
    this.#unindex(old);
    this.#index(row);
    try {
      await this.#store.run(
        'UPDATE sessions SET access_hash = ?, access_issued = ?, access_expires = ?, refresh_hash = ?, refresh_expires = ? WHERE id = ?',
        [row.access_hash, row.access_issued, row.access_expires, row.refresh_hash, row.refresh_expires, row.id],
      );
    } catch (error) {
      if (this.#byId.get(row.id) === row) {
        this.#unindex(row);
        this.#index(old);
      }
      throw error;
    }
    if (this.#byId.get(row.id) !== row) throw signInAgain();
    return tokens;
  }

  /** Who an access token stands for, without waiting; undefined when it is unknown, expired or revoked. */
  authenticate(accessToken: string): SignedIn | undefined {
    const id = this.#byAccess.get(hashToken(accessToken));
    return id === undefined ? undefined : this.current(id);
  }

  /** The session with the role of now; undefined when it has ended or its access token was not renewed in time. */
  current(sessionId: string): SignedIn | undefined {
    const row = this.#byId.get(sessionId);
    if (row === undefined || row.access_expires <= this.#nowMs()) return undefined;
    const account = this.#accounts.find(row.username);
    return account === undefined ? undefined : { sessionId, account };
  }

  /** Ends one session. False when there is none. */
  async signOut(sessionId: string): Promise<boolean> {
    const row = this.#byId.get(sessionId);
    if (row === undefined) return false;
    await this.#end([row], 'signed-out');
    return true;
  }

  /** Ends every session of a person, also those that are being opened; returns how many were open. */
  async revokeUser(username: string): Promise<number> {
    for (const opening of this.#opening) if (opening.username === username) opening.revoked = true;
    const rows = this.#of(username);
    await this.#end(rows, 'revoked');
    return rows.length;
  }

  /** Sessions that a person could still go on with. */
  countOf(username: string): number {
    const now = this.#nowMs();
    return this.#of(username).filter((row) => row.refresh_expires > now).length;
  }

  /** Tells of each session that ends before its time, once its tokens are refused; returns how to stop. */
  onEnded(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A clock that was ahead when the session was stored must not make it longer. */
  #withinLife(row: SessionRow): SessionRow {
    const now = this.#nowMs();
    return {
      ...row,
      access_expires: Math.min(row.access_expires, now + this.#accessLifetimeMs),
      refresh_expires: Math.min(row.refresh_expires, now + this.#refreshLifetimeMs),
    };
  }

  #issue(session: Pick<SessionRow, 'id' | 'username' | 'created_at'>, selector: string): { row: SessionRow; tokens: IssuedTokens } {
    const now = this.#nowMs();
    const access = newToken();
    const refresh = selector + newToken(secretBytes);
    const row: SessionRow = {
      id: session.id,
      username: session.username,
      created_at: session.created_at,
      access_hash: hashToken(access),
      access_issued: now,
      access_expires: now + this.#accessLifetimeMs,
      refresh_selector_hash: hashToken(selector),
      refresh_hash: hashToken(refresh),
      refresh_expires: now + this.#refreshLifetimeMs,
    };
    return {
      row,
      tokens: {
        sessionId: row.id,
        username: row.username,
        access: { token: access, issuedAt: now, expiresAt: row.access_expires },
        refresh: { token: refresh, issuedAt: now, expiresAt: row.refresh_expires },
      },
    };
  }

  async #insert(row: SessionRow): Promise<void> {
    await this.#store.run(
      `INSERT INTO sessions (id, username, created_at, access_hash, access_issued, access_expires, refresh_selector_hash, refresh_hash, refresh_expires)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        row.id,
        row.username,
        row.created_at,
        row.access_hash,
        row.access_issued,
        row.access_expires,
        row.refresh_selector_hash,
        row.refresh_hash,
        row.refresh_expires,
      ],
    );
  }

  async #makeRoom(username: string): Promise<void> {
    const now = this.#nowMs();
    const expired = [...this.#byId.values()].filter((row) => row.refresh_expires <= now);
    if (expired.length > 0) await this.#end(expired, 'expired');
    const held = this.#of(username).sort((a, b) => a.access_issued - b.access_issued);
    await this.#end(held.slice(0, Math.max(0, held.length - limits.sessionsPerUser + 1)), 'replaced');
  }

  async #end(rows: readonly SessionRow[], why: SessionEnd): Promise<void> {
    if (rows.length === 0) return;
    for (const row of rows) {
      const now = this.#byId.get(row.id);
      if (now !== undefined) this.#unindex(now);
    }
    try {
      await this.#store.transaction(rows.map((row) => ({ sql: 'DELETE FROM sessions WHERE id = ?', params: [row.id] })));
    } finally {
      for (const row of rows) for (const listener of this.#listeners) listener(row.id, row.username, why);
    }
  }

  #of(username: string): SessionRow[] {
    return [...this.#byId.values()].filter((row) => row.username === username);
  }

  #index(row: SessionRow): void {
    this.#byId.set(row.id, row);
    this.#byAccess.set(row.access_hash, row.id);
    this.#bySelector.set(row.refresh_selector_hash, row.id);
  }

  #unindex(row: SessionRow): void {
    this.#byId.delete(row.id);
    this.#byAccess.delete(row.access_hash);
    this.#bySelector.delete(row.refresh_selector_hash);
  }
}

function signInAgain(): SignalboxError {
  return new SignalboxError('UNAUTHENTICATED', 'The sign-in has ended. Sign in again.', { executed: 'no' });
}
