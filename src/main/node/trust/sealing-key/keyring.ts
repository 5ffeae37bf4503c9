/** This node's own sealing keys: the present one, and the one before it for what comes late. */
import { generateKeyPairSync } from 'node:crypto';
import {
  agreementKeyFromBytes,
  createSealOpener,
  rawAgreementKey,
  type SealOpener,
  type SecretStore,
  type Signer,
} from '../../identity/index.ts';
import type { Migration, Store } from '../../store/index.ts';
import { trustLimits } from '../limits.ts';
import { certifySealingKey } from './certificate.ts';

export const sealingKeyMigrations: readonly Migration[] = [
  {
    id: 'trust-6-sealing-keys',
    sql: 'CREATE TABLE sealing_keys (created_at INTEGER PRIMARY KEY, wrapped_key BLOB NOT NULL) STRICT',
  },
];

interface HeldKey {
  readonly createdMs: number;
  readonly publicKey: Uint8Array;
  readonly opener: SealOpener;
}

/** The 32 private bytes of a fresh X25519 key. */
function newPrivateKey(): Uint8Array {
  return new Uint8Array(generateKeyPairSync('x25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32));
}

export class SealingKeyring {
  readonly #store: Store;
  readonly #secrets: SecretStore;
  readonly #owner: Signer;
  #keys: readonly HeldKey[];

  private constructor(store: Store, secrets: SecretStore, owner: Signer, keys: readonly HeldKey[]) {
    this.#store = store;
    this.#secrets = secrets;
    this.#owner = owner;
    this.#keys = keys;
  }

  /**
   * The stored keys; the first one is made when there is none.
   *
   * @param nowMs milliseconds since the epoch
   * @throws SignalboxError `STORAGE_FULL`; whatever the secret store throws when it does not open what it wrapped
   */
  static async load(store: Store, secrets: SecretStore, owner: Signer, nowMs: number): Promise<SealingKeyring> {
    const rows = await store.all<{ created_at: number; wrapped_key: Uint8Array }>('SELECT * FROM sealing_keys ORDER BY created_at DESC');
    const keys: HeldKey[] = [];
    for (const { created_at, wrapped_key } of rows) keys.push(await held(created_at, await secrets.decrypt(wrapped_key)));
    const keyring = new SealingKeyring(store, secrets, owner, keys);
    if (keys.length === 0) await keyring.rotate(nowMs);
    return keyring;
  }

  /** For others, to be told in hello and presence. */
  get certificate(): Uint8Array {
    const [present] = this.#keys as readonly [HeldKey];
    return certifySealingKey(present.publicKey, present.createdMs, this.#owner);
  }

  /** Open what was sealed for this node; the present key first. */
  get openers(): readonly SealOpener[] {
    return this.#keys.map(({ opener }) => opener);
  }

  /** True when the present key is 30 days old. */
  isDue(nowMs: number): boolean {
    const [present] = this.#keys;
    return present === undefined || nowMs - present.createdMs >= trustLimits.sealingKeyMs;
  }

  /**
   * Makes the next key; the one before it goes on opening for seven days, earlier ones are gone.
   *
   * @throws SignalboxError `STORAGE_FULL`; the keys are then as they were
   */
  async rotate(nowMs: number): Promise<void> {
    const [present] = this.#keys;
    // Never before the present one, whatever the clock says: the newest is the one that is told.
    const createdMs = Math.max(nowMs, (present?.createdMs ?? 0) + 1);
    const privateKey = newPrivateKey();
    const wrapped = await this.#secrets.encrypt(privateKey);
    const next = await held(createdMs, privateKey);
    await this.#store.transaction([
      { sql: 'DELETE FROM sealing_keys WHERE created_at < ?', params: [present?.createdMs ?? 0] },
      { sql: 'INSERT INTO sealing_keys (created_at, wrapped_key) VALUES (?, ?)', params: [createdMs, wrapped] },
    ]);
    this.#keys = present === undefined ? [next] : [next, present];
  }

  /** Lets the former key go when its seven days are over. @throws SignalboxError `STORAGE_FULL` */
  async dropFormer(nowMs: number): Promise<void> {
    const [present] = this.#keys;
    if (present === undefined || this.#keys.length < 2 || nowMs - present.createdMs < trustLimits.formerSealingKeyMs) return;
    await this.#store.run('DELETE FROM sealing_keys WHERE created_at < ?', [present.createdMs]);
    this.#keys = [present];
  }
}

async function held(createdMs: number, privateKey: Uint8Array): Promise<HeldKey> {
  return { createdMs, publicKey: rawAgreementKey(agreementKeyFromBytes(privateKey)), opener: await createSealOpener(privateKey) };
}
