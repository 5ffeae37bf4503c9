/** The key-value store of a node (seed 3, storage messages). */
export { storageLimits } from './limits.ts';
export { type Replicated, StoragePart, type StoragePartOptions, type StorageUsage } from './storage-part.ts';
export type { StoredItem, StoredValue } from './stored-value.ts';
export type { StorageQuota } from './usage.ts';
