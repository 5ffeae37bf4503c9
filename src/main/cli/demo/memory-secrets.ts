import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretStore } from '../../node/identity/index.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** A secret store whose key is nowhere but in this process: what it wrapped cannot be opened after the process has ended. */
export function createMemorySecrets(): SecretStore {
  const key = randomBytes(32);
  return {
    name: 'memory',
    encrypt: async (plain) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    },
    decrypt: async (wrapped) => {
      const bytes = Buffer.from(wrapped);
      const tagAt = nonceBytes + tagBytes;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(nonceBytes, tagAt));
      return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(tagAt)), decipher.final()]));
    },
  };
}
