/** The group key between members: from key to key in three steps, led by an admin (security.md 2.3). */
export { GroupKeys, type GroupKeysOptions, type RotationStatus } from './group-keys.ts';
export type { KeyPeer } from './key-peer.ts';
export { type GroupKeyMessage, groupKeyStepSchema, groupKeysHeldSchema } from './messages.ts';
