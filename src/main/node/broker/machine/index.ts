/** The replicated state of a group: its commands and messages as bytes, and what they make of it. Pure: no clock, no chance, no disk. */
export { decodeBundle, type EncodedCommand, encodeBundle, encodeCommand, fitsBundle, UnreadableBundleError } from './bundle.ts';
export { machineLimits } from './limits.ts';
export { checkBatch, decodeMessages, encodeMessages } from './records.ts';
export { encodeRunsOf, readRuns, readSegment, type SegmentRange } from './segment.ts';
export type * from './types.ts';
