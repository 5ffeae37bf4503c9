import { type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SignalboxError } from '../../../common/errors.ts';
import { DamagedFileError } from '../damaged-file-error.ts';
import type { Problems } from '../telemetry/problems.ts';
import { privateKeyFromSeed, rawPublicKey, signBytes } from './ed25519.ts';
import { readIdentityFile, type StoredIdentity, writeIdentityFile } from './identity-file.ts';
import { nodeIdOf } from './node-id.ts';
import { plainKeyStoreName, type SecretStore } from './secret-store.ts';

/** Whoever holds a private key: the node, or the recovery words. */
export interface Signer {
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Who this node is. */
export interface NodeIdentity extends Signer {
  readonly nodeId: string;
  /** Name of the store that protects the key. */
  readonly store: string;
}

export interface IdentityOptions {
  /** The data folder; the identity is in `identity.json`. */
  readonly folder: string;
  /** Protects a new key, and an old one from now on. */
  readonly secrets: SecretStore;
  /** Further stores an old key may be under; it is then wrapped anew with `secrets`. */
  readonly formerSecrets?: readonly SecretStore[];
  /** Told while only file permissions protect the key. */
  readonly problems?: Problems;
}

const seedBytes = 32;

/**
 * The key of this node, made at the first start. A key that cannot be opened is never replaced: a new key is a new node.
 *
 * @throws SignalboxError `IDENTITY_LOCKED` when the store cannot open the key, `STORAGE_FULL`
 * @throws DamagedFileError when `identity.json` cannot be read
 */
export async function loadOrCreateIdentity(options: IdentityOptions): Promise<NodeIdentity> {
  const file = fileIn(options);
  const stored = await readIdentityFile(file);
  const identity = stored === undefined ? await create(file, options.secrets) : await unlock(file, stored, options);
  if (identity.store === plainKeyStoreName)
    options.problems?.raise({
      id: 'identity.plainKey',
      severity: 'warn',
      title: 'The node key is protected by file permissions alone',
      detail: `Whoever can read ${options.folder} can act as this node. Set SIGNALBOX_PASSPHRASE (or SIGNALBOX_PASSPHRASE_FILE) and restart: the key is then wrapped with it.`,
      view: '/settings',
    });
  else options.problems?.clear('identity.plainKey');
  return identity;
}

/**
 * The seed of this node's key, for a backup.
 *
 * @throws SignalboxError `IDENTITY_LOCKED`, `NOT_FOUND` when there is none; DamagedFileError
 */
export async function readKeySeed(options: Pick<IdentityOptions, 'folder' | 'secrets' | 'formerSecrets'>): Promise<Uint8Array> {
  const file = fileIn(options);
  const stored = await readIdentityFile(file);
  if (stored === undefined) throw new SignalboxError('NOT_FOUND', `There is no identity in ${options.folder}.`, { executed: 'no' });
  return (await openSeed(file, stored, options)).keySeed;
}

/**
 * Writes the identity of a backup into a folder that has none.
 *
 * @param createdMs milliseconds since the epoch
 * @throws SignalboxError `CONFLICT` when there is one, `IDENTITY_LOCKED`, `STORAGE_FULL`
 */
export async function restoreIdentity(
  options: Pick<IdentityOptions, 'folder' | 'secrets'>,
  keySeed: Uint8Array,
  createdMs: number,
): Promise<NodeIdentity> {
  const file = fileIn(options);
  if ((await readIdentityFile(file)) !== undefined)
    throw new SignalboxError('CONFLICT', `There is an identity in ${options.folder} already. It was left as it is.`, { executed: 'no' });
  const identity = fromSeed(keySeed, options.secrets.name);
  await save(file, keySeed, identity.publicKey, options.secrets, createdMs);
  return identity;
}

function fileIn({ folder }: Pick<IdentityOptions, 'folder'>): string {
  return join(folder, 'identity.json');
}

async function create(file: string, secrets: SecretStore): Promise<NodeIdentity> {
  const keySeed = randomBytes(seedBytes);
  const identity = fromSeed(keySeed, secrets.name);
  await save(file, keySeed, identity.publicKey, secrets, Date.now());
  return identity;
}

async function unlock(file: string, stored: StoredIdentity, options: IdentityOptions): Promise<NodeIdentity> {
  const { secrets } = options;
  const { keySeed, store } = await openSeed(file, stored, options);
  const identity = fromSeed(keySeed, secrets.name);
  if (Buffer.compare(identity.publicKey, stored.publicKey) !== 0)
    throw new DamagedFileError(file, 'identity', 'Its private and its public key do not belong together.');
  if (store !== secrets) await save(file, keySeed, identity.publicKey, secrets, stored.createdAt);
  return identity;
}

/** The seed, and the store that opened it. */
async function openSeed(
  file: string,
  stored: StoredIdentity,
  { secrets, formerSecrets = [] }: Pick<IdentityOptions, 'secrets' | 'formerSecrets'>,
): Promise<{ readonly keySeed: Uint8Array; readonly store: SecretStore }> {
  const candidates = [secrets, ...formerSecrets];
  const store = candidates.find(({ name }) => name === stored.store);
  if (store === undefined)
    throw locked(
      stored,
      `it is protected by "${stored.store}", and this start offers "${candidates.map(({ name }) => name).join('", "')}"`,
    );
  const keySeed = await store.decrypt(stored.wrappedSeed).catch((error: unknown) => {
    throw locked(stored, `"${stored.store}" does not open it`, error);
  });
  if (keySeed.length !== seedBytes) throw new DamagedFileError(file, 'identity', 'The key in it has the wrong length.');
  return { keySeed, store };
}

async function save(file: string, keySeed: Uint8Array, publicKey: Uint8Array, secrets: SecretStore, createdAt: number): Promise<void> {
  const wrappedSeed = await secrets.encrypt(keySeed);
  // Better no identity than one that the next start cannot open.
  const reopened = await secrets.decrypt(wrappedSeed);
  if (Buffer.compare(reopened, keySeed) !== 0)
    throw new SignalboxError(
      'IDENTITY_LOCKED',
      `The key store "${secrets.name}" does not give back what it was given. The node key was not saved.`,
    );
  await writeIdentityFile(file, { publicKey, wrappedSeed, store: secrets.name, createdAt });
}

function fromSeed(keySeed: Uint8Array, store: string): NodeIdentity {
  const signer = signerFromSeed(keySeed);
  return { nodeId: nodeIdOf(signer.publicKey), store, ...signer };
}

/** Signs with the Ed25519 key of a 32-byte seed. */
export function signerFromSeed(keySeed: Uint8Array): Signer {
  const privateKey: KeyObject = privateKeyFromSeed(keySeed);
  return { publicKey: rawPublicKey(privateKey), sign: (bytes) => signBytes(privateKey, bytes) };
}

function locked(stored: StoredIdentity, why: string, cause?: unknown): SignalboxError {
  return new SignalboxError(
    'IDENTITY_LOCKED',
    `The key of node ${nodeIdOf(stored.publicKey)} cannot be opened: ${why}. Start the node the way it was started before, with the same passphrase and user. The key was left as it is.`,
    { retryable: false, data: { store: stored.store, nodeId: nodeIdOf(stored.publicKey) }, ...(cause !== undefined && { cause }) },
  );
}
