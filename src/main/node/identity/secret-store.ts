import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../../common/errors.ts';
import { writeFileDurably } from '../store/durable-file.ts';

/** Where a node keeps what must not be readable on its disk (security.md 2.8). The desktop's own is supplied by the shell. */
export interface SecretStore {
  /** Kept beside what it wrapped, so that it is opened with the same store. */
  readonly name: string;
  encrypt(plain: Uint8Array): Promise<Uint8Array>;
  /** @throws when the store cannot open it: other machine, other user, other passphrase */
  decrypt(wrapped: Uint8Array): Promise<Uint8Array>;
}

/** Name of the store whose key lies in the data folder: it protects against nobody who can read the folder. */
export const plainKeyStoreName = 'key-file';
export const passphraseStoreName = 'passphrase';

const formatVersion = 1;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const aesKeyBytes = 32;
const associatedData = Buffer.from('signalbox/secret/v1');
/** N = 2^17 (security.md 2.8): 128 MB and about 0.3 s a guess. */
const scryptOptions = { N: 131_072, r: 8, p: 1, maxmem: 268_435_456 } as const;

function derive(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, aesKeyBytes, scryptOptions, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

/** version ‖ salt ‖ nonce ‖ tag ‖ ciphertext. The salt, and so with a passphrase the key, is new each time. */
function seal(key: Uint8Array, salt: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([Buffer.from([formatVersion]), salt, nonce, cipher.getAuthTag(), sealed]));
}

function open(key: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const bytes = Buffer.from(wrapped);
  const nonceAt = 1 + saltBytes;
  const tagAt = nonceAt + nonceBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, tagAt), { authTagLength: tagBytes });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
  return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(tagAt + tagBytes)), decipher.final()]));
}

function saltOf(wrapped: Uint8Array): Uint8Array {
  if (wrapped.length <= 1 + saltBytes + nonceBytes + tagBytes || wrapped[0] !== formatVersion)
    throw new SignalboxError('DECRYPT', 'The secret is not in a form that this version can open.', { executed: 'no' });
  return wrapped.subarray(1, 1 + saltBytes);
}

/** Secrets under a passphrase that a person or the service manager supplies at each start. */
export function createPassphraseStore(passphrase: string): SecretStore {
  return {
    name: passphraseStoreName,
    encrypt: async (plain) => {
      const salt = randomBytes(saltBytes);
      return seal(await derive(passphrase, salt), salt, plain);
    },
    decrypt: async (wrapped) => open(await derive(passphrase, saltOf(wrapped)), wrapped),
  };
}

/**
 * Secrets under a key that lies beside them in `identity.key`, mode 0600: for a node without a desktop and without a
 * passphrase. Only the permissions of the folder protect it; the node says so for as long as it is in use.
 */
export function createKeyFileStore(folder: string): SecretStore {
  const file = join(folder, 'identity.key');
  const readKey = async (): Promise<Buffer> => {
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
    if (key.length !== aesKeyBytes) throw new SignalboxError('DECRYPT', `${file} does not hold a key.`, { executed: 'no' });
    return key;
  };
  return {
    name: plainKeyStoreName,
    encrypt: async (plain) => {
      const key = await readKey().catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        const made = randomBytes(aesKeyBytes);
        await writeFileDurably(file, `${made.toString('base64')}\n`, 0o600);
        return made;
      });
      return seal(key, randomBytes(saltBytes), plain);
    },
    decrypt: async (wrapped) => {
      saltOf(wrapped);
      const key = await readKey();
      // A copy or a backup may have come back with wider permissions.
      await chmod(file, 0o600);
      return open(key, wrapped);
    },
  };
}

/**
 * The store of a node without a desktop: a passphrase when there is one, else the key file.
 *
 * @param environment `SIGNALBOX_PASSPHRASE`, or `SIGNALBOX_PASSPHRASE_FILE` naming a file whose first line it is
 * @throws SignalboxError `IDENTITY_LOCKED` when the named file cannot be read or is empty
 */
export async function headlessSecretStore(folder: string, environment: Readonly<Record<string, string | undefined>>): Promise<SecretStore> {
  const { SIGNALBOX_PASSPHRASE: passphrase, SIGNALBOX_PASSPHRASE_FILE: passphraseFile } = environment;
  if (passphrase) return createPassphraseStore(passphrase);
  if (!passphraseFile) return createKeyFileStore(folder);
  const text = await readFile(passphraseFile, 'utf8').catch((error: unknown) => {
    throw new SignalboxError(
      'IDENTITY_LOCKED',
      `The passphrase file ${passphraseFile} cannot be read. Correct SIGNALBOX_PASSPHRASE_FILE.`,
      { cause: error },
    );
  });
  const firstLine = text.split(/\r?\n/, 1)[0] ?? '';
  if (firstLine === '')
    throw new SignalboxError(
      'IDENTITY_LOCKED',
      `The passphrase file ${passphraseFile} is empty. Write the passphrase into its first line.`,
    );
  return createPassphraseStore(firstLine);
}
