import { toErrorShape } from '../../../../common/errors.ts';
import type { TakenBlocks } from '../chain-store.ts';
import { sealTakenBack } from '../taken-back.ts';
import type { FullBlock } from '../types.ts';
import type { BlockIntake } from './catch-up.ts';
import type { ForkWatch } from './fork-watch.ts';
import type { HeldChains } from './held-chains.ts';
import type { Questions } from './questions.ts';
import type { SyncContext } from './sync-context.ts';

/** Told of blocks of other nodes that are kept from now on. */
export type TakenListener = (chainId: string, blocks: readonly FullBlock[]) => void;

/** The one way by which blocks of other nodes get in: by gossip, by catching up, by repair. */
export class Intake implements BlockIntake {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #questions: Questions;
  readonly #forks: ForkWatch;
  readonly #listeners = new Set<TakenListener>();
  readonly #searching = new Set<string>();
  #taken = 0;
  #refused = 0;
  #overShare = 0;

  constructor(context: SyncContext, held: HeldChains, questions: Questions, forks: ForkWatch) {
    this.#context = context;
    this.#held = held;
    this.#questions = questions;
    this.#forks = forks;
  }

  /** Blocks kept since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Times that blocks were refused since the start: wrong, too early, or of another past. */
  get refused(): number {
    return this.#refused;
  }

  /** Blocks that were right and not kept since the start, because their chains were over their share. */
  get overShare(): number {
    return this.#overShare;
  }

  onTaken(listener: TakenListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async take(chainId: string, blocks: readonly FullBlock[], from: string, startsAt = 0): Promise<TakenBlocks> {
    const { store, nowMs, communicator, nodeId, signer, own } = this.#context;
    const before = this.#held.heightOf(chainId);
    const newest = blocks.at(-1)?.block;
    if (chainId === nodeId && newest !== undefined) own.peersHold(newest);
    const brought = chainId === nodeId ? await sealTakenBack(blocks, signer) : blocks;
    const result = await store.take(chainId, brought, from, nowMs(), startsAt);
    if (chainId === nodeId && result.added > 0) own.ownChainChanged();
    if (result.added > 0) {
      this.#taken += result.added;
      await this.#held.refresh(chainId);
      const kept = blocks.filter(({ block }) => block.height > before && block.height <= result.height);
      for (const listener of this.#listeners) listener(chainId, kept);
    }
    const { refused } = result;
    if (refused === null) return result;
    if (refused.reason !== 'gap' && refused.reason !== 'overShare') this.#refused++;
    if (refused.reason === 'fork') {
      await this.#forks.look();
      await this.#held.refresh(chainId);
    }
    if (refused.reason === 'overShare') {
      this.#overShare++;
      await this.#held.refresh(chainId);
    }
    // A block that does not follow the one held may be of another past that its author did sign: that is looked into, and not held against
    // whoever brought it.
    if (refused.reason === 'invalid' && refused.fault?.fault !== 'prevHash')
      communicator.conduct(from, 'invalid', `It brought a block that is not right: ${refused.message}`);
    return result;
  }

  /** One search at a time for a chain. A node that holds the same after all has brought a block that follows nothing. */
  async partedFrom(chainId: string, from: string, signal?: AbortSignal): Promise<void> {
    const held = this.#held.get(chainId);
    if (held === undefined || held.height < held.firstHeight || this.#searching.has(chainId)) return;
    this.#searching.add(chainId);
    try {
      const height =
        (await this.#questions.forkedAt(from, chainId, { from: held.firstHeight, to: held.height }, signal)) ??
        held.overShare?.seenHeight ??
        null;
      const page = height === null ? undefined : await this.#questions.blocks(from, chainId, height, 1, signal);
      const refused = page === undefined ? null : (await this.take(chainId, page.blocks, from)).refused;
      // A copy that is damaged here says nothing about others, and neither does one that ends early.
      const now = this.#held.get(chainId);
      const isDoubtful = now === undefined || now.fault !== null || now.overShare !== null;
      if (refused?.reason !== 'fork' && !this.#forks.isForked(chainId) && !isDoubtful)
        this.#context.communicator.conduct(from, 'invalid', 'It brought a block that does not follow the others, and no other past.');
    } catch (error) {
      this.#context.logger.info('ledger.forkNotFound', 'A node holds another past of a chain, and could not show where it begins.', {
        chainId,
        nodeId: from,
        error: toErrorShape(error),
      });
    } finally {
      this.#searching.delete(chainId);
    }
  }
}
