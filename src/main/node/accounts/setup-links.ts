import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { leadingNowMs } from '../clock/index.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/types.ts';
import type { Account, Accounts } from './accounts.ts';
import { hashToken, newToken } from './tokens.ts';

const lifetimeMs = 86_400_000;
const tokenBytes = 16;

/** A link with which one administrator can be created. */
export interface SetupLink {
  readonly token: string;
  /** Path in the console. The token stands behind the `#`, so no server and no proxy writes it into a log. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One-time links that create an administrator: the way into a headless node, which has no default password. */
export class SetupLinks implements Startable {
  readonly #store: Store;
  readonly #accounts: Accounts;
  readonly #nowMs: () => number;
  /** Expiry by hash of the token, oldest first. */
  readonly #open = new Map<string, number>();

  constructor(options: { readonly store: Store; readonly accounts: Accounts; readonly nowMs?: () => number }) {
    this.#store = options.store;
    this.#accounts = options.accounts;
    this.#nowMs = options.nowMs ?? leadingNowMs;
  }

  async start(): Promise<void> {
    await this.#store.run('DELETE FROM setup_links WHERE expires_at <= ?', [this.#nowMs()]);
    const rows = await this.#store.all<{ token_hash: string; expires_at: number }>(
      'SELECT token_hash, expires_at FROM setup_links ORDER BY created_at',
    );
    // A clock that was ahead when the link was made must not make it longer.
    const latest = this.#nowMs() + lifetimeMs;
    for (const row of rows) this.#open.set(row.token_hash, Math.min(row.expires_at, latest));
  }

  async stop(): Promise<void> {
    this.#open.clear();
  }

  /** Makes a link, good once and for 24 hours. Of too many open ones the oldest ends. */
  async create(): Promise<SetupLink> {
    const now = this.#nowMs();
    const token = newToken(tokenBytes);
    const expiresAt = now + lifetimeMs;
    const surplus = [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - limits.setupLinks + 1));
    await this.#store.transaction([
      ...surplus.map((hash) => ({ sql: 'DELETE FROM setup_links WHERE token_hash = ?', params: [hash] })),
      { sql: 'INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES (?, ?, ?)', params: [hashToken(token), now, expiresAt] },
    ]);
    for (const hash of surplus) this.#open.delete(hash);
    this.#open.set(hashToken(token), expiresAt);
    return { token, path: `/setup#token=${token}`, expiresAt };
  }

  /**
   * Creates an administrator and uses the link up, both or neither.
   *
   * @throws SignalboxError `UNAUTHENTICATED` for a link that is unknown, used or expired; `CONFLICT` when the name is taken (the link stays good)
   */
  async redeem(token: string, person: { readonly username: string; readonly passwordSha256: string }): Promise<Account> {
    const hash = hashToken(token);
    const expiresAt = this.#open.get(hash);
    if (expiresAt === undefined || expiresAt <= this.#nowMs()) throw notValid();
    // Taken before the slow hash: of two requests with one link only the first may pass.
    this.#open.delete(hash);
    try {
      return await this.#accounts.add({ ...person, role: 'admin' }, [
        { sql: 'DELETE FROM setup_links WHERE token_hash = ?', params: [hash] },
      ]);
    } catch (error) {
      this.#open.set(hash, expiresAt);
      throw error;
    }
  }
}

function notValid(): SignalboxError {
  return new SignalboxError(
    'UNAUTHENTICATED',
    'This set-up link is not valid: it was used, or is older than 24 hours. Make a new one with: signalbox users setup-link',
    { executed: 'no' },
  );
}
