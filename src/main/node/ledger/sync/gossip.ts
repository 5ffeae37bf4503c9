import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { PeerContext, PeerMessage } from '../../peers/types.ts';
import type { FullBlock } from '../types.ts';
import { type CatchUp, isOfAnotherPast } from './catch-up.ts';
import type { HeldChains } from './held-chains.ts';
import type { Intake } from './intake.ts';
import { syncLimits } from './limits.ts';
import { blockMessage, blockOfText, chainHeadsMessage, type HeadText, readMessage, textOfBlock } from './messages.ts';
import { NodeRates } from './node-rates.ts';
import { requireKnownChain, requireMember, type SyncContext } from './sync-context.ts';
import { tellMembers } from './tell-members.ts';

/** A block is news for so long; whoever was away longer asks for it. */
const blockTtlSeconds = 60;

/**
 * Tells other nodes of blocks and heads, and takes theirs: an own block goes out when it is made; heads are compared every half minute and
 * when a node comes, by one digest first, so that two nodes which hold the same tell each other no more than that.
 */
export class Gossip {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #intake: Intake;
  readonly #catchUp: CatchUp;
  readonly #rates = new NodeRates(syncLimits.takenPerSecond, syncLimits.takenBurst);
  /** Comparisons so far. */
  #round = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;

  constructor(context: SyncContext, held: HeldChains, intake: Intake, catchUp: CatchUp) {
    this.#context = context;
    this.#held = held;
    this.#intake = intake;
    this.#catchUp = catchUp;
  }

  /** Messages that came faster than one node may send them. */
  get refused(): number {
    return this.#rates.refused;
  }

  /** @param headsMs how often heads are compared with every node, in milliseconds */
  start(headsMs: number): void {
    const { communicator } = this.#context;
    communicator.on('Block', (message, context) => this.#takeBlock(message, context));
    communicator.on('ChainHeads', (message, context) => this.#takeHeads(message, context));
    this.#unwatch = communicator.onReachable((nodeId) => {
      this.#catchUp.again(nodeId);
      this.#tellHeads(nodeId);
    });
    this.#timer = setInterval(() => this.compareAll(), headsMs).unref();
    this.compareAll();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#unwatch?.();
  }

  /**
   * Tells nodes the digest of what is held here; whoever holds something else answers with its heads. In a small cluster these are all; in a
   * larger one as many as `headsPerRound`, the next ones each time: blocks are spread as they are made, and what was missed comes from anybody,
   * so that the messages of a cluster grow with its nodes and not with their square.
   */
  compareAll(): void {
    const { communicator, members } = this.#context;
    const all = communicator
      .reachable()
      .filter((nodeId) => members.standing(nodeId) === 'member')
      .toSorted();
    const count = Math.min(all.length, syncLimits.headsPerRound);
    // From the own place in the order on, so that not everybody begins with the same one.
    const begin = all.length === count ? 0 : all.filter((nodeId) => nodeId < this.#context.nodeId).length + this.#round * count;
    this.#round++;
    for (let index = 0; index < count; index++) this.#tellHeads(all[(begin + index) % all.length] ?? '');
  }

  /** Compares with all in a moment; what happens until then is compared with it. */
  compareSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.compareAll();
    }, syncLimits.soonMs).unref();
  }

  /** An own block is on the disk: the others get it. */
  spread(block: FullBlock): void {
    const { nodeId: chainId, logger } = this.#context;
    tellMembers(
      this.#context,
      { type: 'Block', chain_id: chainId, ...textOfBlock(block) },
      { priority: 'Medium', ttlSeconds: blockTtlSeconds },
      (nodeId, error) =>
        logger.warn('ledger.blockNotSpread', 'A new block could not be sent to another node, which fetches it.', { nodeId, error }),
    );
  }

  #tellHeads(nodeId: string): void {
    if (this.#context.members.standing(nodeId) !== 'member') return;
    this.#send(nodeId, { type: 'ChainHeads', digest: this.#held.digest(), reply: true });
  }

  async #takeBlock(message: PeerMessage, context: PeerContext): Promise<void> {
    const { chain_id: chainId, ...text } = readMessage(blockMessage, message);
    this.#admit(context);
    requireKnownChain(this.#context, chainId);
    const { nodeId } = context.origin;
    const block = blockOfText(text);
    const { refused } = await this.#intake.take(chainId, [block], nodeId);
    if (refused?.reason === 'gap' || refused?.reason === 'overShare') this.#catchUp.want(chainId, block.block.height, nodeId);
    if (refused != null && isOfAnotherPast(refused)) await this.#intake.partedFrom(chainId, nodeId);
  }

  #takeHeads(message: PeerMessage, context: PeerContext): void {
    const { digest, heads, reply } = readMessage(chainHeadsMessage, message);
    this.#admit(context);
    const { nodeId } = context.origin;
    const isSame = digest === this.#held.digest();
    this.#hearOfOwn(isSame, heads);
    if (isSame || heads !== undefined) this.#catchUp.confirmStarts(nodeId);
    if (isSame) return;
    for (const head of heads ?? []) this.#compare(head, nodeId);
    // Only digests and full answers are answered, and a full answer asks for nothing: two nodes never go on for ever.
    if (reply)
      this.#send(nodeId, { type: 'ChainHeads', digest: this.#held.digest(), heads: this.#held.heads(), reply: heads === undefined });
  }

  /** After a restore the own chain waits for this word: whether others hold more of it than this node. */
  #hearOfOwn(isSame: boolean, heads: readonly HeadText[] | undefined): void {
    const { nodeId, own } = this.#context;
    if (!isSame && heads === undefined) return;
    const held = this.#held.heightOf(nodeId);
    const theirs = isSame ? held : (heads?.find(({ chain_id: chainId }) => chainId === nodeId)?.height ?? -1);
    if (theirs <= held) own.peersAnswered(theirs);
  }

  #compare({ chain_id: chainId, height, hash }: HeadText, nodeId: string): void {
    if (chainId !== this.#context.nodeId && this.#context.members.standing(chainId) === 'stranger') return;
    const held = this.#held.get(chainId);
    if (held?.overShare?.seenHeight === height && hash !== held.overShare.seenHash) void this.#intake.partedFrom(chainId, nodeId);
    if (held === undefined || height > held.height) {
      if (height > (held?.announcedHeight ?? -1)) this.#announce(chainId, height);
      this.#catchUp.want(chainId, height, nodeId);
    } else if (height === held.height && hash !== held.headHash) {
      void this.#intake.partedFrom(chainId, nodeId);
    }
  }

  /** For the screen: how far the chain is said to reach. */
  #announce(chainId: string, height: number): void {
    this.#context.store.announce(chainId, height).catch((error: unknown) =>
      this.#context.logger.debug('ledger.announcedNotKept', 'How far a chain is said to reach could not be noted.', {
        chainId,
        error: toErrorShape(error),
      }),
    );
  }

  #send(nodeId: string, message: PeerMessage): void {
    const { communicator, logger } = this.#context;
    communicator
      .send(nodeId, message, { priority: 'Low', ttlSeconds: 60, supersedes: `chain-heads-${message.reply === true ? 'ask' : 'tell'}` })
      .catch((error: unknown) =>
        logger.debug('ledger.headsNotTold', 'The heads of chains could not be sent.', { nodeId, error: toErrorShape(error) }),
      );
  }

  #admit(context: PeerContext): void {
    requireMember(this.#context, context);
    if (!this.#rates.take(context.origin.nodeId))
      throw new SignalboxError('OVERLOADED', 'Blocks and heads come from this node faster than they are taken.', { executed: 'no' });
  }
}
