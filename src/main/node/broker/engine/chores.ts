import { brokerLimits } from '../limits.ts';
import { encodeCommand } from '../machine/index.ts';
import type { Group } from './group.ts';

/** What groups do now and then, without being asked: cut their logs, let messages and producers expire. */
export class Chores {
  readonly #groups: () => readonly Group[];
  #timers: NodeJS.Timeout[] = [];

  constructor(groups: () => readonly Group[]) {
    this.#groups = groups;
  }

  start(): void {
    this.#timers = [
      setInterval(() => void this.#cutLogs(), brokerLimits.compactEveryMs),
      setInterval(() => this.#expire(), brokerLimits.expireEveryMs),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #cutLogs(): Promise<void> {
    for (const group of this.#groups()) await group.look();
  }

  /** The leader says what time it is, so that all replicas drop the same. */
  #expire(): void {
    for (const { driver } of this.#groups())
      if (driver.serves && driver.machine.queues().length > 0)
        driver.propose(encodeCommand({ type: 'expire', timeMs: Date.now() }), () => undefined);
  }
}
