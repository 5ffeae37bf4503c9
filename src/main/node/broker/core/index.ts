import type { ConsensusCore } from './consensus-core.ts';
import type { CoreOptions } from './options.ts';
import { RaftCore } from './raft-core.ts';

export { entryChecksum } from './checksum.ts';
export { decodeConfiguration, encodeConfiguration, hasOtherVoters, membersMax } from './configuration.ts';
export type { ConsensusCore } from './consensus-core.ts';
export { type CoreLimits, type CoreOptions, coreLimits, type TimingProfile, timingProfiles } from './options.ts';

/** One replica of one group, as its log and its applied state were found. */
export function createCore(options: CoreOptions): ConsensusCore {
  return new RaftCore(options);
}
