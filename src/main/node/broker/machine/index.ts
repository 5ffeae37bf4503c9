/** The replicated state of a group: its commands and messages as bytes, and what they make of it. Pure: no clock, no chance, no disk. */
export { decodeBundle, type EncodedCommand, encodeBundle, encodeCommand, fitsBundle } from './bundle.ts';
export { machineLimits } from './limits.ts';
export { QueueMachine } from './queue-machine.ts';
export { checkBatch, decodeMessages, encodeMessages } from './records.ts';
export { encodeRunsOf, readRuns, readSegment, type SegmentRange } from './segment.ts';
export type * from './types.ts';
export { UnreadableBundleError } from './unreadable-bundle-error.ts';
