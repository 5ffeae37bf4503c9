/**
 * Trust between nodes, without any network: envelopes, sessions, membership, joining, keys. Whoever opens connections uses these; nothing
 * here opens one.
 */
import type { Migration } from '../store/index.ts';
import { groupKeyMigrations, rotationMigrations } from './group-key/index.ts';
import { inviteMigrations } from './join/index.ts';
import { membershipMigrations } from './membership/index.ts';
import { replayMigrations } from './replay/index.ts';
import { sealingKeyMigrations } from './sealing-key/index.ts';

export { lengthAndText, u32, u64 } from './byte-reader.ts';
export { toHex } from './digest.ts';
export * from './envelope/index.ts';
export * from './group-key/index.ts';
export * from './join/index.ts';
export { trustLimits } from './limits.ts';
export * from './membership/index.ts';
export { checkName } from './name.ts';
export * from './receive/index.ts';
export * from './replay/index.ts';
export * from './sealing-key/index.ts';
export * from './session/index.ts';
export { TokenBucket } from './token-bucket.ts';

/** Tables of trust in the node's store. */
export const trustMigrations: readonly Migration[] = [
  ...replayMigrations,
  ...membershipMigrations,
  ...inviteMigrations,
  ...groupKeyMigrations,
  ...rotationMigrations,
  ...sealingKeyMigrations,
];
