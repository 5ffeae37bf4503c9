import type { LogEntry } from '../../../common/contract/logs.ts';
import { nodeLimits } from '../limits.ts';
import type { Router } from '../router/index.ts';
import type { Startable } from '../startable.ts';
import type { Logs } from '../telemetry/index.ts';

/** The topic that carries a log live. */
export function logTopic(name: string): string {
  return `/logging/${name}`;
}

/**
 * Sends log lines to those who listen to `/logging/{name}`.
 *
 * A line written while a line is being delivered is not delivered live: it would beget the next. What comes later of a
 * delivery (a slow client, a closed socket) is held by the bound a second. Both stay in the file and in `logs.tail`, and the
 * next line that goes out says in `skippedBefore` how many did not.
 */
export class LogFeed implements Startable {
  readonly #logs: Logs;
  readonly #router: Router;
  readonly #nowMs: () => number;
  /** Logs whose topic is watched, and whether somebody listens. */
  readonly #wanted = new Map<string, boolean>();
  #unwatch: (() => void)[] = [];
  #delivering = false;
  #second = 0;
  #sentInSecond = 0;
  #skipped = 0;

  constructor(options: { readonly logs: Logs; readonly router: Router; readonly nowMs?: () => number }) {
    this.#logs = options.logs;
    this.#router = options.router;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  start(): Promise<void> {
    for (const { name } of this.#logs.list()) this.#watch(name);
    this.#unwatch.push(this.#logs.onEntry((entry) => this.#deliver(entry)));
    return Promise.resolve();
  }

  stop(): Promise<void> {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
    this.#wanted.clear();
    return Promise.resolve();
  }

  #watch(name: string): void {
    this.#wanted.set(name, false);
    this.#unwatch.push(this.#router.onDemand(logTopic(name), (wanted) => this.#wanted.set(name, wanted)));
  }

  #deliver(entry: LogEntry): void {
    if (!this.#wanted.has(entry.log)) this.#watch(entry.log);
    if (this.#wanted.get(entry.log) !== true) return;
    if (this.#delivering || !this.#withinBound()) {
      this.#skipped++;
      return;
    }
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#delivering = true;
    try {
      this.#router.publish(logTopic(entry.log), skipped === 0 ? entry : { ...entry, skippedBefore: skipped });
    } finally {
      this.#delivering = false;
    }
  }

  #withinBound(): boolean {
    const second = Math.floor(this.#nowMs() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#sentInSecond = 0;
    }
    return ++this.#sentInSecond <= nodeLimits.logLiveLinesPerSecond;
  }
}
