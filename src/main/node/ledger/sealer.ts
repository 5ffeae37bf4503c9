import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SignalboxError } from '../../../common/errors.ts';
import type { Signer } from '../identity/index.ts';
import { syncFolder } from '../store/index.ts';
import { sha256, toHex } from '../trust/digest.ts';
import type { ChainHead, ChainStore } from './chain-store.ts';
import { type Checkpoint, checkpointDraft, readCheckpoint } from './checkpoint-entry.ts';
import type { EntryDetails } from './entry.ts';
import { decodeEntry } from './entry.ts';
import { type ExportHead, ExportWriter } from './export/write-lines.ts';
import type { Recorder } from './recorder.ts';
import type { FullBlock } from './types.ts';

const dayMs = 86_400_000;

export interface SealerOptions {
  readonly store: ChainStore;
  readonly recorder: Pick<Recorder, 'add'>;
  readonly nodeId: string;
  /** Of this node: archives are signed like exports. */
  readonly signer: Signer;
  readonly name: () => string;
  /** Where archives lie. */
  readonly folder: string;
  /** Days for which blocks are kept; null: all. */
  readonly retentionDays: () => number | null;
  readonly nowMs?: () => number;
}

/** What a checkpoint has done. */
export interface Sealed {
  /** Of the newest block of the own chain. */
  readonly height: number;
  /** Newest block that is sealed; -1: none. */
  readonly sealedHeight: number;
  /** Entries that were moved to an archive now. */
  readonly archivedEntries: number;
  /** Absolute path; null: nothing was old enough. */
  readonly archiveFile: string | null;
}

/**
 * Moves what is older than the retention to an archive file, in an order that loses nothing whenever it is cut off: verify, write the archive
 * and have it on the disk, seal it by an entry of the chain, and only then take the blocks out.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #nowMs: () => number;
  #running: Promise<Sealed> | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /**
   * Seals what is older than the retention now. Whoever asks while it runs gets the same answer.
   *
   * @throws SignalboxError `CONFLICT` when what is to be sealed is not whole, `STORAGE_FULL`
   */
  seal(): Promise<Sealed> {
    this.#running ??= this.#seal().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The newest checkpoint of a chain; undefined: there is none. */
  async newest(chainId: string): Promise<Checkpoint | undefined> {
    // Acts that asked for a checkpoint bear the same name, also when nothing was old enough.
    let before: string | undefined;
    do {
      const { entries, next } = await this.#options.store.list({ chainId, act: 'ledger.checkpoint', before, limit: 100 });
      const found = entries.find(({ entry }) => entry.kind === 'checkpoint');
      if (found !== undefined) return readCheckpoint(found.entry.text);
      before = next ?? undefined;
    } while (before !== undefined);
    return undefined;
  }

  /** Takes out what was sealed when the node stopped before it could. */
  async finish(): Promise<void> {
    const { store, nodeId, folder } = this.#options;
    const [head, checkpoint] = await Promise.all([store.chain(nodeId), this.newest(nodeId)]);
    if (head === undefined || checkpoint === undefined || head.height < 0 || head.firstHeight > checkpoint.sealedHeight) return;
    if (await isThere(join(folder, basename(checkpoint.archive)))) await store.prune(nodeId, checkpoint.sealedHeight);
  }

  async #seal(): Promise<Sealed> {
    const { store, nodeId, retentionDays } = this.#options;
    await this.finish();
    const head = await store.chain(nodeId);
    const days = retentionDays();
    const sealedBefore = (head?.firstHeight ?? 0) - 1;
    const unchanged = { height: head?.height ?? -1, sealedHeight: sealedBefore, archivedEntries: 0, archiveFile: null };
    if (head === undefined || days === null || head.height < 1) return unchanged;
    const beforeMs = this.#nowMs() - days * dayMs;
    await this.#pruneCopies(beforeMs);
    const toHeight = await this.#lastBefore(head, beforeMs);
    if (toHeight < head.firstHeight) return unchanged;
    const { fault } = await store.verify(nodeId, { fromHeight: head.firstHeight, toHeight });
    if (fault !== null)
      throw new SignalboxError('CONFLICT', `Nothing was sealed: the ledger of this node is damaged. ${fault.message}`, {
        executed: 'no',
        data: fault,
      });
    const { archive, ...counts } = await this.#writeArchive(head, toHeight);
    const number = await this.#options.recorder.add(
      checkpointDraft({ ...counts, archive: basename(archive), sealedHeight: toHeight }, nodeId, this.#nowMs()),
    );
    await store.prune(nodeId, toHeight);
    const sealing = await store.blockOf(nodeId, number);
    return {
      height: sealing?.block.height ?? head.height,
      sealedHeight: toHeight,
      archivedEntries: counts.entries,
      archiveFile: archive,
    };
  }

  /** Newest block that is older, found by halves: times never go back along a chain. The newest block of all is always kept. */
  async #lastBefore({ chainId, firstHeight, height }: ChainHead, beforeMs: number): Promise<number> {
    let low = firstHeight - 1;
    let high = height - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [found] = (await this.#options.store.blocks(chainId, middle, { blocks: 1 })).blocks;
      if (found !== undefined && found.block.at < beforeMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #writeArchive(head: ChainHead, toHeight: number) {
    const { folder, name, nodeId, signer } = this.#options;
    const archive = join(folder, `ledger-${head.firstHeight}-${toHeight}.jsonl`);
    const partial = `${archive}.partial`;
    const counts = { blocks: 0, entries: 0, digest: '', sealedHash: '' };
    const hashes: Uint8Array[] = [];
    const range = { fromHeight: head.firstHeight, toHeight };
    const first: ExportHead = { chainId: nodeId, name: name(), exportedAt: this.#nowMs(), exportedBy: nodeId, ...range };
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rm(partial, { force: true });
      const handle = await open(partial, 'wx', 0o600);
      try {
        const writer = new ExportWriter();
        writer.header(first);
        for await (const block of this.#blocksUpTo(head, toHeight)) {
          writer.block(block, await this.#detailsOf(block));
          await handle.appendFile(writer.take());
          hashes.push(block.block.hash);
          counts.blocks++;
          counts.entries += block.block.count;
          counts.sealedHash = toHex(block.block.hash);
        }
        writer.end(first, signer);
        await handle.appendFile(writer.take());
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, archive);
      await syncFolder(folder);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      if (error instanceof SignalboxError) throw error;
      throw new SignalboxError(
        'STORAGE_FULL',
        `The archive ${archive} could not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}), and nothing was sealed. Free space on the disk.`,
        { cause: error, executed: 'no' },
      );
    }
    return { ...counts, digest: toHex(sha256(...hashes)), archive };
  }

  async *#blocksUpTo({ chainId, firstHeight }: ChainHead, toHeight: number): AsyncGenerator<FullBlock> {
    let height = firstHeight;
    while (height <= toHeight) {
      const { blocks } = await this.#options.store.blocks(chainId, height);
      if (blocks.length === 0)
        throw new SignalboxError('STORAGE_FULL', `Block ${height} of the ledger cannot be read.`, { executed: 'no' });
      for (const block of blocks) if (block.block.height <= toHeight) yield block;
      height = (blocks.at(-1)?.block.height ?? toHeight) + 1;
    }
  }

  async #detailsOf({ entries }: FullBlock): Promise<readonly EntryDetails[]> {
    const details: EntryDetails[] = [];
    for (const bytes of entries) {
      const entry = decodeEntry(bytes);
      const found = entry.details === null ? undefined : await this.#options.store.details(entry.number);
      if (found !== undefined) details.push(found);
    }
    return details;
  }

  /** Copies of what others have sealed are let go of, as soon as they are as old. */
  async #pruneCopies(beforeMs: number): Promise<void> {
    const { store, nodeId } = this.#options;
    for (const head of await store.chains()) {
      if (head.chainId === nodeId || head.height < 1) continue;
      const checkpoint = await this.newest(head.chainId);
      const toHeight = Math.min(checkpoint?.sealedHeight ?? -1, await this.#lastBefore(head, beforeMs));
      // What is kept must begin behind a checkpoint, or nobody could tell what is missing.
      if (checkpoint !== undefined && toHeight === checkpoint.sealedHeight && toHeight >= head.firstHeight)
        await store.prune(head.chainId, toHeight);
    }
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
