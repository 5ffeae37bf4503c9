export { entryChecksum } from './checksum.ts';
export { decodeConfiguration, encodeConfiguration, membersMax } from './configuration.ts';
export type { ConsensusCore } from './consensus-core.ts';
export { type CoreLimits, type CoreOptions, coreLimits, type TimingProfile, timingProfiles } from './options.ts';
