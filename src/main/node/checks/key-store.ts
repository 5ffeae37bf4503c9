import { passphraseStoreName, plainKeyStoreName } from '../identity/index.ts';
import { type Check, passed } from './check.ts';

/** @param store name of the store that protects the key of the node */
export function checkKeyStore(store: string): Check {
  if (store === plainKeyStoreName)
    return {
      id: 'keyStore',
      state: 'warn',
      title: 'The key of this node is protected by file permissions alone',
      detail: 'No key store of the system is available, so whoever can read the data folder can act as this node.',
      fix: 'Unlock or install a keyring (GNOME Keyring, KWallet), or start with SIGNALBOX_PASSPHRASE set: the key is then wrapped anew.',
      view: null,
    };
  if (store === passphraseStoreName) return passed('keyStore', 'The key of this node is wrapped with a passphrase');
  return passed('keyStore', 'The key of this node is in the key store of the system');
}
