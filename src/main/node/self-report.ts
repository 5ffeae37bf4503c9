import type { AuditLog } from './audit/index.ts';
import type { NodeSampler } from './services/node-sampler.ts';
import type { Startable } from './startable.ts';
import type { Logger, Logs, Metrics, Problems } from './telemetry/index.ts';

export interface SelfReportOptions {
  readonly metrics: Metrics;
  readonly problems: Problems;
  readonly logs: Logs;
  readonly audit: AuditLog;
  readonly sampler: NodeSampler;
  readonly logger: Logger;
}

/** Shows on `/metrics` and in the log what is wrong with the node itself; no drop is silent. */
export class SelfReport implements Startable {
  readonly #problems: Problems;
  readonly #logger: Logger;
  #known: ReadonlySet<string> = new Set();
  #unwatch: (() => void) | undefined;

  constructor({ metrics, problems, logs, audit, sampler, logger }: SelfReportOptions) {
    this.#problems = problems;
    this.#logger = logger;
    const countOf = (severity: string) => () => problems.list().filter((problem) => problem.severity === severity).length;
    metrics.gauge({ name: 'signalbox_problems_warn', help: 'Problems of the node that are warnings.' }, countOf('warn'));
    metrics.gauge({ name: 'signalbox_problems_crit', help: 'Problems of the node that are critical.' }, countOf('crit'));
    metrics.gauge(
      { name: 'signalbox_log_lines_dropped', help: 'Log lines that did not get into the file since the start.' },
      () => logs.droppedLines,
    );
    metrics.gauge(
      { name: 'signalbox_audit_records_lost', help: 'Audit records that could not be written since the start.' },
      () => audit.lost,
    );
    metrics.gauge({ name: 'signalbox_event_loop_delay_p99_seconds', help: 'Event-loop delay of the main thread, 99th percentile.' }, () => {
      const delayMs = sampler.eventLoopDelayP99Ms;
      return delayMs === null ? undefined : delayMs / 1_000;
    });
  }

  start(): Promise<void> {
    this.#unwatch = this.#problems.onChange(() => this.#tell());
    this.#tell();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#unwatch?.();
    return Promise.resolve();
  }

  #tell(): void {
    const list = this.#problems.list();
    for (const { id, severity, title, detail } of list)
      if (!this.#known.has(id)) this.#logger.warn('node.problem', title, { id, severity, detail });
    const now = new Set(list.map(({ id }) => id));
    for (const id of this.#known) if (!now.has(id)) this.#logger.info('node.problemOver', 'A problem is over.', { id });
    this.#known = now;
  }
}
