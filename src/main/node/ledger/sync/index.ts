/** Keeps the chains of all members alike at all of them, and says where they are not. */
export { heldHash, isWhole } from '../held-block.ts';
export type { SignedConfirmation } from './confirmation.ts';
export { describeBlock, differenceOf } from './difference.ts';
export { LedgerSync, type LedgerSyncOptions } from './ledger-sync.ts';
export type { ChainMembers, OwnChainWatch, SyncContext } from './sync-context.ts';
