/** Who the node is: its key, its id, and where the key is kept. */

export { type BackupCell, backupCharacters, type IdentityBackup, openBackup, readBackupHead, sealBackup } from './backup-file.ts';
export { checkPublicKey, importPublicKey, isSignedBy, privateKeyFromSeed, rawPublicKey, signatureBytes, signBytes } from './ed25519.ts';
export { fromBase64url, sameBytes, toBase64url } from './encoding.ts';
export { createSealOpener, hpkeOverheadBytes, type SealContext, type SealOpener, sealTo } from './hpke.ts';
export {
  type IdentityOptions,
  loadOrCreateIdentity,
  type NodeIdentity,
  readKeySeed,
  restoreIdentity,
  type Signer,
  signerFromSeed,
} from './identity.ts';
export { KnownKeys } from './known-keys.ts';
export { nodeIdOf, publicKeyOf } from './node-id.ts';
export {
  createKeyFileStore,
  createPassphraseStore,
  headlessSecretStore,
  passphraseStoreName,
  plainKeyStoreName,
  type SecretStore,
} from './secret-store.ts';
export { type Fingerprint, fingerprintOf, recoverySigner, recoveryWordsOf } from './words.ts';
export { agree, agreementKeyFromBytes, importAgreementKey, rawAgreementKey } from './x25519.ts';
