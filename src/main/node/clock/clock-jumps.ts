import { uptime } from 'node:os';
import type { Startable } from '../startable.ts';
import type { Problems } from '../telemetry/index.ts';
import type { Logger } from '../telemetry/types.ts';

const defaultLookEveryMs = 5_000;
/** Time servers move a clock by less at once, and the system tells how long it slept to the second. */
const noticeableMs = 5_000;
/** What a clock that was set forward has ended is ended by then, and nothing else depends on it. */
const forwardShownMs = 3_600_000;
const problemId = 'clock.jumped';

/** The clocks of the system, milliseconds. */
export interface SystemClocks {
  wallMs(): number;
  monotonicMs(): number;
  /** Since the machine started; goes on while it sleeps, which the monotonic clock of some systems does not. */
  uptimeMs(): number;
}

const systemClocks: SystemClocks = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
};

export interface ClockJumpsOptions {
  readonly problems: Problems;
  readonly logger: Logger;
  readonly clocks?: SystemClocks;
  readonly lookEveryMs?: number;
}

/** Notices that the system clock was set while the node runs, and says so (security.md row 72). */
export class ClockJumps implements Startable {
  readonly #options: ClockJumpsOptions;
  readonly #clocks: SystemClocks;
  #timer: NodeJS.Timeout | undefined;
  #last: { readonly wallMs: number; readonly monotonicMs: number; readonly uptimeMs: number } | undefined;
  /** By how much it was set since the start, all jumps together. */
  #setByMs = 0;
  #jumpedAtMs = 0;

  constructor(options: ClockJumpsOptions) {
    this.#options = options;
    this.#clocks = options.clocks ?? systemClocks;
  }

  start(): Promise<void> {
    this.#last = this.#read();
    this.#timer = setInterval(() => this.look(), this.#options.lookEveryMs ?? defaultLookEveryMs).unref();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  /** Compares the clocks with those of the last time. */
  look(): void {
    const last = this.#last;
    const now = this.#read();
    this.#last = now;
    if (last === undefined) return;
    const passedMs = now.monotonicMs - last.monotonicMs;
    const sleptMs = Math.max(0, now.uptimeMs - last.uptimeMs - passedMs);
    const setMs = now.wallMs - last.wallMs - passedMs - sleptMs;
    if (Math.abs(setMs) >= noticeableMs) this.#jumped(setMs, now.monotonicMs);
    else if (this.#setByMs > 0 && now.monotonicMs - this.#jumpedAtMs >= forwardShownMs) this.#options.problems.clear(problemId);
  }

  #jumped(byMs: number, monotonicMs: number): void {
    const { logger, problems } = this.#options;
    this.#setByMs += byMs;
    this.#jumpedAtMs = monotonicMs;
    logger.warn('clock.jumped', 'The system clock was set while the node runs.', {
      byMs: Math.round(byMs),
      inAllMs: Math.round(this.#setByMs),
    });
    if (Math.abs(this.#setByMs) < noticeableMs) {
      problems.clear(problemId);
      return;
    }
    const back = this.#setByMs < 0;
    problems.raise({
      id: problemId,
      severity: 'warn',
      title: `The system clock was set ${back ? 'back' : 'forward'} by ${spanOf(Math.abs(this.#setByMs))}`,
      detail: back
        ? 'Sign-ins, join codes and links go on by the time that has really passed. Times of other nodes are measured anew. See that the clock is right, then restart the node, so that it counts by it.'
        : 'Sign-ins and join codes whose time is over by the new clock have ended. Times of other nodes are measured anew. See that the clock is right.',
    });
  }

  #read() {
    return { wallMs: this.#clocks.wallMs(), monotonicMs: this.#clocks.monotonicMs(), uptimeMs: this.#clocks.uptimeMs() };
  }
}

/** `1 d`, `3 h`, `12 min`, `7 s`: the largest unit that fits, rounded. */
function spanOf(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds >= 86_400) return `${Math.round(seconds / 86_400)} d`;
  if (seconds >= 3_600) return `${Math.round(seconds / 3_600)} h`;
  return seconds >= 60 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;
}
