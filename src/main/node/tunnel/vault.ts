import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import type { SecretStore } from '../identity/index.ts';
import type { Migration, Store } from '../store/index.ts';
import { seal, sealKeyBytes, unseal } from './protocol/sealed.ts';

interface Row {
  readonly wrapped_key: Uint8Array;
  readonly secret_store: string;
}

/** Whose secrets they are. */
export type VaultOwner = 'gateway' | 'tunnels';

/** The table of a vault, for the migrations of its owner. */
export function vaultMigration(id: string, owner: VaultOwner): Migration {
  return {
    id,
    sql: `CREATE TABLE ${owner}_vault (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      wrapped_key BLOB NOT NULL,
      secret_store TEXT NOT NULL
    ) STRICT`,
  };
}

/**
 * Keeps the secrets of its owner's tables under one key, which the node's secret store wraps: that store may take a third of a second for
 * each secret (a passphrase), and a gateway has a thousand.
 */
export class Vault {
  readonly #store: Store;
  readonly #secrets: SecretStore;
  readonly #owner: VaultOwner;
  #key: Uint8Array | undefined;
  /** Nothing was ever sealed: the key is made with the first secret. */
  #empty = false;
  #making: Promise<void> | undefined;

  constructor(store: Store, secrets: SecretStore, owner: VaultOwner) {
    this.#store = store;
    this.#secrets = secrets;
    this.#owner = owner;
  }

  /**
   * Opens the key, if there is one yet, and wraps it anew when the node has another secret store than before.
   *
   * @throws SignalboxError `STORAGE_FULL`; Error of the secret store when it cannot open the key, which is never replaced
   */
  async open(): Promise<void> {
    const row = await this.#store.get<Row>(`SELECT wrapped_key, secret_store FROM ${this.#owner}_vault`);
    this.#empty = row === undefined;
    if (row === undefined) return;
    const key = await this.#secrets.decrypt(row.wrapped_key);
    if (row.secret_store !== this.#secrets.name) await this.#keep(key);
    this.#key = key;
  }

  /** @throws SignalboxError `IDENTITY_LOCKED` while the vault is not open, `STORAGE_FULL` */
  async seal(text: string): Promise<Uint8Array> {
    if (this.#empty) {
      this.#making ??= this.#make().finally(() => {
        this.#making = undefined;
      });
      await this.#making;
    }
    return seal(this.#opened(), Buffer.from(text, 'utf8'));
  }

  /** @throws SignalboxError `IDENTITY_LOCKED`, `DECRYPT` (what was kept has been changed) */
  unseal(sealed: Uint8Array): string {
    const key = this.#opened();
    try {
      return unseal(key, sealed).toString('utf8');
    } catch (cause) {
      throw new SignalboxError('DECRYPT', `A secret of the ${this.#owner} cannot be opened: the database of the node was changed.`, {
        executed: 'no',
        cause,
      });
    }
  }

  async #make(): Promise<void> {
    const key = randomBytes(sealKeyBytes);
    await this.#keep(key);
    this.#key = key;
    this.#empty = false;
  }

  async #keep(key: Uint8Array): Promise<void> {
    await this.#store.run(`INSERT OR REPLACE INTO ${this.#owner}_vault (id, wrapped_key, secret_store) VALUES (1, ?, ?)`, [
      await this.#secrets.encrypt(key),
      this.#secrets.name,
    ]);
  }

  #opened(): Uint8Array {
    if (this.#key !== undefined) return this.#key;
    throw new SignalboxError(
      'IDENTITY_LOCKED',
      `The secrets of this node’s ${this.#owner} cannot be opened. Start the node the way it was started before, with the same passphrase and user.`,
      { retryable: false, executed: 'no' },
    );
  }
}
