import type { LedgerFault } from '../../../../common/contract/ledger.ts';
import { toErrorShape } from '../../../../common/errors.ts';
import { sealTakenBack } from '../taken-back.ts';
import type { HeldChains } from './held-chains.ts';
import { syncLimits } from './limits.ts';
import type { Questions } from './questions.ts';
import type { SyncContext } from './sync-context.ts';

/** What a repair came to. */
export interface RepairResult {
  readonly replacedBlocks: number;
  /** Nodes whose copies were used. */
  readonly from: readonly string[];
  /** What is still wrong; null: the chain is whole. */
  readonly fault: LedgerFault | null;
}

/** Takes blocks that are damaged here from nodes whose copies are whole: verifies, replaces, and goes on, until nothing is wrong any more. */
export class Repair {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #questions: Questions;

  constructor(context: SyncContext, held: HeldChains, questions: Questions) {
    this.#context = context;
    this.#held = held;
    this.#questions = questions;
  }

  /** @throws SignalboxError `CANCELLED`, what the store throws */
  async run(chainId: string, signal: AbortSignal): Promise<RepairResult> {
    const from = new Set<string>();
    const replaced = new Set<number>();
    let replacedBlocks = 0;
    let fromHeight: number | undefined;
    for (;;) {
      const { fault } = await this.#context.store.verify(chainId, { fromHeight }, { signal });
      if (fault === null) {
        // What was put in its place is looked at again together with what is around it.
        if (fromHeight === undefined) return { replacedBlocks, from: [...from], fault };
        fromHeight = undefined;
        continue;
      }
      // Where a whole block did not help before, it is something else that is wrong.
      const source = replaced.has(fault.height) ? undefined : await this.#replace(fault, signal);
      if (source === undefined) return { replacedBlocks, from: [...from], fault };
      replaced.add(fault.height);
      from.add(source.nodeId);
      replacedBlocks += source.blocks;
      if (chainId === this.#context.nodeId) this.#context.own.ownChainChanged();
      await this.#held.refresh(chainId);
      fromHeight = fault.height;
    }
  }

  /** @returns the node whose copy took the place; undefined: none that can be reached has one that fits */
  async #replace(fault: LedgerFault, signal: AbortSignal): Promise<{ readonly nodeId: string; readonly blocks: number } | undefined> {
    const { chainId, height } = fault;
    const { communicator, store, logger, nodeId: self, signer } = this.#context;
    for (const nodeId of communicator.reachable()) {
      try {
        const { blocks } = await this.#questions.blocks(nodeId, chainId, height, missingFrom(fault), signal);
        if (blocks[0]?.block.height !== height) continue;
        // Each is checked by the store before it takes a place.
        const count = await store.replace(chainId, chainId === self ? await sealTakenBack(blocks, signer) : blocks);
        if (count > 0) return { nodeId, blocks: count };
      } catch (error) {
        if (signal.aborted) throw error;
        logger.debug('ledger.noCopy', 'A node could not give a block for a repair.', {
          chainId,
          height,
          nodeId,
          error: toErrorShape(error),
        });
      }
    }
    return undefined;
  }
}

/** Blocks that are wanted from the height of a fault on: those of a gap, as far as a page goes, or the one. */
function missingFrom({ fault, height, found }: LedgerFault): number {
  const next = fault === 'gap' && found !== null ? Number(found) : height + 1;
  return Math.min(Math.max(1, next - height), syncLimits.pageBlocks);
}
