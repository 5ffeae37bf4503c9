import type { Startable } from '../../startable.ts';
import type { Metrics } from '../../telemetry/index.ts';
import type { FullBlock } from '../types.ts';
import { CatchUp } from './catch-up.ts';
import { ForkWatch } from './fork-watch.ts';
import { Gossip } from './gossip.ts';
import { HeldChains } from './held-chains.ts';
import { Intake } from './intake.ts';
import { LateStart } from './late-start.ts';
import { syncLimits } from './limits.ts';
import { Offers } from './offers.ts';
import { Questions } from './questions.ts';
import { Repair } from './repair.ts';
import { Serving } from './serving.ts';
import { ShareWatch } from './share-watch.ts';
import type { SyncContext } from './sync-context.ts';
import { Witness } from './witness.ts';
import { WitnessCheck } from './witness-check.ts';

export interface LedgerSyncOptions extends SyncContext {
  readonly metrics: Metrics;
  /** Told of each block of the own chain when it is on the disk. @returns ends it */
  readonly onBlock: (listener: (block: FullBlock) => void) => () => void;
  /** Told of a chain whose state in the store may be another now, and when the store was opened. @returns ends it */
  readonly onChanged: (listener: (chainId: string) => void) => () => void;
  /** Milliseconds between two comparisons of heads with all nodes; a test sets it. */
  readonly headsMs?: number;
  readonly witnessMs?: number;
}

/** Told of blocks that are held from now on, own ones and those of others. */
export type BlocksListener = (chainId: string, blocks: readonly FullBlock[]) => void;

/** Keeps the chains of all members alike at all of them: spreads, fetches, compares, witnesses, and finds who signed two pasts. */
export class LedgerSync implements Startable {
  readonly held: HeldChains;
  readonly forks: ForkWatch;
  readonly questions: Questions;
  readonly repair: Repair;
  readonly witness: Witness;
  readonly offers: Offers;
  readonly #options: LedgerSyncOptions;
  readonly #intake: Intake;
  readonly #catchUp: CatchUp;
  readonly #shares: ShareWatch;
  readonly #gossip: Gossip;
  readonly #serving: Serving;
  readonly #witnessCheck: WitnessCheck;
  readonly #listeners = new Set<BlocksListener>();
  readonly #stops: (() => void)[] = [];
  #isLoaded = false;

  constructor(options: LedgerSyncOptions) {
    this.#options = options;
    this.held = new HeldChains(options.store);
    this.forks = new ForkWatch(options);
    this.questions = new Questions(options, this.held);
    this.repair = new Repair(options, this.held, this.questions);
    this.witness = new Witness(options, this.held);
    this.offers = new Offers(options);
    this.#intake = new Intake(options, this.held, this.questions, this.forks);
    this.#catchUp = new CatchUp(options, this.held, this.questions, this.#intake, new LateStart(options, this.held, this.questions));
    this.#shares = new ShareWatch(options, this.held);
    this.#gossip = new Gossip(options, this.held, this.#intake, this.#catchUp);
    this.#serving = new Serving(options, this.held);
    this.#witnessCheck = new WitnessCheck(options, this.#intake);
    this.#count();
  }

  /** Does not wait for the store: what it holds is read when it is open. */
  start(): Promise<void> {
    const { onBlock, onChanged, nodeId, headsMs = syncLimits.headsMs, witnessMs = syncLimits.witnessMs } = this.#options;
    this.#stops.push(
      onBlock((block) => {
        this.#gossip.spread(block);
        this.#tell(nodeId, [block]);
      }),
      onChanged((chainId) => void this.#read(chainId)),
      this.held.onChange(() => this.#shares.look()),
      this.#intake.onTaken((chainId, blocks) => {
        this.#tell(chainId, blocks);
        void this.#witnessCheck.look(chainId, blocks);
      }),
    );
    this.#serving.start();
    this.offers.start();
    this.#gossip.start(headsMs);
    this.witness.start(witnessMs);
    return this.#read(nodeId);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#gossip.stop();
    await this.#catchUp.stop();
    this.witness.stop();
  }

  /** Nodes became members, or are none any more: chains that were refused before are held now. */
  membersChanged(): void {
    this.#shares.look();
    this.#gossip.compareSoon();
  }

  /** Told when blocks are held that were not before. @returns ends it */
  onBlocks(listener: BlocksListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads one chain; the first time, all of them and the evidence of forks. A store that is not open says so when it is. */
  async #read(chainId: string): Promise<void> {
    try {
      if (this.#isLoaded) {
        const head = await this.held.refresh(chainId);
        // A setting allows more than before: what others hold is asked for now, and not when heads are compared the next time.
        if (head?.overShare?.againAt === 0) this.#gossip.compareSoon();
        return;
      }
      await this.held.load();
      await this.forks.load();
      this.#shares.look();
      this.#isLoaded = true;
      this.#gossip.compareAll();
    } catch (error) {
      this.#options.logger.debug('ledger.notRead', 'The chains held here could not be read yet.', { chainId, error });
    }
  }

  #tell(chainId: string, blocks: readonly FullBlock[]): void {
    for (const listener of this.#listeners) listener(chainId, blocks);
  }

  #count(): void {
    const { metrics } = this.#options;
    const gauges: readonly (readonly [string, string, () => number])[] = [
      ['signalbox_ledger_forks', 'Places for which one node signed two blocks.', () => this.forks.forks.length],
      [
        'signalbox_ledger_disagreements',
        'Heads that others witnessed and that are not those held here.',
        () => this.#witnessCheck.disagreements,
      ],
      ['signalbox_ledger_over_share', 'Copies that are over their share of the disk.', () => this.#shares.over.length],
      [
        'signalbox_ledger_blocks_over_share',
        'Blocks of other nodes that were right and not kept since the start, because their chains were over their share.',
        () => this.#intake.overShare,
      ],
      ['signalbox_ledger_catching_up', 'Chains of which blocks are being fetched.', () => this.#catchUp.running],
      ['signalbox_ledger_blocks_taken', 'Blocks of other nodes kept since the start.', () => this.#intake.taken],
      ['signalbox_ledger_pages_fetched', 'Pages of blocks fetched from other nodes since the start.', () => this.#catchUp.pages],
      [
        'signalbox_ledger_refused',
        'Blocks, questions and notes of other nodes refused since the start: wrong, or more than one node may send.',
        () => this.#intake.refused + this.#gossip.refused + this.#serving.refused + this.offers.refused,
      ],
    ];
    for (const [name, help, read] of gauges) metrics.gauge({ name, help }, read);
  }
}
