/** The key that all members share for broadcasts, and its rotation. */
export { GroupKeyring, type GroupKeyState, groupKeyMigrations, type Writing } from './keyring.ts';
export { GroupKeyRotation, type RotationMember, type RotationStep, rotationMigrations, rotationSteps } from './rotation.ts';
export { groupKeyCommitment, newGroupKey, unwrapGroupKey, wrapGroupKey } from './wrapped-key.ts';
