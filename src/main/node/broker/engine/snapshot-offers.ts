import type { BrokerId, GroupId, LogPosition } from '../core/types.ts';
import type { PeerSender } from '../peers/types.ts';
import type { SnapshotFile, StateStore } from '../state/types.ts';

export interface SnapshotOffersOptions {
  readonly groupId: GroupId;
  readonly store: StateStore;
  readonly peers: PeerSender;
  /** A copy of the state as it is. */
  readonly make: () => Promise<SnapshotFile>;
  /** What is up to this log index is no longer in the log. */
  readonly cutIndex: () => number;
  /** @param position of the snapshot; all 0 when none could be made */
  readonly onSent: (to: BrokerId, position: LogPosition, ok: boolean) => void;
  readonly onFailed: (error: unknown) => void;
}

const nowhere: LogPosition = { index: 0, term: 0, checksum: 0 };
/** How long a file is kept for a member that has not got all of it. */
const keptMs = 600_000;

/**
 * Snapshots for members that are too far behind for the log. One file serves all that ask, and is offered again after a connection
 * broke, as long as the log holds what follows it: so a large one gets over a bad line in the end.
 */
export class SnapshotOffers {
  readonly #options: SnapshotOffersOptions;
  readonly #sending = new Set<BrokerId>();
  #file: SnapshotFile | undefined;
  #making: Promise<SnapshotFile> | undefined;
  #madeAtMs = 0;
  #stopped = false;

  constructor(options: SnapshotOffersOptions) {
    this.#options = options;
  }

  /** Never rejects: the core asks again when the member still needs it. */
  async offer(to: BrokerId): Promise<void> {
    if (this.#sending.has(to) || this.#stopped) return;
    this.#sending.add(to);
    try {
      const file = await this.#current();
      const ok = await this.#options.peers.offerSnapshot(to, this.#options.groupId, file);
      this.#sending.delete(to);
      if (ok && this.#sending.size === 0) await this.#release();
      this.#options.onSent(to, file.position, ok);
    } catch (error) {
      this.#sending.delete(to);
      if (this.#stopped) return;
      this.#options.onSent(to, nowhere, false);
      this.#options.onFailed(error);
    }
  }

  /** Lets go of a file that nobody has fetched for long. Called now and then. */
  async look(): Promise<void> {
    if (this.#file !== undefined && this.#sending.size === 0 && performance.now() - this.#madeAtMs > keptMs) await this.#release();
  }

  stop(): void {
    this.#stopped = true;
  }

  #current(): Promise<SnapshotFile> {
    if (this.#file !== undefined && this.#file.position.index >= this.#options.cutIndex()) return Promise.resolve(this.#file);
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<SnapshotFile> {
    const file = await this.#options.make();
    this.#file = file;
    this.#madeAtMs = performance.now();
    return file;
  }

  async #release(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await this.#options.store.release(file.path);
  }
}
