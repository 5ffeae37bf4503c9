import type { Logger, Problems } from '../telemetry/index.ts';

const problem = 'links.duplicateIdentity';

export interface SameKeyAlarmOptions {
  readonly nodeId: string;
  readonly logger: Logger;
  readonly problems: Problems;
}

/** Says so when another running node has the key of this one, most likely because a data folder was copied (security.md row 39). */
export class SameKeyAlarm {
  readonly #options: SameKeyAlarmOptions;
  #isOutlived = false;

  constructor(options: SameKeyAlarmOptions) {
    this.#options = options;
  }

  /** A member keeps its link to the other one, which started later. */
  outlived(): void {
    if (this.#isOutlived) return;
    this.#isOutlived = true;
    this.#raise('crit', 'Another node uses the identity of this one', 'the other one: they refuse this one');
  }

  /** A member has refused the other one, which started earlier. @param address where it came from */
  outlives(address: string): void {
    this.#isOutlived = false;
    this.#raise('warn', 'Another node uses the identity of this one and is refused', `this one. The other came from ${address}`);
  }

  /** A member speaks with this node: the other one is gone, or was never linked there. */
  heard(): void {
    if (!this.#isOutlived) return;
    this.#isOutlived = false;
    this.#options.problems.clear(problem);
  }

  #raise(severity: 'warn' | 'crit', title: string, kept: string): void {
    const { nodeId, logger, problems } = this.#options;
    logger.error('links.duplicateIdentity', 'Two nodes use the same key.', { nodeId, thisOneStays: severity === 'warn' });
    problems.raise({
      id: problem,
      severity,
      title,
      detail: `Two nodes run as ${nodeId}, most likely because a data folder was copied. Members keep their links to the one that started later, ${kept}. Stop one of them, and let it join anew with a data folder of its own.`,
      view: '/settings',
    });
  }
}
