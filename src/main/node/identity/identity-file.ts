import { z } from 'zod';
import { DamagedFileError } from '../damaged-file-error.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import { readDataFile } from '../store/read-data-file.ts';
import { checkPublicKey } from './ed25519.ts';

const fileSchema = z.looseObject({
  version: z.number().int().min(1),
  publicKey: z.base64url(),
  wrappedSeed: z.base64(),
  store: z.string().min(1).max(64),
  createdAt: z.number(),
});

export interface StoredIdentity {
  readonly publicKey: Uint8Array;
  /** The key seed as the secret store wrapped it. */
  readonly wrappedSeed: Uint8Array;
  /** Name of that secret store. */
  readonly store: string;
  readonly createdAt: number;
}

const fileVersion = 1;

/**
 * @returns undefined when the node has no identity yet
 * @throws DamagedFileError, SignalboxError `STORAGE_FULL` when it cannot be read
 */
export async function readIdentityFile(file: string): Promise<StoredIdentity | undefined> {
  const text = await readDataFile(file, 'identity');
  return text === undefined ? undefined : parseIdentity(file, text);
}

function parseIdentity(file: string, text: string): StoredIdentity {
  try {
    const { version, publicKey, wrappedSeed, store, createdAt } = fileSchema.parse(JSON.parse(text));
    if (version > fileVersion) throw new Error(`it is of a newer version (format ${version})`);
    const key = new Uint8Array(Buffer.from(publicKey, 'base64url'));
    checkPublicKey(key);
    return { publicKey: key, wrappedSeed: new Uint8Array(Buffer.from(wrappedSeed, 'base64')), store, createdAt };
  } catch (error) {
    throw new DamagedFileError(file, 'identity', 'It does not hold the key of a node.', error);
  }
}

/** Replaces the file; only its owner may read it. */
export async function writeIdentityFile(file: string, identity: StoredIdentity): Promise<void> {
  const content = {
    version: fileVersion,
    publicKey: Buffer.from(identity.publicKey).toString('base64url'),
    wrappedSeed: Buffer.from(identity.wrappedSeed).toString('base64'),
    store: identity.store,
    createdAt: identity.createdAt,
  };
  await writeFileDurably(file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
}
