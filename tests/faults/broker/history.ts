/** The history of a run: a file of JSON lines, one when an operation begins and one when it ends, by one monotonic clock. */
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { Answered, Asked, Operation, Outcome } from './checker/evidence.ts';

/** The line of a beginning. `n` joins it with the line of its end, which has the same. */
interface InvokeLine {
  readonly n: number;
  readonly type: 'invoke';
  readonly process: number;
  readonly timeNs: number;
  readonly asked: Asked;
}

/** `info`: nobody knows whether it was done, or still will be. */
interface EndLine {
  readonly n: number;
  readonly type: Outcome;
  readonly timeNs: number;
  readonly broker: string;
  readonly answered?: Answered;
  readonly error?: string;
}

/** An operation that has begun. */
export interface Begun {
  readonly n: number;
  readonly process: number;
}

/** How it ended, and who said so. */
export interface Ended {
  readonly outcome: Outcome;
  readonly broker: string;
  readonly answered?: Answered;
  /** What the broker or the connection said, for people. */
  readonly error?: string;
}

export class History {
  readonly file: string;
  readonly #out: WriteStream;
  readonly #startedAt = process.hrtime.bigint();
  #next = 0;
  #processes = 0;
  #acknowledged = 0;
  readonly #waiting: { readonly at: number; readonly resolve: () => void }[] = [];

  constructor(file: string) {
    this.file = file;
    this.#out = createWriteStream(file);
  }

  /** Nanoseconds since the history began. */
  nowNs(): number {
    return Number(process.hrtime.bigint() - this.#startedAt);
  }

  /** A number for a line of thought that has not been used. */
  newProcess(): number {
    return ++this.#processes;
  }

  begin(process: number, asked: Asked): Begun {
    const n = this.#next++;
    this.#write({ n, type: 'invoke', process, timeNs: this.nowNs(), asked });
    return { n, process };
  }

  end({ n }: Begun, { outcome, ...rest }: Ended, isAppend: boolean): void {
    this.#write({ n, type: outcome, timeNs: this.nowNs(), ...rest });
    if (!isAppend || outcome !== 'ok') return;
    this.#acknowledged++;
    for (let first = this.#waiting[0]; first !== undefined && first.at <= this.#acknowledged; first = this.#waiting[0]) {
      this.#waiting.shift();
      first.resolve();
    }
  }

  /** Appends acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when that many more appends have been acknowledged. */
  moreAcknowledged(count: number): Promise<void> {
    const at = this.#acknowledged + count;
    return new Promise((resolve) => {
      this.#waiting.push({ at, resolve });
      this.#waiting.sort((a, b) => a.at - b.at);
    });
  }

  async close(): Promise<void> {
    this.#out.end();
    await finished(this.#out);
  }

  #write(line: InvokeLine | EndLine): void {
    this.#out.write(`${JSON.stringify(line)}\n`);
  }
}

/** Reads a history back. What began and never ended has no known outcome. */
export async function readHistory(file: string): Promise<Operation[]> {
  const begun = new Map<number, InvokeLine>();
  const operations: Operation[] = [];
  const add = ({ process, asked, timeNs }: InvokeLine, end: EndLine | undefined) =>
    operations.push({
      process,
      asked,
      invokedNs: timeNs,
      completedNs: end === undefined || end.type === 'info' ? Number.POSITIVE_INFINITY : end.timeNs,
      outcome: end?.type ?? 'info',
      answered: end?.answered ?? {},
      broker: end?.broker ?? '',
    });
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as InvokeLine | EndLine;
    if (line.type === 'invoke') begun.set(line.n, line);
    else {
      const start = begun.get(line.n);
      if (start === undefined) throw new Error(`${file} ends operation ${line.n}, which it never began`);
      begun.delete(line.n);
      add(start, line);
    }
  }
  for (const line of begun.values()) add(line, undefined);
  return operations.sort((a, b) => a.invokedNs - b.invokedNs);
}
