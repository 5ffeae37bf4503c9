/** Reads the topics of other nodes again and again, as long as their branch is open; a closed one costs nothing. */
import { SignalboxError } from '../../../../common/errors.ts';

/** Branches that are read at once; the first of them, so that opening one more does not stop another. */
export const mostReadBranches = 16;

export interface BranchReaderOptions<R> {
  /** Time between the end of one reading of a node and the next. */
  readonly everyMs: number;
  readonly read: (nodeId: string, signal: AbortSignal) => Promise<R>;
  /** False: what is due is put off, because nobody looks. */
  readonly isWatched: () => boolean;
  readonly onBegin: (nodeId: string) => void;
  readonly onRead: (nodeId: string, result: R) => void;
  readonly onFailed: (nodeId: string, error: SignalboxError) => void;
}

interface Branch {
  readonly abort: AbortController;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class BranchReader<R> {
  readonly #options: BranchReaderOptions<R>;
  readonly #branches = new Map<string, Branch>();

  constructor(options: BranchReaderOptions<R>) {
    this.#options = options;
  }

  /** Reads these nodes from now on and no others. */
  want(nodeIds: readonly string[]): void {
    const wanted = new Set(nodeIds.slice(0, mostReadBranches));
    for (const [nodeId, branch] of [...this.#branches]) if (!wanted.has(nodeId)) this.#end(nodeId, branch);
    for (const nodeId of wanted) if (!this.#branches.has(nodeId)) this.#begin(nodeId);
  }

  /** Ends everything, also what is under way. */
  stop(): void {
    this.want([]);
  }

  #begin(nodeId: string): void {
    const branch: Branch = { abort: new AbortController(), timer: undefined };
    this.#branches.set(nodeId, branch);
    this.#options.onBegin(nodeId);
    void this.#read(nodeId, branch);
  }

  #end(nodeId: string, branch: Branch): void {
    this.#branches.delete(nodeId);
    clearTimeout(branch.timer);
    branch.abort.abort();
  }

  async #read(nodeId: string, branch: Branch): Promise<void> {
    const { signal } = branch.abort;
    if (this.#options.isWatched()) {
      try {
        const result = await this.#options.read(nodeId, signal);
        if (!signal.aborted) this.#options.onRead(nodeId, result);
      } catch (error) {
        if (!signal.aborted)
          this.#options.onFailed(nodeId, error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error)));
      }
    }
    if (!signal.aborted) branch.timer = setTimeout(() => void this.#read(nodeId, branch), this.#options.everyMs);
  }
}
