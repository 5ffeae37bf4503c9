/**
 * Mistakes that a careless author of a broker would make, built in on purpose: a check that does not find them is worth nothing. The product
 * has no switch for them; the text of a module is changed while it is loaded, in the process of a test alone.
 */
import { registerHooks } from 'node:module';

interface Change {
  /** End of the module's path. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

const changes = {
  /** A write counts as done half a second before it is on the disk. */
  acknowledgesBeforeFlush: [
    {
      module: 'broker/engine/log-pump.ts',
      from: 'this.#options.log.write(writes).then(',
      to: 'setTimeout(() => void this.#options.log.write(writes).catch(() => undefined), 500); Promise.resolve().then(',
    },
  ],
  /** What the leader has counts as committed. */
  acknowledgesWithoutMajority: [
    {
      module: 'broker/core/leader.ts',
      from: 'const index = this.#reachedByQuorum(state.disk.durableIndex, (progress) => progress.matchIndex);',
      to: 'const index = state.disk.durableIndex;',
    },
  ],
  /** Nobody looks whether what is sent fits to what is there. */
  ignoresPreviousTerm: [
    { module: 'broker/core/follower.ts', from: 'if (term !== undefined && term !== previous.term) {', to: 'if (term === -1) {' },
    {
      module: 'broker/core/follower.ts',
      from: 'if (differs(tail.positionAt(previous.index), previous)) return',
      to: 'if (term === -1) return',
    },
  ],
  /** Term and vote are not on the disk. */
  forgetsVotes: [{ module: 'broker/core/raft-core.ts', from: 'output.hardStateChanged ? { term, votedFor } : undefined', to: 'undefined' }],
  /** Any replica answers as if it were the leader, and the leader without asking whether it still is. */
  readsStale: [{ module: 'broker/server/operations/fetch.ts', from: "if (operation.level === 'local')", to: 'if (operation.level)' }],
  /** A repeated append is a new one. */
  appendsTwice: [
    {
      module: 'broker/machine/producers.ts',
      from: "return { verdict: 'repeated', firstSequence: range.firstSequence + sequence - range.from };",
      to: 'return next;',
    },
  ],
  /** A repeated take is a new one. */
  takesTwice: [
    {
      module: 'broker/machine/client-record.ts',
      from: 'requestId === null ? undefined : this.taken.find((range) => range.requestId === requestId)',
      to: 'undefined',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Change[]>>;

export type Mistake = keyof typeof changes;

/** Has the modules of the broker loaded with a mistake in them, from now on. */
export function buildIn(mistake: Mistake): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const own: readonly Change[] = changes[mistake].filter(({ module }) => url.endsWith(module));
      if (own.length === 0) return loaded;
      let text = String(typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array));
      for (const { from, to } of own) {
        // The module has changed: a mistake that is not built in would seem to be one that nobody finds.
        if (text.split(from).length !== 2) throw new Error(`${url} has no single ${JSON.stringify(from)}`);
        text = text.replace(from, () => to);
      }
      return { ...loaded, source: text };
    },
  });
}
