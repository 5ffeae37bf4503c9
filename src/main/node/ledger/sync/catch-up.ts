import { toErrorShape } from '../../../../common/errors.ts';
import type { TakenBlocks } from '../chain-store.ts';
import { ledgerLimits } from '../limits.ts';
import type { FullBlock } from '../types.ts';
import type { HeldChains } from './held-chains.ts';
import type { LateStart } from './late-start.ts';
import { syncLimits } from './limits.ts';
import type { Questions } from './questions.ts';
import type { SyncContext } from './sync-context.ts';

/** A block that does not follow the one it should: its author may have signed two pasts. */
export function isOfAnotherPast({ reason, fault }: NonNullable<TakenBlocks['refused']>): boolean {
  return (reason === 'invalid' || reason === 'overShare') && fault?.fault === 'prevHash';
}

/** What is done with blocks that came, wherever they came from. */
export interface BlockIntake {
  /**
   * Checks and keeps blocks of another node's chain.
   *
   * @param startsAt where a chain of which nothing is held may begin; without: at its first block
   * @throws SignalboxError what the store throws
   */
  take(chainId: string, blocks: readonly FullBlock[], from: string, startsAt?: number): Promise<TakenBlocks>;
  /** The copy of a node is of another past than the one here: looks where they part. */
  partedFrom(chainId: string, from: string, signal?: AbortSignal): Promise<void>;
}

/**
 * Fetches blocks that others have and this node has not: a page at a time for each chain, from the best node that holds them, from another
 * one when that answers wrongly or not at all (security.md rows 34 and 36). What a node claims to hold costs a number here, no memory.
 */
export class CatchUp {
  readonly #context: SyncContext;
  readonly #held: HeldChains;
  readonly #questions: Questions;
  readonly #intake: BlockIntake;
  readonly #start: LateStart;
  /** By chain: nodes that say they hold it, and how far. */
  readonly #sources = new Map<string, Map<string, number>>();
  /** By chain and node: until when that node is not asked. */
  readonly #wrong = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #confirming = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #pages = 0;

  constructor(context: SyncContext, held: HeldChains, questions: Questions, intake: BlockIntake, start: LateStart) {
    this.#context = context;
    this.#held = held;
    this.#questions = questions;
    this.#intake = intake;
    this.#start = start;
  }

  /** Pages fetched since the start. */
  get pages(): number {
    return this.#pages;
  }

  /** Chains that are being caught up with. */
  get running(): number {
    return this.#running.size;
  }

  /** Notes that a node holds a chain up to a height, and fetches what is missing here. */
  want(chainId: string, height: number, nodeId: string): void {
    let sources = this.#sources.get(chainId);
    if (sources === undefined) {
      sources = new Map();
      this.#sources.set(chainId, sources);
    }
    if (!sources.has(nodeId) && sources.size >= syncLimits.sourcesPerChain) sources.delete(sources.keys().next().value ?? '');
    sources.set(nodeId, height);
    this.#begin(chainId);
  }

  /** A node is there again: what it could not answer before it may answer now. */
  again(nodeId: string): void {
    for (const key of this.#wrong.keys()) if (key.endsWith(` ${nodeId}`)) this.#wrong.delete(key);
  }

  /** A node tells of its chains: copies here that begin on the word of one node alone may be confirmed by this one. */
  confirmStarts(nodeId: string): void {
    if (this.#stop.signal.aborted) return;
    for (const { chainId, begunBy } of this.#held.all()) {
      if (begunBy === null) continue;
      const asking = this.#start.confirm(chainId, nodeId, this.#stop.signal).finally(() => this.#confirming.delete(asking));
      this.#confirming.add(asking);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#running.values(), ...this.#confirming]);
  }

  #begin(chainId: string): void {
    if (this.#stop.signal.aborted || this.#running.has(chainId) || this.#running.size >= syncLimits.catchUps) return;
    if (this.#sourceOf(chainId) === undefined) return;
    const run = this.#run(chainId)
      .catch((error: unknown) =>
        this.#context.logger.warn('ledger.notCaughtUp', 'Blocks of a chain could not be fetched.', { chainId, error }),
      )
      .finally(() => {
        this.#running.delete(chainId);
        if (this.#sourceOf(chainId) === undefined) this.#sources.delete(chainId);
        this.#beginNext();
      });
    this.#running.set(chainId, run);
  }

  /** Chains that had to wait for their turn. */
  #beginNext(): void {
    for (const chainId of this.#sources.keys()) this.#begin(chainId);
  }

  async #run(chainId: string): Promise<void> {
    for (let source = this.#sourceOf(chainId); source !== undefined; source = this.#sourceOf(chainId)) {
      if (this.#stop.signal.aborted) return;
      if (!(await this.#page(chainId, source))) this.#leaveOut(chainId, source);
    }
  }

  /**
   * @param isSaid others said that this node has earlier blocks than they: they need not be asked
   * @returns false: this node is not asked for the chain again for a while
   */
  async #page(chainId: string, nodeId: string, isSaid = false): Promise<boolean> {
    const from = this.#held.heightOf(chainId) + 1;
    const { communicator, logger } = this.#context;
    let page: Awaited<ReturnType<Questions['blocks']>>;
    try {
      page = await this.#questions.blocks(nodeId, chainId, from, syncLimits.pageBlocks, this.#stop.signal);
    } catch (error) {
      logger.debug('ledger.pageNotGiven', 'A node did not give the blocks it was asked for.', {
        chainId,
        nodeId,
        error: toErrorShape(error),
      });
      return false;
    }
    this.#pages++;
    this.#sources.get(chainId)?.set(nodeId, page.height);
    if (page.blocks.length === 0) return false;
    // Asked from the first block on, a node that gives later ones has none before: the author has sealed them. A block that comes by gossip
    // says nothing of the kind.
    const [first] = page.blocks;
    const startsAt = from === 0 ? (first?.block.height ?? 0) : 0;
    const said =
      startsAt === 0 || isSaid || first === undefined
        ? undefined
        : await this.#start.ask(chainId, first, this.#others(chainId, nodeId), this.#stop.signal);
    if (said?.earlierAt !== undefined) {
      // Whoever only says so, and gives none, must not keep the copy from beginning.
      if (!(await this.#page(chainId, said.earlierAt, true))) this.#leaveOut(chainId, said.earlierAt);
      return true;
    }
    const { added, refused } = await this.#intake.take(chainId, page.blocks, nodeId, startsAt);
    if (said?.confirmed === true && added > 0) {
      await this.#context.store.confirmStart(chainId);
      await this.#held.refresh(chainId);
    }
    if (refused === null) {
      if (added > 0) communicator.conduct(nodeId, 'useful', 'It gave blocks of a chain.');
      return added > 0 || this.#held.heightOf(chainId) >= page.height;
    }
    if (isOfAnotherPast(refused)) await this.#intake.partedFrom(chainId, nodeId, this.#stop.signal);
    return false;
  }

  /** Other members that can be asked about a chain, the best standing first. */
  #others(chainId: string, nodeId: string): readonly string[] {
    const { communicator, members } = this.#context;
    return communicator
      .reachable()
      .filter((other) => other !== nodeId && members.standing(other) === 'member' && !this.#isLeftOut(chainId, other));
  }

  #isLeftOut(chainId: string, nodeId: string): boolean {
    return (this.#wrong.get(`${chainId} ${nodeId}`) ?? 0) > this.#context.nowMs();
  }

  #leaveOut(chainId: string, nodeId: string): void {
    const nowMs = this.#context.nowMs();
    for (const [key, untilMs] of this.#wrong) if (untilMs <= nowMs) this.#wrong.delete(key);
    this.#wrong.set(`${chainId} ${nodeId}`, nowMs + syncLimits.wrongSourceMs);
  }

  /** The best node that holds more than is held here; undefined: none that can be asked now. */
  #sourceOf(chainId: string): string | undefined {
    const held = this.#held.heightOf(chainId);
    const sources = this.#sources.get(chainId);
    const nowMs = this.#context.nowMs();
    // What is not kept need not be fetched. A time that is further away was noted while the clock was ahead.
    const waitMs = (this.#held.get(chainId)?.overShare?.againAt ?? 0) - nowMs;
    if (waitMs > 0 && waitMs <= ledgerLimits.shareAgainMs) return undefined;
    return this.#context.communicator
      .reachable()
      .find((nodeId) => (sources?.get(nodeId) ?? -1) > held && !this.#isLeftOut(chainId, nodeId));
  }
}
