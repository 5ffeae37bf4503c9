/** The keys that messages for one node are sealed with. */
export { certifySealingKey, readSealingCertificate, type SealingCertificate } from './certificate.ts';
export { SealingKeyring, sealingKeyMigrations } from './keyring.ts';
