import { setTimeout as pause } from 'node:timers/promises';
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { SignalboxError } from '../../../src/common/errors.ts';

const callers = 20;
const timeoutMs = 5_000;
/** Between two attempts of a caller that was refused: what a program would wait at least. */
const pauseMs = 10;
/** Calls that must have succeeded between two faults, and as many again at random, so that faults meet different moments. */
const successesBetweenFaults = 30;

/** What became of the calls, and what the far node's file says of them. */
export interface WriteLoadReport {
  readonly requests: number;
  /** Messages sent for them: some requests are sent again until they succeed. */
  readonly attempts: number;
  readonly succeeded: number;
  /** Ended in an error that says `executed: no`. */
  readonly refused: number;
  /** Ended in an error that says `executed: maybe`. */
  readonly uncertain: number;
  /** Of those, how many did take effect. */
  readonly uncertainButDone: number;
  /** Lines of the far node's file, and distinct ones. */
  readonly effects: number;
  readonly distinctEffects: number;
  readonly faults: BrokenPromises;
}

/** Ids of requests for which something was not as promised. */
interface BrokenPromises {
  readonly twice: readonly string[];
  readonly succeededWithoutEffect: readonly string[];
  readonly refusedWithEffect: readonly string[];
  readonly effectOfNobody: readonly string[];
  readonly strangeErrors: readonly string[];
}

export const nothingBroken: BrokenPromises = {
  twice: [],
  succeededWithoutEffect: [],
  refusedWithEffect: [],
  effectOfNobody: [],
  strangeErrors: [],
};

type Outcome = 'done' | 'no' | 'maybe';

/**
 * Callers that have another node write lines into a file and never stop asking, and a record of what they were told. Half of the
 * requests are sent once whatever happens, half again and again with one idempotency key until they succeed.
 */
export class WriteLoad {
  readonly #client: NodeClient;
  readonly #nodeId: string;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #strangeErrors: string[] = [];
  #running = true;
  #next = 0;
  #attempts = 0;
  #succeeded = 0;
  #wake: (() => void) | undefined;

  constructor(client: NodeClient, nodeId: string) {
    this.#client = client;
    this.#nodeId = nodeId;
  }

  /** Runs until {@link stop}; resolves when every caller has its last answer. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: callers }, () => this.#call()));
  }

  stop(): void {
    this.#running = false;
  }

  /** Resolves when enough calls have succeeded for the next fault. */
  untilBusy(): Promise<void> {
    const wanted = this.#succeeded + successesBetweenFaults + Math.floor(Math.random() * successesBetweenFaults);
    return new Promise((resolve) => {
      this.#wake = () => {
        if (this.#succeeded < wanted) return;
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Holds what callers were told against the lines of the file. */
  compare(effects: readonly string[]): WriteLoadReport {
    const done = new Set(effects);
    const keysOf = (wanted: Outcome) => [...this.#outcomes].filter(([, outcome]) => outcome === wanted).map(([key]) => key);
    const [succeeded, refused, uncertain] = [keysOf('done'), keysOf('no'), keysOf('maybe')];
    return {
      requests: this.#outcomes.size,
      attempts: this.#attempts,
      succeeded: succeeded.length,
      refused: refused.length,
      uncertain: uncertain.length,
      uncertainButDone: uncertain.filter((key) => done.has(key)).length,
      effects: effects.length,
      distinctEffects: done.size,
      faults: {
        twice: repeated(effects),
        succeededWithoutEffect: succeeded.filter((key) => !done.has(key)),
        refusedWithEffect: refused.filter((key) => done.has(key)),
        effectOfNobody: [...done].filter((key) => !this.#outcomes.has(key)),
        strangeErrors: this.#strangeErrors,
      },
    };
  }

  async #call(): Promise<void> {
    while (this.#running) {
      const number = this.#next++;
      const key = `request-${number}`;
      const again = number % 2 === 0;
      let { outcome, isFinal } = await this.#ask(key);
      while (outcome !== 'done') {
        await pause(pauseMs);
        if (!again || isFinal) break;
        ({ outcome, isFinal } = await this.#ask(key));
      }
      this.#outcomes.set(key, outcome);
      if (outcome === 'done') this.#succeeded++;
      this.#wake?.();
    }
  }

  /** `isFinal`: the error says that the same call will never get another answer. */
  #ask(key: string): Promise<{ readonly outcome: Outcome; readonly isFinal: boolean }> {
    this.#attempts++;
    const options = { serviceId: this.#nodeId, timeoutMs, idempotencyKey: key };
    return this.#client.call('logs.setLevel', { name: key, level: 'info' }, options).then(
      () => ({ outcome: 'done' as const, isFinal: true }),
      ({ code, executed, retryable, message }: SignalboxError) => {
        const known = ['NODE_LOST', 'NODE_UNREACHABLE', 'TIMEOUT'].includes(code) && executed !== undefined && executed !== 'yes';
        if (!known) this.#strangeErrors.push(`${code} ${executed}: ${message}`);
        return { outcome: executed === 'no' ? ('no' as const) : ('maybe' as const), isFinal: !retryable };
      },
    );
  }
}

/** What stands in a list for the second time or more. */
function repeated(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const isRepeat = seen.has(line);
    seen.add(line);
    return isRepeat;
  });
}
