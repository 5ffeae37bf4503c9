import { fromBase64url, type Signer, toBase64url } from '../../identity/index.ts';
import { toHex } from '../../trust/digest.ts';
import { encodeBlock } from '../block.ts';
import type { EntryDetails } from '../entry.ts';
import { leafHash } from '../merkle.ts';
import type { SignedConfirmation } from '../sync/confirmation.ts';
import type { FullBlock } from '../types.ts';
import { type EndLine, type ExportLine, endBytes, exportVersion, LineDigest, writeLine } from './lines.ts';

/** What the first line says. */
export interface ExportHead {
  readonly chainId: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly exportedAt: number;
  /** Node that writes the file. */
  readonly exportedBy: string;
  readonly fromHeight: number;
  readonly toHeight: number;
}

/** How far an export has come; enough to go on with in the next page. */
export interface ExportProgress {
  readonly blocks: number;
  readonly entries: number;
  /** Of the last block written, hex; empty: none yet. */
  readonly headHash: string;
  /** {@link LineDigest}, base64url. */
  readonly digest: string;
}

/** Writes the lines of an export; what it has written is taken in pages. */
export class ExportWriter {
  readonly #digest: LineDigest;
  #lines: string[] = [];
  #characters = 0;
  #blocks: number;
  #entries: number;
  #headHash: string;

  /** @param progress where the page before ended; without: the export begins */
  constructor(progress?: ExportProgress) {
    this.#digest = progress === undefined ? new LineDigest() : new LineDigest(fromBase64url(progress.digest, 'digest', 32));
    this.#blocks = progress?.blocks ?? 0;
    this.#entries = progress?.entries ?? 0;
    this.#headHash = progress?.headHash ?? '';
  }

  get progress(): ExportProgress {
    return { blocks: this.#blocks, entries: this.#entries, headHash: this.#headHash, digest: toBase64url(this.#digest.value) };
  }

  /** Characters that wait to be taken: a measure for when a page is full. */
  get size(): number {
    return this.#characters;
  }

  header({ chainId, ...head }: ExportHead): void {
    this.#write({ type: 'header', format: 'signalbox-ledger', version: exportVersion, chain: chainId, ...head });
  }

  /** @param details what was passed to acts of the block, where it is to be opened */
  block({ block, entries }: FullBlock, details: readonly EntryDetails[] = []): void {
    this.#write({
      type: 'block',
      height: block.height,
      block: toBase64url(encodeBlock(block)),
      leaves: entries.map((bytes) => toBase64url(leafHash(bytes))),
      entries: entries.map((bytes) => Buffer.from(bytes).toString('utf8')),
    });
    this.#blocks++;
    this.#entries += entries.length;
    this.#headHash = toHex(block.hash);
    for (const { number, salt, params } of details)
      this.#write({ type: 'details', number, salt: toBase64url(salt), params: JSON.parse(params) as never });
  }

  /** @param name of the node that confirms, for people */
  confirmation(confirmation: SignedConfirmation, name: string): void {
    this.#write({ type: 'confirmation', ...confirmation, name, answers: [...confirmation.answers] });
  }

  /**
   * Ends the file, signed by the node that writes it.
   *
   * @param head what the first line says
   */
  end(head: Omit<ExportHead, 'name'>, signer: Signer): void {
    const { blocks, entries, headHash, digest } = this.progress;
    const end: EndLine = { type: 'end', blocks, entries, headHash, digest };
    const signature = toBase64url(signer.sign(endBytes({ ...head, chain: head.chainId }, end)));
    this.#write({ ...end, signature });
  }

  /** Gives out what was written since the last time. */
  take(): string {
    const text = this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#characters = 0;
    return text;
  }

  #write(line: ExportLine): void {
    const text = writeLine(line);
    this.#digest.add(text);
    this.#lines.push(text);
    this.#characters += text.length + 1;
  }
}
