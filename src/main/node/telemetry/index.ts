/** Logs, metrics and problems of a node: what it says about itself. */
export { EventLoopDelay } from './event-loop-delay.ts';
export { MetricHistory } from './history.ts';
export type { HostFacts } from './host/host-facts.ts';
export { HostMonitor } from './host/host-monitor.ts';
export { Logs, type LogsOptions } from './logs.ts';
export { type MetricDescription, Metrics } from './metrics.ts';
export { type ProblemReport, Problems } from './problems.ts';
export { redactFields, redactText } from './redact.ts';
export { RepeatSampler } from './repeat-sampler.ts';
export type { Logger } from './types.ts';
