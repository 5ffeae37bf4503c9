/** Encrypts secrets with the key store of the operating system (security.md 2.8). */
import type { SecretStore } from '../node/identity/index.ts';

/** `safeStorage` of every supported Electron: older ones have the synchronous half only, the next one drops it. */
export interface AnySafeStorage {
  isAsyncEncryptionAvailable?(): Promise<boolean>;
  encryptStringAsync?(text: string): Promise<Buffer>;
  decryptStringAsync?(bytes: Buffer): Promise<{ readonly result: string }>;
  isEncryptionAvailable?(): boolean;
  encryptString?(text: string): Buffer;
  decryptString?(bytes: Buffer): string;
  getSelectedStorageBackend?(): string;
}

/**
 * The key store of this desktop. Call after Electron is ready.
 *
 * @param storage Electron's `safeStorage`
 * @returns undefined where it keeps nothing secret, as on a Linux session without a keyring, where Electron would use a password
 *   that is in its source: the node then does as without a desktop, with a passphrase or a key file that it warns about
 */
export async function desktopSecretStore(storage: AnySafeStorage): Promise<SecretStore | undefined> {
  if (!(await isAvailable(storage))) return undefined;
  return {
    name: 'safe-storage',
    encrypt: async (plain) => {
      const text = Buffer.from(plain).toString('base64');
      return new Uint8Array((await storage.encryptStringAsync?.(text)) ?? requireBytes(storage.encryptString?.(text)));
    },
    decrypt: async (wrapped) => {
      const bytes = Buffer.from(wrapped);
      const opened = (await storage.decryptStringAsync?.(bytes))?.result ?? storage.decryptString?.(bytes) ?? '';
      return new Uint8Array(Buffer.from(opened, 'base64'));
    },
  };
}

async function isAvailable(storage: AnySafeStorage): Promise<boolean> {
  const isOffered = storage.isAsyncEncryptionAvailable ? await storage.isAsyncEncryptionAvailable() : storage.isEncryptionAvailable?.();
  // Asked second: the backend is chosen by the first question.
  const backend = process.platform === 'linux' ? storage.getSelectedStorageBackend?.() : undefined;
  return isOffered === true && backend !== 'basic_text' && backend !== 'unknown';
}

function requireBytes(bytes: Buffer | undefined): Buffer {
  if (bytes === undefined) throw new TypeError('This Electron has no way to encrypt.');
  return bytes;
}
