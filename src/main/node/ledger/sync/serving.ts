import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerContext, PeerMessage } from '../../peers/types.ts';
import { type PlaceAnswer, signConfirmation } from './confirmation.ts';
import type { HeldChains } from './held-chains.ts';
import { syncLimits } from './limits.ts';
import { getBlocksMessage, readMessage, textOfBlock, validationRequestMessage } from './messages.ts';
import { NodeRates } from './node-rates.ts';
import type { Place } from './questions.ts';
import { requireKnownChain, requireMember, type SyncContext } from './sync-context.ts';

/** Answers what other members ask of the chains held here: pages of blocks, and whether a block is the same here. */
export class Serving {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #rates = new NodeRates(syncLimits.servedPerSecond, syncLimits.servedBurst);

  constructor(context: SyncContext, held: HeldChains) {
    this.#context = context;
    this.#held = held;
  }

  /** Questions that came faster than one node may ask. */
  get refused(): number {
    return this.#rates.refused;
  }

  start(): void {
    const { communicator } = this.#context;
    communicator.on('GetBlocks', (message, context) => this.#sendPage(message, context));
    communicator.on('ValidationRequest', (message, context) => this.#validate(message, context));
  }

  async #sendPage(message: PeerMessage, context: PeerContext): Promise<void> {
    const { chain_id: chainId, from_height: from, limit } = readMessage(getBlocksMessage, message);
    this.#admit(chainId, context);
    const page = await this.#context.store.blocks(chainId, from, { blocks: limit, bytes: syncLimits.pageEntryBytes });
    const blocks = [];
    let size = 0;
    for (const block of page.blocks) {
      const text = textOfBlock(block);
      size += JSON.stringify(text).length;
      if (blocks.length > 0 && size > syncLimits.pageBytes) break;
      blocks.push(text);
    }
    this.#context.communicator.answer(message, context, {
      type: 'BlockResponse',
      chain_id: chainId,
      blocks,
      height: this.#held.heightOf(chainId),
      more: page.more || blocks.length < page.blocks.length,
    });
  }

  async #validate(message: PeerMessage, context: PeerContext): Promise<void> {
    const { chain_id: chainId, places } = readMessage(validationRequestMessage, message);
    this.#admit(chainId, context);
    const answers = await this.#answers(chainId, places);
    const { signer, nowMs, communicator } = this.#context;
    const signed = signConfirmation({ chainId, at: nowMs(), height: this.#held.heightOf(chainId), answers }, signer);
    const { at, height, signature } = signed;
    communicator.answer(message, context, { type: 'ValidationResponse', chain_id: chainId, answers, height, at, signature });
  }

  /** What stands here is hashed anew: a copy whose file was changed must not be called the same. */
  async #answers(chainId: string, places: readonly Place[]): Promise<readonly PlaceAnswer[]> {
    const chain = this.#held.get(chainId);
    const heights = [...new Set(places.map(({ height }) => height))].filter(
      (height) => chain !== undefined && height >= chain.firstHeight && height <= chain.height,
    );
    const found = await this.#context.store.heldHashes(chainId, heights);
    const hashes = new Map(heights.map((height, index) => [height, found[index] ?? null]));
    return places.map(({ height, hash }) => {
      if (chain === undefined || height > chain.height) return { height, verdict: 'unknown', hash: null };
      if (height < chain.firstHeight) return { height, verdict: 'pruned', hash: null };
      const held = hashes.get(height) ?? null;
      return { height, verdict: held !== null && held === hash ? 'same' : 'differs', hash: held };
    });
  }

  #admit(chainId: string, context: PeerContext): void {
    requireMember(this.#context, context);
    requireKnownChain(this.#context, chainId);
    if (!this.#rates.take(context.origin.nodeId))
      throw new SignalboxError('OVERLOADED', 'This node asks for blocks faster than they are given. Ask again later.', { executed: 'no' });
  }
}
