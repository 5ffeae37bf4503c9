import type { LedgerConfirmation } from '../../../../common/contract/ledger.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { FullBlock } from '../types.ts';
import { isConfirmationSigned, type PlaceAnswer, type SignedConfirmation } from './confirmation.ts';
import type { HeldChains } from './held-chains.ts';
import { syncLimits } from './limits.ts';
import { blockOfText, blockResponseMessage, readMessage, validationResponseMessage } from './messages.ts';
import type { SyncContext } from './sync-context.ts';

/** One place that others are asked about. */
export interface Place {
  readonly height: number;
  /** Of the block here, hex; null: none is held here. */
  readonly hash: string | null;
}

/** How the copy of another node compares with the one here. */
export type Comparison = LedgerConfirmation & { readonly differsAt: number | null };

/** Places asked about in one step of the search: the copies are narrowed down by this factor with each answer. */
const placesPerStep = 16;

/** Asks other nodes about chains: for blocks, and whether theirs are the same. */
export class Questions {
  readonly #context: SyncContext;
  readonly #held: HeldChains;

  constructor(context: SyncContext, held: HeldChains) {
    this.#context = context;
    this.#held = held;
  }

  /**
   * Asks a node for blocks from a height on.
   *
   * @throws SignalboxError `TIMEOUT`, what the node answers; `INVALID_PARAMS` for an answer that cannot be, which counts against the node
   */
  async blocks(
    nodeId: string,
    chainId: string,
    fromHeight: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ readonly blocks: readonly FullBlock[]; readonly height: number; readonly more: boolean }> {
    const request = { type: 'GetBlocks', chain_id: chainId, from_height: fromHeight, limit };
    const message = await this.#ask(nodeId, request, signal);
    return this.#reading(nodeId, () => {
      const answer = readMessage(blockResponseMessage, message);
      if (answer.chain_id !== chainId || answer.blocks.length > limit)
        throw new SignalboxError('INVALID_PARAMS', 'The blocks that came are not those that were asked for.', { executed: 'no' });
      return { blocks: answer.blocks.map(blockOfText), height: answer.height, more: answer.more };
    });
  }

  /**
   * Asks a node whether it holds the very same blocks.
   *
   * @param places at most `syncLimits.places`
   * @throws SignalboxError `TIMEOUT`, what the node answers; `BAD_SIGNATURE`, `INVALID_PARAMS`, which count against the node
   */
  async places(nodeId: string, chainId: string, places: readonly Place[], signal?: AbortSignal): Promise<SignedConfirmation> {
    const message = await this.#ask(nodeId, { type: 'ValidationRequest', chain_id: chainId, places }, signal);
    return this.#reading(nodeId, () => {
      const { answers, height, at, signature, chain_id: about } = readMessage(validationResponseMessage, message);
      const confirmation = { chainId: about, nodeId, at, height, answers, signature };
      const isAsked = answers.length === places.length && answers.every((answer, index) => isAnswerTo(answer, places[index]));
      if (about !== chainId || !isAsked)
        throw new SignalboxError('INVALID_PARAMS', 'The answer is about other blocks than were asked for.', { executed: 'no' });
      if (!isConfirmationSigned(confirmation))
        throw new SignalboxError('BAD_SIGNATURE', 'The answer does not bear the signature of its node.', { executed: 'no' });
      return confirmation;
    });
  }

  /** What one node says of one block; a node that does not answer is told as such. Never rejects but when cancelled. */
  async confirm(nodeId: string, chainId: string, place: Place, signal?: AbortSignal): Promise<LedgerConfirmation> {
    try {
      const confirmation = await this.places(nodeId, chainId, [place], signal);
      return this.#told(confirmation, null);
    } catch (error) {
      return this.#noAnswer(nodeId, error, signal);
    }
  }

  /** Compares the chain here with the copy of another node. Never rejects but when cancelled. */
  async compare(nodeId: string, chainId: string, signal?: AbortSignal): Promise<Comparison> {
    try {
      const head = this.#held.get(chainId);
      if (head === undefined) throw new SignalboxError('NOT_FOUND', 'No block of this chain is held here.', { executed: 'no' });
      const asked = await this.places(nodeId, chainId, await this.#places(chainId, [head.height]), signal);
      const told = this.#told(asked, null);
      if (told.verdict === 'pruned') return { ...told, differsAt: null };
      const to = Math.min(head.height, asked.height);
      if (to < head.firstHeight)
        return {
          ...told,
          differsAt: null,
          message: asked.height < 0 ? 'It holds no block of this chain.' : 'Its copy ends before the one here begins.',
        };
      // Of another past the last block differs too, and the place is found in a few steps. A copy whose file was changed may differ anywhere.
      const range = { from: head.firstHeight, to };
      const differsAt = (await this.forkedAt(nodeId, chainId, range, signal)) ?? (await this.#changedAt(nodeId, chainId, range, signal));
      if (differsAt !== null) return { ...told, verdict: 'differs', differsAt, message: `Its copy is another at block ${differsAt}.` };
      if (asked.height < head.height)
        return { ...told, differsAt, message: `Its copy reaches to block ${asked.height} and is the same so far.` };
      return { ...told, differsAt };
    } catch (error) {
      return { ...this.#noAnswer(nodeId, error, signal), differsAt: null };
    }
  }

  /**
   * The height in a range, both ends included, from which on the copy of a node is of another past; null: its last block is the same.
   * Blocks are linked, so whatever is the same at a height is the same below it.
   *
   * @throws SignalboxError what {@link places} throws
   */
  async forkedAt(
    nodeId: string,
    chainId: string,
    range: { readonly from: number; readonly to: number },
    signal?: AbortSignal,
  ): Promise<number | null> {
    let { from, to: differing } = range;
    if (differing < from || (await this.#firstOther(nodeId, chainId, [differing], signal)) === -1) return null;
    while (from < differing) {
      const heights: readonly number[] = spread(from, differing - 1);
      const index = await this.#firstOther(nodeId, chainId, heights, signal);
      if (index === -1) return differing;
      differing = heights[index] ?? differing;
      from = index === 0 ? from : (heights[index - 1] ?? from) + 1;
    }
    return differing;
  }

  /** The first height of a range at which the copy of a node is another, looking at each. */
  async #changedAt(
    nodeId: string,
    chainId: string,
    { from, to }: { readonly from: number; readonly to: number },
    signal?: AbortSignal,
  ): Promise<number | null> {
    for (let start = from; start <= to; start += syncLimits.places) {
      const heights = Array.from({ length: Math.min(syncLimits.places, to - start + 1) }, (_, index) => start + index);
      const index = await this.#firstOther(nodeId, chainId, heights, signal);
      if (index !== -1) return heights[index] ?? null;
    }
    return null;
  }

  /** Index of the first height at which the copy of a node is another; -1: none. */
  async #firstOther(nodeId: string, chainId: string, heights: readonly number[], signal?: AbortSignal): Promise<number> {
    const { answers } = await this.places(nodeId, chainId, await this.#places(chainId, heights), signal);
    return answers.findIndex(({ verdict }) => verdict === 'differs');
  }

  async #places(chainId: string, heights: readonly number[]): Promise<readonly Place[]> {
    const hashes = await this.#context.store.heldHashes(chainId, heights);
    return heights.map((height, index) => ({ height, hash: hashes[index] ?? null }));
  }

  async #ask(nodeId: string, message: { readonly type: string; readonly [field: string]: unknown }, signal?: AbortSignal) {
    const options = {
      priority: 'Medium' as const,
      ttlSeconds: 30,
      timeoutMs: syncLimits.requestMs,
      ...(signal !== undefined && { signal }),
    };
    return this.#context.communicator.request(nodeId, message, options);
  }

  /** An answer that cannot be read counts against whoever gave it (security.md 2.7). */
  #reading<T>(nodeId: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.#context.communicator.conduct(nodeId, 'invalid', toErrorShape(error).message);
      throw error;
    }
  }

  #told({ nodeId, height, answers, at, signature }: SignedConfirmation, message: string | null): LedgerConfirmation {
    const [answer] = answers;
    const verdict = answer?.verdict ?? 'unknown';
    const name = this.#context.members.nameOf(nodeId);
    return { nodeId, name, verdict, height, hash: answer?.hash ?? null, message, answeredAt: at, signature };
  }

  #noAnswer(nodeId: string, error: unknown, signal?: AbortSignal): LedgerConfirmation {
    if (signal?.aborted === true) throw error;
    const { message } = toErrorShape(error);
    const name = this.#context.members.nameOf(nodeId);
    return { nodeId, name, verdict: 'noAnswer', height: null, hash: null, message, answeredAt: null, signature: null };
  }
}

/** The same block has the same hash: an answer that says otherwise is none. */
function isAnswerTo({ height, verdict, hash }: PlaceAnswer, place: Place | undefined): boolean {
  return height === place?.height && (verdict === 'same') === (hash !== null && hash === place.hash);
}

/** Whole numbers from `from` to `to`, both included, a few, evenly apart. */
function spread(from: number, to: number): readonly number[] {
  const count = Math.min(placesPerStep, to - from + 1);
  if (count === 1) return [to];
  return Array.from({ length: count }, (_, index) => from + Math.round((index * (to - from)) / (count - 1)));
}
