import type { TunnelKind } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { newToken } from '../../accounts/index.ts';
import type { Store } from '../../store/index.ts';
import type { Vault } from '../vault.ts';
import { gatewayLimits } from './limits.ts';
import { randomId } from './random-id.ts';
import type { AgentToken } from './tokens.ts';

/** A token with what people know of it. */
export interface KeptToken extends AgentToken {
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly rotatedAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly agentIds: readonly string[];
  readonly kinds: readonly TunnelKind[];
  readonly duplicates: AgentToken['duplicates'];
  readonly legacy: boolean;
  /** Those of the first system keep what they have. */
  readonly tokenId?: string;
  readonly secret?: string;
  readonly createdBy: string;
}

interface Row {
  readonly token_id: string;
  readonly name: string;
  readonly agent_ids: string;
  readonly kinds: string;
  readonly duplicates: AgentToken['duplicates'];
  readonly legacy: number;
  readonly secret: Uint8Array;
  readonly secret_version: number;
  readonly former_secret: Uint8Array | null;
  readonly former_until: number | null;
  readonly created_at: number;
  readonly created_by: string;
  readonly rotated_at: number | null;
  readonly last_used_at: number | null;
}

export interface TokenStoreOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly nowMs: () => number;
}

/** Tokens with which agents sign in to this node's gateway. All of them are in memory; changes are durable before they hold. */
export class TokenStore {
  readonly #options: TokenStoreOptions;
  readonly #tokens = new Map<string, KeptToken>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: TokenStoreOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `STORAGE_FULL`, `IDENTITY_LOCKED`, `DECRYPT` */
  async load(): Promise<void> {
    const rows = await this.#options.store.all<Row>('SELECT * FROM gateway_tokens ORDER BY created_at, token_id');
    this.#tokens.clear();
    for (const row of rows) this.#tokens.set(row.token_id, this.#read(row));
  }

  /** Oldest first. */
  list(): readonly KeptToken[] {
    return [...this.#tokens.values()];
  }

  /** @throws SignalboxError `CONFLICT` (id in use), `LIMIT`, `STORAGE_FULL` */
  create(wanted: NewToken): Promise<{ readonly tokenId: string; readonly secret: string }> {
    return this.#inTurn(async () => {
      const tokenId = wanted.tokenId ?? randomId('T-');
      if (this.#tokens.has(tokenId)) throw new SignalboxError('CONFLICT', `There is a token ${tokenId} already.`, { executed: 'no' });
      if (this.#tokens.size >= gatewayLimits.tokens)
        throw new SignalboxError('LIMIT', `A gateway has at most ${gatewayLimits.tokens} tokens. Revoke one that is not used.`, {
          executed: 'no',
        });
      const { store, vault, nowMs } = this.#options;
      const { name, agentIds, kinds, duplicates, legacy, createdBy, secret = newToken() } = wanted;
      const createdAt = nowMs();
      await store.run(
        `INSERT INTO gateway_tokens (token_id, name, agent_ids, kinds, duplicates, legacy, secret, secret_version, created_at, created_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
        [
          tokenId,
          name,
          JSON.stringify(agentIds),
          JSON.stringify(kinds),
          duplicates,
          legacy ? 1 : 0,
          await vault.seal(secret),
          createdAt,
          createdBy,
        ],
      );
      this.#tokens.set(tokenId, {
        tokenId,
        name,
        agentIds,
        kinds,
        duplicates,
        legacy,
        createdAt,
        createdBy,
        rotatedAt: null,
        lastUsedAt: null,
        secrets: [{ version: 1, secret, untilMs: null }],
      });
      return { tokenId, secret };
    });
  }

  /**
   * Gives a token a new secret.
   *
   * @param graceMs how long the former one still holds
   * @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL`
   */
  rotate(tokenId: string, graceMs: number): Promise<{ readonly tokenId: string; readonly secret: string }> {
    return this.#inTurn(async () => {
      const token = this.#require(tokenId);
      const { store, vault, nowMs } = this.#options;
      const secret = newToken();
      const now = nowMs();
      const former = token.secrets[0];
      const untilMs = now + graceMs;
      await store.run(
        `UPDATE gateway_tokens SET former_secret = CASE WHEN ? THEN secret END, former_until = ?, secret = ?,
         secret_version = secret_version + 1, rotated_at = ? WHERE token_id = ?`,
        [graceMs > 0 ? 1 : 0, graceMs > 0 ? untilMs : null, await vault.seal(secret), now, tokenId],
      );
      this.#tokens.set(tokenId, {
        ...token,
        rotatedAt: now,
        secrets: [
          { version: (former?.version ?? 0) + 1, secret, untilMs: null },
          ...(former !== undefined && graceMs > 0 ? [{ ...former, untilMs }] : []),
        ],
      });
      return { tokenId, secret };
    });
  }

  /** @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL` */
  revoke(tokenId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#require(tokenId);
      await this.#options.store.run('DELETE FROM gateway_tokens WHERE token_id = ?', [tokenId]);
      this.#tokens.delete(tokenId);
    });
  }

  /** An agent has signed in. @throws SignalboxError `STORAGE_FULL` */
  async used(tokenId: string, atMs: number): Promise<void> {
    const token = this.#tokens.get(tokenId);
    if (token === undefined) return;
    this.#tokens.set(tokenId, { ...token, lastUsedAt: atMs });
    await this.#options.store.run('UPDATE gateway_tokens SET last_used_at = ? WHERE token_id = ?', [atMs, tokenId]);
  }

  #require(tokenId: string): KeptToken {
    const token = this.#tokens.get(tokenId);
    if (token !== undefined) return token;
    throw new SignalboxError('NOT_FOUND', `This gateway has no token ${tokenId}.`, { executed: 'no' });
  }

  #read(row: Row): KeptToken {
    const { vault } = this.#options;
    const isFormerGood = row.former_secret !== null && row.former_until !== null && row.former_until > this.#options.nowMs();
    return {
      tokenId: row.token_id,
      name: row.name,
      agentIds: JSON.parse(row.agent_ids) as string[],
      kinds: JSON.parse(row.kinds) as TunnelKind[],
      duplicates: row.duplicates,
      legacy: row.legacy === 1,
      createdAt: row.created_at,
      createdBy: row.created_by,
      rotatedAt: row.rotated_at,
      lastUsedAt: row.last_used_at,
      secrets: [
        { version: row.secret_version, secret: vault.unseal(row.secret), untilMs: null },
        ...(isFormerGood && row.former_secret !== null
          ? [{ version: row.secret_version - 1, secret: vault.unseal(row.former_secret), untilMs: row.former_until }]
          : []),
      ],
    };
  }

  /** One change after the other. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(act);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}
