import type { Logger } from '../../telemetry/types.ts';
import { type ThreadWith, workerUrl } from '../../threads/index.ts';
import { ThreadCalls } from './thread-calls.ts';

export interface CheckpointThreadOptions {
  readonly resourcesPath: string | undefined;
}

type CheckpointMethods = {
  readonly checkpoint: {
    /** `whole`: until nothing is left, at the cost of making the writer wait. */
    readonly request: { readonly file: string; readonly whole: boolean };
    readonly result: { readonly remainingPages: number };
  };
  readonly checkIntegrity: { readonly request: string; readonly result: undefined };
};

/** What the node's own thread and the one for journals say to each other. */
export type CheckpointThread = ThreadWith<{ readonly data: CheckpointThreadOptions; readonly methods: CheckpointMethods }>;

/** A thread for what takes long and holds up nobody: it brings journals into their database files and flushes both. It starts with the first call. */
export class Checkpointer {
  readonly #thread: ThreadCalls<CheckpointThread>;

  constructor(resourcesPath: string | undefined, logger: Logger, onDied: (detail: string) => void) {
    const url = workerUrl('checkpoint-worker', import.meta.url);
    this.#thread = new ThreadCalls<CheckpointThread>({ url, name: 'checkpoint', data: { resourcesPath }, logger, onDied });
  }

  /**
   * @param whole until nothing that was committed before is left in the journal: it is then in the file and on the disk
   * @returns pages of the journal that were left
   * @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT`
   */
  async checkpoint(file: string, whole: boolean): Promise<number> {
    return (await this.#thread.call('checkpoint', { file, whole })).remainingPages;
  }

  /** Reads a whole file, which nobody writes, and sees whether its pages fit together. @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL` */
  async checkIntegrity(file: string): Promise<void> {
    await this.#thread.call('checkIntegrity', file);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
