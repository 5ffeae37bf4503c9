import { communicatorLimits } from './limits.ts';

/** A message that nobody could make anything of. */
export interface DeadLetter {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The other node: it sent the message, or refused it for good. */
  readonly nodeId: string;
  readonly direction: 'received' | 'sent';
  readonly messageId: string;
  readonly type: string;
  /** For people. */
  readonly reason: string;
  /** JSON text, whole: a newer version may know the type. */
  readonly content: string;
}

/** Keeps the newest of them for a look, within bounds, and counts all (security.md row 50). */
export class DeadLetters {
  readonly #kept: DeadLetter[] = [];
  #keptBytes = 0;
  #count = 0;

  /** Since the start. */
  get count(): number {
    return this.#count;
  }

  /** The newest first. */
  list(): readonly DeadLetter[] {
    return this.#kept.toReversed();
  }

  add(letter: DeadLetter): void {
    this.#count++;
    if (letter.content.length > communicatorLimits.deadLetterBytes) return;
    this.#kept.push(letter);
    this.#keptBytes += letter.content.length;
    while (this.#kept.length > communicatorLimits.deadLetters || this.#keptBytes > communicatorLimits.deadLetterBytes)
      this.#keptBytes -= this.#kept.shift()?.content.length ?? 0;
  }
}
