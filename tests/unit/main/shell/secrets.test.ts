import { describe, expect, it } from 'vitest';
import { desktopSecretStore } from '../../../../src/main/shell/secrets.ts';

/** Stands for Electron's key store: reversible, and unlike the plain text. */
const flip = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
const secret = new Uint8Array([0, 1, 2, 253, 254, 255]);

describe('desktopSecretStore', () => {
  const synchronous = (backend: string, available = true) => ({
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => flip(Buffer.from(text)),
    decryptString: (bytes: Buffer) => flip(bytes).toString(),
  });

  it('uses the key store of the system, by its synchronous half where there is no other', async () => {
    const store = await desktopSecretStore(synchronous('gnome_libsecret'));
    expect(store?.name).toBe('safe-storage');
    expect(await store?.decrypt((await store?.encrypt(secret)) as Uint8Array)).toEqual(secret);
  });

  it('prefers the asynchronous half, and opens what the other wrote', async () => {
    const old = await desktopSecretStore(synchronous('kwallet6'));
    const wrapped = (await old?.encrypt(secret)) as Uint8Array;
    const store = await desktopSecretStore({
      isAsyncEncryptionAvailable: async () => true,
      getSelectedStorageBackend: () => 'kwallet6',
      encryptStringAsync: async (text) => flip(Buffer.from(text)),
      decryptStringAsync: async (bytes) => ({ result: flip(bytes).toString() }),
    });
    expect(await store?.decrypt(wrapped)).toEqual(secret);
    expect(await store?.decrypt((await store?.encrypt(secret)) as Uint8Array)).toEqual(secret);
  });

  it.runIf(process.platform === 'linux')('takes basic_text, a password that is in the source, for no encryption', async () => {
    expect(await desktopSecretStore(synchronous('basic_text'))).toBeUndefined();
  });

  it('leaves it to the node where nothing is offered', async () => {
    expect(await desktopSecretStore(synchronous('gnome_libsecret', false))).toBeUndefined();
  });
});
