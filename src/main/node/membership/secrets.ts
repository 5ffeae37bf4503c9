import type { SecretStore } from '../identity/index.ts';

/**
 * A secret store that also opens what former ones wrapped: a node that began without a passphrase keeps its group key when it gets one.
 *
 * @param secrets wraps from now on
 */
export function withFormerSecrets(secrets: SecretStore, former: readonly SecretStore[]): SecretStore {
  return {
    name: secrets.name,
    encrypt: (plain) => secrets.encrypt(plain),
    decrypt: async (wrapped) => {
      try {
        return await secrets.decrypt(wrapped);
      } catch (error) {
        for (const store of former) {
          const plain = await store.decrypt(wrapped).catch(() => undefined);
          if (plain !== undefined) return plain;
        }
        throw error;
      }
    },
  };
}
