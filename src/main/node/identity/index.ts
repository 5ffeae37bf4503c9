/** Who the node is: its key, its id, and where the key is kept. */
export { checkPublicKey, importPublicKey, privateKeyFromSeed, rawPublicKey } from './ed25519.ts';
export { type IdentityOptions, loadOrCreateIdentity, type NodeIdentity } from './identity.ts';
export { nodeIdOf } from './node-id.ts';
export {
  createKeyFileStore,
  createPassphraseStore,
  headlessSecretStore,
  passphraseStoreName,
  plainKeyStoreName,
  type SecretStore,
} from './secret-store.ts';
