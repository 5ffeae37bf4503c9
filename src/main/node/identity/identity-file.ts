import { readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { DamagedFileError } from '../damaged-file-error.ts';
import { nodeLimits } from '../limits.ts';
import { temporaryName, writeFileDurably } from '../store/durable-file.ts';
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
  await rm(temporaryName(file), { force: true }).catch(() => undefined);
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > nodeLimits.settingsFileBytes)
      throw new DamagedFileError(file, 'identity', `It has ${size} bytes, far more than a key takes.`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof DamagedFileError) throw error;
    throw new SignalboxError(
      'STORAGE_FULL',
      `The identity ${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Make the file readable.`,
      {
        cause: error,
      },
    );
  }
  return parseIdentity(file, text);
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
