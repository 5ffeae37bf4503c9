import { canonicalJson } from '../../audit/canonical-json.ts';
import type { HeldChains } from './held-chains.ts';
import { syncLimits } from './limits.ts';
import type { SyncContext } from './sync-context.ts';

/** Heads of other chains as a witness entry names them: node, height, hash of the block. */
export type WitnessedHead = readonly [chainId: string, height: number, hash: string];

/**
 * Writes the heads of the other chains into the own one, now and then, when they have changed: a node that would rewrite its own past is
 * caught by what the chains of others say of it.
 */
export class Witness {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  #last = '';
  #isWriting = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: SyncContext, held: HeldChains) {
    this.#context = context;
    this.#held = held;
  }

  /** @param everyMs milliseconds between two looks */
  start(everyMs: number): void {
    this.#timer = setInterval(() => this.#begin(), everyMs).unref();
  }

  /** What is being written is not waited for: the own chain may have to wait itself, and refuses what is left when it stops. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Writes what has changed since the last time. @returns entries written. @throws SignalboxError what recording throws */
  async write(): Promise<number> {
    const { nodeId, record, nowMs } = this.#context;
    const heads = this.#held
      .heads()
      .filter(({ chain_id: chainId }) => chainId !== nodeId)
      .map(({ chain_id: chainId, height, hash }): WitnessedHead => [chainId, height, hash]);
    const all = canonicalJson(heads);
    if (heads.length === 0 || all === this.#last) return 0;
    let written = 0;
    for (let start = 0; start < heads.length; start += syncLimits.witnessHeads, written++) {
      await record({
        at: nowMs(),
        kind: 'witness',
        actor: nodeId,
        roles: [],
        via: 'node',
        act: 'ledger.witness',
        target: null,
        outcome: 'done',
        code: null,
        text: canonicalJson({ heads: heads.slice(start, start + syncLimits.witnessHeads) }),
      });
    }
    this.#last = all;
    return written;
  }

  #begin(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.write()
      .catch((error: unknown) =>
        this.#context.logger.warn('ledger.notWitnessed', 'The heads of other chains could not be written down.', { error }),
      )
      .finally(() => {
        this.#isWriting = false;
      });
  }
}
