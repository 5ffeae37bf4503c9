import type { ParsedParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { ChainStore } from '../../ledger/chain-store.ts';
import { type ExportHead, type ExportProgress, ExportWriter } from '../../ledger/export/write-lines.ts';
import type { SignedConfirmation } from '../../ledger/sync/index.ts';

export interface ExportPagesOptions {
  readonly nodeId: string;
  readonly store: ChainStore;
  readonly nameOf: (nodeId: string) => string;
  readonly nowMs: () => number;
  /** Signed answers of other nodes about one block. */
  readonly confirmations: (chainId: string, height: number) => Promise<readonly SignedConfirmation[]>;
}

/** How far an export has come: told to the caller in the cursor, so nothing is kept here between two pages. */
interface Cursor extends ExportProgress {
  readonly next: number;
  readonly to: number;
}

/** Makes the pages of an export, each as large as one answer of the store. */
export class ExportPages {
  readonly #options: ExportPagesOptions;

  constructor(options: ExportPagesOptions) {
    this.#options = options;
  }

  /**
   * @param chainId whose chain
   * @throws SignalboxError `NOT_FOUND` (no such entries here), `INVALID_PARAMS` (cursor), what the store throws
   */
  async page(chainId: string, params: ParsedParamsOf<'ledger.export'>): Promise<ResultOf<'ledger.export'>> {
    const { store } = this.#options;
    const cursor = params.after === undefined ? await this.#begin(chainId, params) : readCursor(params.after);
    const begun = cursor.blocks === 0 ? { head: this.#headOf(chainId, cursor) } : { progress: progressOf(cursor) };
    const part = { begun, fromHeight: cursor.next, toHeight: cursor.to, withDetails: params.withDetails };
    const lines = await store.exportBlocks(chainId, part);
    if (lines === undefined) throw this.#unreadable(chainId, cursor.next);
    const { text, progress, height, entries, blocks } = lines;
    if (height < cursor.to) return { text, next: writeCursor({ ...progress, next: height + 1, to: cursor.to }), entries, blocks };
    const writer = new ExportWriter(progress);
    if (params.withConfirmations)
      for (const confirmation of await this.#options.confirmations(chainId, cursor.to))
        writer.confirmation(confirmation, this.#options.nameOf(confirmation.nodeId));
    writer.end();
    return { text: text + writer.take(), next: null, entries, blocks };
  }

  async #begin(chainId: string, { fromNumber, toNumber }: ParsedParamsOf<'ledger.export'>): Promise<Cursor> {
    const head = await this.#options.store.chain(chainId);
    if (head === undefined || head.height < 0) throw this.#none(chainId);
    const next = fromNumber === undefined ? head.firstHeight : await this.#heightOf(chainId, fromNumber);
    const to =
      toNumber === undefined || toNumber >= head.firstNumber + head.entries - 1 ? head.height : await this.#heightOf(chainId, toNumber);
    if (to < next) throw this.#none(chainId);
    return { next, to, blocks: 0, entries: 0, headHash: '', digest: '' };
  }

  async #heightOf(chainId: string, number: number): Promise<number> {
    const block = await this.#options.store.blockOf(chainId, number);
    if (block === undefined) throw this.#none(chainId);
    return block.block.height;
  }

  #headOf(chainId: string, { next, to }: Cursor): ExportHead {
    const { nameOf, nowMs, nodeId } = this.#options;
    return { chainId, name: nameOf(chainId), exportedAt: nowMs(), exportedBy: nodeId, fromHeight: next, toHeight: to };
  }

  #none(chainId: string): SignalboxError {
    return new SignalboxError('NOT_FOUND', `This node holds no such entries of the chain of ${this.#options.nameOf(chainId)}.`, {
      executed: 'no',
    });
  }

  #unreadable(chainId: string, height: number): SignalboxError {
    const name = this.#options.nameOf(chainId);
    return new SignalboxError(
      'STORAGE_CORRUPT',
      `Block ${height} of the chain of ${name} cannot be read here. Take it from another node: signalbox ledger repair --chain ${name}`,
      { executed: 'no' },
    );
  }
}

function progressOf({ blocks, entries, headHash, digest }: Cursor): ExportProgress {
  return { blocks, entries, headHash, digest };
}

function writeCursor({ next, to, blocks, entries, headHash, digest }: Cursor): string {
  return [next, to, blocks, entries, headHash, digest].join('.');
}

/** @throws SignalboxError `INVALID_PARAMS` */
function readCursor(text: string): Cursor {
  const [, next, to, blocks, entries, headHash = '', digest = ''] =
    /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  const cursor = { next: Number(next), to: Number(to), blocks: Number(blocks), entries: Number(entries), headHash, digest };
  if (digest === '' || cursor.to < cursor.next || cursor.blocks === 0)
    throw new SignalboxError('INVALID_PARAMS', 'The cursor is not one of this method. Begin the export anew.', { executed: 'no' });
  return cursor;
}
