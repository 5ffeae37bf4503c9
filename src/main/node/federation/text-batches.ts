import { federationLimits } from './limits.ts';
import type { Unsent } from './secure/index.ts';

/** Messages for one node that leave together. */
export interface TextBatch {
  readonly target: string;
  /** For a member, in a session. */
  readonly secure: boolean;
  /** JSON texts. */
  readonly texts: string[];
  readonly unsent: Unsent[];
  bytes: number;
  ttlSeconds: number;
}

/**
 * Gathers what is for the same node, within the bounds of one message. A batch leaves when it has grown to some size and does not wait for
 * the end of the turn: with all answers of a turn in one message the two ends work in turns, each idle while the other works, and over a link
 * that cost a third of the calls.
 */
export class TextBatches {
  readonly #emit: (batch: TextBatch) => void;
  readonly #waiting = new Map<string, TextBatch>();

  /** @param emit takes a batch that is full, or whose turn has ended */
  constructor(emit: (batch: TextBatch) => void) {
    this.#emit = emit;
  }

  add(target: string, secure: boolean, text: string, ttlSeconds: number, unsent: Unsent | undefined): void {
    let batch = this.#waiting.get(target);
    if (batch !== undefined && (batch.secure !== secure || batch.bytes + text.length > federationLimits.batchBytes)) {
      this.#waiting.delete(target);
      this.#emit(batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = { target, secure, texts: [], unsent: [], bytes: 0, ttlSeconds: 0 };
      this.#waiting.set(target, batch);
    }
    batch.texts.push(text);
    if (unsent !== undefined) batch.unsent.push(unsent);
    batch.bytes += text.length;
    batch.ttlSeconds = Math.max(batch.ttlSeconds, ttlSeconds);
    if (batch.texts.length < federationLimits.liveBatchMessages) return;
    this.#waiting.delete(target);
    this.#emit(batch);
  }

  /** Hands out everything that waits. */
  flush(): void {
    const batches = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const batch of batches) this.#emit(batch);
  }
}
