import type { Startable } from './startable.ts';
import type { Logger } from './telemetry/types.ts';

/** A part of the node with the name that the log calls it by. */
export interface NamedPart {
  readonly name: string;
  readonly part: Startable;
}

export interface LifecycleOptions {
  /** In the order of their start; stopped in reverse. */
  readonly parts: readonly NamedPart[];
  readonly logger: Logger;
  /** Time one part has to stop before the next is stopped without waiting for it. */
  readonly stopDeadlineMs: number;
}

/** Starts parts in order and stops them in reverse. A start that fails leaves nothing running. */
export class Lifecycle implements Startable {
  readonly #options: LifecycleOptions;
  readonly #started: NamedPart[] = [];
  #stopping: Promise<void> | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** @throws what the failing part threw, after those before it have stopped */
  async start(): Promise<void> {
    for (const named of this.#options.parts) {
      this.#started.push(named);
      try {
        await named.part.start();
      } catch (error) {
        await this.stop();
        throw error;
      }
      // Somebody asked to stop while a part was starting.
      if (this.#stopping !== undefined) return await this.#stopping;
    }
  }

  /** Never rejects: a part that fails to stop is logged and does not keep the others from stopping. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const { name, part } of this.#started.toReversed()) await this.#stopPart(name, part);
  }

  async #stopPart(name: string, part: Startable): Promise<void> {
    const { logger, stopDeadlineMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), stopDeadlineMs);
    });
    try {
      const outcome = await Promise.race([part.stop(), deadline]);
      if (outcome === 'late')
        logger.error('node.stopLate', `${name} did not stop in time and was left behind.`, { part: name, stopDeadlineMs });
    } catch (error) {
      logger.error('node.stopFailed', `${name} did not stop cleanly.`, { part: name, error });
    } finally {
      clearTimeout(timer);
    }
  }
}
