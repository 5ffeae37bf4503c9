/** The queue broker as a program of its own, without a node: for tests and measures. A node starts it in a thread, through `BrokerPart`. */
export { Broker, type BrokerOptions, type BrokerProfile, type RequestOutcome } from './broker.ts';
export { type TimingProfile, timingProfiles } from './core/index.ts';
export { brokerLimits } from './limits.ts';
export type { LogStore } from './log/index.ts';
export type { PeerTrust } from './peers/index.ts';
