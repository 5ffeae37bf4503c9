/** Logs, metrics and problems of a node: what it says about itself. */
export { EventLoopDelay } from './event-loop-delay.ts';
export { Logs, type LogsOptions } from './logs.ts';
export { type MetricDescription, Metrics } from './metrics.ts';
export { type ProblemReport, Problems } from './problems.ts';
export { redactFields, redactText } from './redact.ts';
export { RepeatSampler } from './repeat-sampler.ts';
export type { Logger } from './types.ts';
