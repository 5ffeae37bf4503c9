import { z } from 'zod';
import { toErrorShape } from '../../../../common/errors.ts';
import { decodeEntry } from '../entry.ts';
import type { FullBlock } from '../types.ts';
import type { BlockIntake } from './catch-up.ts';
import { syncLimits } from './limits.ts';
import type { SyncContext } from './sync-context.ts';

const witnessText = z.object({
  heads: z
    .array(z.tuple([z.string().max(64), z.number().int().min(0).max(Number.MAX_SAFE_INTEGER), z.string().regex(/^[0-9a-f]{64}$/)]))
    .max(syncLimits.witnessHeads),
});

/**
 * Reads what other nodes write down of the heads of chains. Where that is another past than the one held here, the node that wrote it is asked
 * for its blocks: two that bear the signature of one author are a fork.
 */
export class WitnessCheck {
  readonly #context: SyncContext;
  readonly #intake: Pick<BlockIntake, 'partedFrom'>;
  #disagreements = 0;

  constructor(context: SyncContext, intake: Pick<BlockIntake, 'partedFrom'>) {
    this.#context = context;
    this.#intake = intake;
  }

  /** Heads witnessed by others since the start that are not those held here. */
  get disagreements(): number {
    return this.#disagreements;
  }

  /** Looks at blocks of another node that were kept. Never rejects. */
  async look(witness: string, blocks: readonly FullBlock[]): Promise<void> {
    if (witness === this.#context.nodeId) return;
    try {
      for (const block of blocks) for (const entry of block.entries) await this.#lookAt(witness, entry);
    } catch (error) {
      this.#context.logger.debug('ledger.witnessNotRead', 'What a node wrote down of other chains could not be compared.', {
        witness,
        error: toErrorShape(error),
      });
    }
  }

  async #lookAt(witness: string, bytes: Uint8Array): Promise<void> {
    const entry = decodeEntry(bytes);
    if (entry.kind !== 'witness' || entry.text === null) return;
    const said = witnessText.safeParse(JSON.parse(entry.text));
    if (!said.success) return;
    for (const [chainId, height, hash] of said.data.heads) {
      const [held] = await this.#context.store.hashes(chainId, [height]);
      if (held == null || held === hash) continue;
      this.#disagreements++;
      this.#context.logger.warn('ledger.witnessDisagrees', 'A node wrote down another past of a chain than the one held here.', {
        witness,
        chainId,
        height,
        witnessed: hash,
        held,
      });
      await this.#intake.partedFrom(chainId, witness);
    }
  }
}
