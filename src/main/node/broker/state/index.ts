/** The applied state of each group on disk. */
export { createStateStore, type StateStoreOptions } from './state-store.ts';
export type { MessageQuery, SnapshotFile, StateImage, StateStore } from './types.ts';
