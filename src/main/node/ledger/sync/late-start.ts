import { toErrorShape } from '../../../../common/errors.ts';
import { sameBytes } from '../../identity/index.ts';
import { checkBlock } from '../check-block.ts';
import type { FullBlock } from '../types.ts';
import type { HeldChains } from './held-chains.ts';
import { syncLimits } from './limits.ts';
import type { Questions } from './questions.ts';
import type { SyncContext } from './sync-context.ts';

/** What other nodes say of a copy that would begin above block 0. */
export interface StartSaid {
  /** One of them begins it there too. */
  readonly confirmed: boolean;
  /** A node that holds blocks before it; undefined: none does. */
  readonly earlierAt: string | undefined;
}

/**
 * A copy that begins above block 0, because its author sealed what is older, must not do so on the word of one node, which may have left out
 * what it does not want to be seen: another has to begin it there too, or it is shown as not confirmed until one does.
 */
export class LateStart {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #questions: Questions;
  readonly #asking = new Set<string>();

  constructor(context: SyncContext, held: HeldChains, questions: Questions) {
    this.#context = context;
    this.#held = held;
    this.#questions = questions;
  }

  /**
   * Asks other nodes where a chain begins, before its copy does. Never rejects but when it was stopped.
   *
   * @param others nodes that hold the chain; a few of them are asked
   */
  async ask(chainId: string, first: FullBlock, others: readonly string[], signal: AbortSignal): Promise<StartSaid> {
    const asked = others.slice(0, syncLimits.startWitnesses);
    const said = await Promise.all(asked.map((nodeId) => this.#firstOf(nodeId, chainId, signal)));
    return {
      confirmed: said.some((block) => block !== undefined && isSame(block, first)),
      earlierAt: asked.find((_nodeId, index) => (said[index]?.block.height ?? first.block.height) < first.block.height),
    };
  }

  /** A node that holds the chain is there: what it says of a start that nobody has confirmed yet. Never rejects. */
  async confirm(chainId: string, nodeId: string, signal: AbortSignal): Promise<void> {
    const head = this.#held.get(chainId);
    if (head === undefined || head.begunBy === null || head.begunBy === nodeId || this.#asking.has(chainId)) return;
    this.#asking.add(chainId);
    try {
      const [own] = (await this.#context.store.blocks(chainId, head.firstHeight, { blocks: 1 })).blocks;
      const theirs = await this.#firstOf(nodeId, chainId, signal);
      if (own === undefined || theirs === undefined) return;
      if (isSame(theirs, own)) await this.#context.store.confirmStart(chainId);
      else if (theirs.block.height < head.firstHeight) await this.#fill(chainId, nodeId, theirs.block.height, signal);
      await this.#held.refresh(chainId);
    } catch (error) {
      this.#context.logger.debug('ledger.startNotConfirmed', 'Where a chain begins could not be compared with another node.', {
        chainId,
        nodeId,
        error: toErrorShape(error),
      });
    } finally {
      this.#asking.delete(chainId);
    }
  }

  /** Takes the blocks before the copy, newest first, so that each leads to one that is held: its place in the chain is proven by that. */
  async #fill(chainId: string, nodeId: string, lowest: number, signal: AbortSignal): Promise<void> {
    let first = this.#held.get(chainId)?.firstHeight ?? 0;
    let size: number = syncLimits.startPageBlocks;
    while (first > lowest) {
      const from = Math.max(lowest, first - size);
      const { blocks } = await this.#questions.blocks(nodeId, chainId, from, first - from, signal);
      if (blocks.length < first - from && size > 1) {
        // As many as fit a page, counted from below: they do not reach up to the copy.
        size = Math.max(1, Math.floor(size / 2));
        continue;
      }
      await this.#context.store.replace(chainId, blocks.toReversed(), nodeId);
      const reached = (await this.#held.refresh(chainId))?.firstHeight ?? 0;
      // Other blocks than those that were asked for lead nowhere, and a copy that has come to its share begins where it does.
      if (reached >= first) return;
      first = reached;
    }
  }

  /** The oldest block that a node holds of a chain; undefined: it does not say, holds none, or shows one that its author did not sign. */
  async #firstOf(nodeId: string, chainId: string, signal: AbortSignal): Promise<FullBlock | undefined> {
    try {
      const [first] = (await this.#questions.blocks(nodeId, chainId, 0, 1, signal)).blocks;
      const fault = first === undefined ? null : checkBlock(first, { chainId, before: undefined });
      if (fault === null) return first;
      this.#context.communicator.conduct(nodeId, 'invalid', `It brought a block that is not right: ${fault.message}`);
      return undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  }
}

function isSame(one: FullBlock, other: FullBlock): boolean {
  return sameBytes(one.block.hash, other.block.hash);
}
