/** What became of a nonce: taken for the first time, seen before, or refused because the memory is full. */
export type NonceVerdict = 'fresh' | 'seen' | 'full';

export interface NonceCacheOptions {
  /** Nonces remembered at once, of all tokens. */
  readonly entries: number;
  /** How long each is remembered, milliseconds; longer than a sign-in stays good. */
  readonly keepMs: number;
  /** Of a clock that is never set. */
  readonly nowMs: () => number;
}

/**
 * Nonces of sign-ins that were proven, by token (security.md row 53). When it is full nobody is let in: forgetting one early would let its
 * sign-in be repeated.
 */
export class NonceCache {
  readonly #options: NonceCacheOptions;
  /** When each may be forgotten; oldest first, since all are kept equally long. */
  readonly #until = new Map<string, number>();
  #refused = 0;

  constructor(options: NonceCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Sign-ins refused because the memory was full. */
  get refused(): number {
    return this.#refused;
  }

  take(tokenId: string, nonce: string): NonceVerdict {
    const { entries, keepMs, nowMs } = this.#options;
    const now = nowMs();
    this.#forget(now);
    const key = `${tokenId}\n${nonce}`;
    if (this.#until.has(key)) return 'seen';
    if (this.#until.size >= entries) {
      this.#refused += 1;
      return 'full';
    }
    this.#until.set(key, now + keepMs);
    return 'fresh';
  }

  #forget(now: number): void {
    for (const [key, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(key);
    }
  }
}
