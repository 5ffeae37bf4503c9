import type { LedgerFault } from '../../../../common/contract/ledger.ts';
import { toErrorShape } from '../../../../common/errors.ts';
import { nodeIdOf } from '../../identity/index.ts';
import { isWhole } from './block-check.ts';
import type { HeldChains } from './held-chains.ts';
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
      const source = await this.#replace(chainId, fault.height, signal);
      if (source === undefined) return { replacedBlocks, from: [...from], fault };
      from.add(source);
      replacedBlocks++;
      if (chainId === this.#context.nodeId) this.#context.own.ownChainChanged();
      await this.#held.refresh(chainId);
      fromHeight = fault.height;
    }
  }

  /** @returns the node whose copy took the place; undefined: none that can be reached has one that fits */
  async #replace(chainId: string, height: number, signal: AbortSignal): Promise<string | undefined> {
    const { communicator, store, logger } = this.#context;
    for (const nodeId of communicator.reachable()) {
      try {
        const { blocks } = await this.#questions.blocks(nodeId, chainId, height, 1, signal);
        const [block] = blocks;
        if (block === undefined || block.block.height !== height || nodeIdOf(block.block.author) !== chainId || !isWhole(block)) continue;
        if ((await store.replace(chainId, [block])) > 0) return nodeId;
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
