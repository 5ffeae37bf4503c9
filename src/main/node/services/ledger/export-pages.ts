import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ParsedParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Signer } from '../../identity/index.ts';
import type { ChainStore } from '../../ledger/chain-store.ts';
import { type ExportHead, type ExportProgress, ExportWriter } from '../../ledger/export/write-lines.ts';
import type { SignedConfirmation } from '../../ledger/sync/index.ts';

export interface ExportPagesOptions {
  readonly nodeId: string;
  /** Signs the end of each file. */
  readonly signer: Signer;
  readonly store: ChainStore;
  readonly nameOf: (nodeId: string) => string;
  readonly nowMs: () => number;
  /** Signed answers of other nodes about one block. */
  readonly confirmations: (chainId: string, height: number) => Promise<readonly SignedConfirmation[]>;
}

/** How far an export has come: told to the caller in the cursor, so nothing is kept here between two pages. */
interface Cursor extends ExportProgress {
  /** Of the first block of the file, and when it was begun: the signature at its end covers them. */
  readonly from: number;
  readonly exportedAt: number;
  readonly next: number;
  readonly to: number;
}

/** Makes the pages of an export, each as large as one answer of the store. */
export class ExportPages {
  readonly #options: ExportPagesOptions;
  /** Nobody gets the end of a file signed that was not made here. */
  readonly #cursorKey = randomBytes(32);

  constructor(options: ExportPagesOptions) {
    this.#options = options;
  }

  /**
   * @param chainId whose chain
   * @throws SignalboxError `NOT_FOUND` (no such entries here), `INVALID_PARAMS` (cursor), what the store throws
   */
  async page(chainId: string, params: ParsedParamsOf<'ledger.export'>): Promise<ResultOf<'ledger.export'>> {
    const { store } = this.#options;
    const cursor = params.after === undefined ? await this.#begin(chainId, params) : this.#readCursor(chainId, params.after);
    const begun = cursor.blocks === 0 ? { head: this.#headOf(chainId, cursor) } : { progress: progressOf(cursor) };
    const part = { begun, fromHeight: cursor.next, toHeight: cursor.to, withDetails: params.withDetails };
    const lines = await store.exportBlocks(chainId, part);
    if (lines === undefined) throw this.#unreadable(chainId, cursor.next);
    const { text, progress, height, entries, blocks } = lines;
    if (height < cursor.to)
      return { text, next: this.#writeCursor(chainId, { ...cursor, ...progress, next: height + 1 }), entries, blocks };
    const writer = new ExportWriter(progress);
    if (params.withConfirmations)
      for (const confirmation of await this.#options.confirmations(chainId, cursor.to))
        writer.confirmation(confirmation, this.#options.nameOf(confirmation.nodeId));
    writer.end(this.#headOf(chainId, cursor), this.#options.signer);
    return { text: text + writer.take(), next: null, entries, blocks };
  }

  async #begin(chainId: string, { fromNumber, toNumber }: ParsedParamsOf<'ledger.export'>): Promise<Cursor> {
    const head = await this.#options.store.chain(chainId);
    if (head === undefined || head.height < 0) throw this.#none(chainId);
    const next = fromNumber === undefined ? head.firstHeight : await this.#heightOf(chainId, fromNumber);
    const to =
      toNumber === undefined || toNumber >= head.firstNumber + head.entries - 1 ? head.height : await this.#heightOf(chainId, toNumber);
    if (to < next) throw this.#none(chainId);
    return { from: next, exportedAt: this.#options.nowMs(), next, to, blocks: 0, entries: 0, headHash: '', digest: '' };
  }

  async #heightOf(chainId: string, number: number): Promise<number> {
    const block = await this.#options.store.blockOf(chainId, number);
    if (block === undefined) throw this.#none(chainId);
    return block.block.height;
  }

  #headOf(chainId: string, { from, exportedAt, to }: Cursor): ExportHead {
    const { nameOf, nodeId } = this.#options;
    return { chainId, name: nameOf(chainId), exportedAt, exportedBy: nodeId, fromHeight: from, toHeight: to };
  }

  #writeCursor(chainId: string, cursor: Cursor): string {
    const text = writeCursor(cursor);
    return `${text}.${this.#markOf(chainId, text)}`;
  }

  /** @throws SignalboxError `INVALID_PARAMS`, also for one that was made before the node restarted */
  #readCursor(chainId: string, marked: string): Cursor {
    const end = marked.lastIndexOf('.');
    const text = marked.slice(0, Math.max(0, end));
    const [mark, expected] = [Buffer.from(marked.slice(end + 1)), Buffer.from(this.#markOf(chainId, text))];
    if (mark.length !== expected.length || !timingSafeEqual(mark, expected)) throw notACursor();
    return readCursor(text);
  }

  #markOf(chainId: string, text: string): string {
    return createHmac('sha256', this.#cursorKey).update(`${chainId} ${text}`).digest('base64url').slice(0, 22);
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

function writeCursor({ from, exportedAt, next, to, blocks, entries, headHash, digest }: Cursor): string {
  return [from, exportedAt, next, to, blocks, entries, headHash, digest].join('.');
}

/** @throws SignalboxError `INVALID_PARAMS` */
function readCursor(text: string): Cursor {
  const [, from, exportedAt, next, to, blocks, entries, headHash = '', digest = ''] =
    /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.([0-9a-f]{64})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  const [fromHeight, atMs, height, toHeight, blockCount, entryCount] = [from, exportedAt, next, to, blocks, entries].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const place = { from: fromHeight, exportedAt: atMs, next: height, to: toHeight };
  const cursor = { ...place, blocks: blockCount, entries: entryCount, headHash, digest };
  if (digest === '' || cursor.to < cursor.next || cursor.blocks === 0) throw notACursor();
  return cursor;
}

function notACursor(): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', 'The cursor is not one of this method. Begin the export anew.', { executed: 'no' });
}
