/** The replicated logs of a broker on disk, and who the broker is. */
export { type BrokerIdentity, loadBrokerIdentity, renounceBrokerIdentity } from './broker-identity.ts';
export { createLogStore, type LogStoreOptions } from './log-store.ts';
export type { DamagedLog, LogDiskSample, LogImage, LogOpening, LogStore } from './types.ts';
