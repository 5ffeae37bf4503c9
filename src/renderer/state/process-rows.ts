import type { ResultOf } from '../../common/contract/index.ts';
import { formatBytes, formatDuration } from './format.ts';

/** A process or thread of the node in words; `–` where the platform has no value. */
export interface ProcessRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly pid: string;
  readonly memory: string;
  /** Percent of one core. */
  readonly cpu: string;
  /** Milliseconds, p99. */
  readonly loopDelay: string;
  readonly uptime: string;
}

/** The answer of `system.processes` for a table. */
export function processRows({ processes }: ResultOf<'system.processes'>): readonly ProcessRow[] {
  const or = <T>(value: T | null, words: (value: T) => string): string => (value === null ? '–' : words(value));
  return processes.map((process, index) => ({
    id: `${process.kind} ${process.name} ${process.pid ?? index}`,
    kind: process.kind,
    name: process.name,
    pid: or(process.pid, String),
    memory: or(process.memoryBytes, formatBytes),
    cpu: or(process.cpuPercent, (percent) => percent.toFixed(1)),
    loopDelay: or(process.eventLoopDelayP99Ms, (delayMs) => delayMs.toFixed(1)),
    uptime: or(process.uptimeMs, formatDuration),
  }));
}
