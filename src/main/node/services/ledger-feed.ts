import type { ResultOf } from '../../../common/contract/index.ts';
import type { LedgerEntry } from '../../../common/contract/ledger.ts';
import { decodeEntry } from '../ledger/entry.ts';
import type { FullBlock } from '../ledger/types.ts';
import type { Router } from '../router/index.ts';
import type { Startable } from '../startable.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { ChainViews } from './ledger/chain-views.ts';
import type { LedgerServiceOptions } from './ledger.ts';
import { ledgerStatus } from './ledger.ts';

/** Status of the ledger, whenever it has changed. */
export const ledgerTopic = '/ledger';
/** Entries as they are written, own ones and those of others. */
export const ledgerEntriesTopic = '/ledger/entries';

/** Changes in that time are told once. */
const beatMs = 250;
/** Entries of one event; what is above is counted and can be listed. */
const entriesPerEvent = 100;

/** What has changed: entries in a chain, the state of one, or only how far a verification has come. */
export type LedgerChange = 'entries' | 'chains' | 'verifying';

export interface LedgerEvent {
  readonly change: LedgerChange;
  readonly status: ResultOf<'ledger.status'>;
}

export interface LedgerEntriesEvent {
  /** In the order in which they got here. */
  readonly entries: readonly LedgerEntry[];
  /** Entries of the same moment that are not in this event. */
  readonly left: number;
}

/** Tells screens of the ledger what is new, at most four times a second, and only while somebody listens. */
export class LedgerFeed implements Startable {
  readonly #options: LedgerServiceOptions;
  readonly #router: Pick<Router, 'onDemand' | 'publish'>;
  readonly #views: ChainViews;
  readonly #stops: (() => void)[] = [];
  readonly #changes = new Set<LedgerChange>();
  #entries: LedgerEntry[] = [];
  #left = 0;
  #isStatusWanted = false;
  #areEntriesWanted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LedgerServiceOptions, router: Pick<Router, 'onDemand' | 'publish'>) {
    this.#options = options;
    this.#router = router;
    this.#views = new ChainViews(options);
  }

  start(): Promise<void> {
    const { sync } = this.#options;
    this.#stops.push(
      this.#router.onDemand(ledgerTopic, (wanted) => {
        this.#isStatusWanted = wanted;
      }),
      this.#router.onDemand(ledgerEntriesTopic, (wanted) => {
        this.#areEntriesWanted = wanted;
      }),
      sync.held.onChange(() => this.changed('chains')),
      sync.onBlocks((chainId, blocks) => this.#written(chainId, blocks)),
    );
    return Promise.resolve();
  }

  stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    // A verification that still runs tells nobody any more.
    this.#isStatusWanted = false;
    this.#areEntriesWanted = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return Promise.resolve();
  }

  /** Notes that something is another than before. */
  changed(change: LedgerChange): void {
    if (!this.#isStatusWanted && !this.#areEntriesWanted) return;
    this.#changes.add(change);
    this.#timer ??= setTimeout(() => this.#tell(), beatMs).unref();
  }

  /** A store that cannot be read now says so to whoever asks; the next change is told again. */
  async #tellStatus(change: LedgerChange): Promise<void> {
    try {
      this.#router.publish(ledgerTopic, { change, status: await ledgerStatus(this.#options) } satisfies LedgerEvent);
    } catch (error) {
      this.#options.logger.debug('ledger.statusNotTold', 'The status of the ledger could not be read.', { error });
    }
  }

  #written(chainId: string, blocks: readonly FullBlock[]): void {
    if (this.#areEntriesWanted) for (const block of blocks) this.#keep(chainId, block);
    this.changed('entries');
  }

  #keep(chainId: string, { block, entries }: FullBlock): void {
    for (const bytes of entries) {
      if (this.#entries.length >= entriesPerEvent) {
        this.#left++;
        continue;
      }
      const place = { chainId, height: block.height, prevHash: toHex(block.prevHash), verified: false };
      this.#entries.push(this.#views.entry({ ...place, entry: decodeEntry(bytes), digest: toHex(sha256(bytes)) }));
    }
  }

  #tell(): void {
    this.#timer = undefined;
    const change = this.#changes.has('entries') ? 'entries' : this.#changes.has('chains') ? 'chains' : 'verifying';
    this.#changes.clear();
    if (this.#isStatusWanted) void this.#tellStatus(change);
    if (this.#entries.length === 0) return;
    this.#router.publish(ledgerEntriesTopic, { entries: this.#entries, left: this.#left } satisfies LedgerEntriesEvent);
    this.#entries = [];
    this.#left = 0;
  }
}
