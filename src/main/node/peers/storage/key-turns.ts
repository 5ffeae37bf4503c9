/** Acts on one key wait for each other; those on others do not. */
export class KeyTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `act` when all before it that name the key have ended. */
  async take<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = before === undefined ? act() : before.then(act, act);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
