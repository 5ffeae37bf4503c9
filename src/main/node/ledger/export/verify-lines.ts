/** Checks an exported chain, with nothing but its lines: no node, no data folder, no other file. */
import type { KeyObject } from 'node:crypto';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { fromBase64url, importPublicKey, isSignedBy, publicKeyOf, toBase64url } from '../../identity/index.ts';
import { toHex } from '../../trust/digest.ts';
import { decodeBlock } from '../block.ts';
import { detailsDigest } from '../entry.ts';
import { isConfirmationSigned } from '../sync/confirmation.ts';
import type { Entry, SignedBlock } from '../types.ts';
import { checkSignedBlock, entriesOf } from './check-block-line.ts';
import type { ExportConfirmation, ExportFault, ExportReport } from './export-report.ts';
import {
  type BlockLine,
  type ConfirmationLine,
  type DetailsLine,
  type EndLine,
  type ExportLine,
  endBytes,
  type HeaderLine,
  LineDigest,
  readLine,
} from './lines.ts';
import { checked, WrongPlace, wrong } from './wrong-place.ts';

/** Where a chain has come to: what the next block, or the next file of it, has to follow. */
export interface ChainPlace {
  readonly chainId: string;
  readonly block: SignedBlock;
}

/** Confirmations that are listed one by one; further ones are checked alone. */
const listedConfirmations = 256;

/**
 * Takes the lines of an export one by one and stops at the first that is wrong. Keeps one block at a time, so files may be of any size.
 *
 * @example const verifier = new LineVerifier(); for (const line of lines) if (!verifier.add(line)) break; verifier.finish();
 */
export class LineVerifier {
  readonly #before: ChainPlace | undefined;
  readonly #digest = new LineDigest();
  readonly #confirmations: ExportConfirmation[] = [];
  #line = 0;
  #fault: ExportFault | null = null;
  #header: HeaderLine | undefined;
  #key: KeyObject | undefined;
  #block: SignedBlock | undefined;
  #first: SignedBlock | undefined;
  #entriesOfBlock: readonly Entry[] = [];
  #opened = new Set<number>();
  #end: EndLine | undefined;
  #blocks = 0;
  #entries = 0;
  #details = 0;
  #firstAt: number | null = null;
  #lastAt: number | null = null;

  /** @param before the last place of the file before this one, where a chain was exported in parts */
  constructor(before?: ChainPlace) {
    this.#before = before;
  }

  /** @returns false: this line is wrong, or one before it was */
  add(text: string): boolean {
    if (this.#fault !== null) return false;
    this.#line++;
    try {
      this.#take(text);
    } catch (error) {
      if (!(error instanceof WrongPlace)) throw error;
      this.#fault = this.#faultOf(error.fault, error.message, error.place);
    }
    return this.#fault === null;
  }

  /** Notes that a line could not even be read as text. */
  unreadable(message: string): void {
    this.#fault ??= this.#faultOf('unreadable', message, { line: this.#line + 1 });
  }

  /** Says what was found. A file that ends before its end line is not whole. */
  finish(): ExportReport {
    if (this.#fault === null && this.#end === undefined)
      this.#fault = this.#faultOf('truncated', `The file ends before its end line: ${this.#missing()}.`, { line: this.#line + 1 });
    return {
      whole: this.#fault === null,
      fault: this.#fault,
      chainId: this.#header?.chain ?? null,
      name: this.#header?.name ?? null,
      exportedAt: this.#header?.exportedAt ?? null,
      blocks: this.#blocks,
      entries: this.#entries,
      firstHeight: this.#first?.height ?? null,
      firstNumber: this.#first?.firstNumber ?? null,
      lastNumber: this.#block === undefined ? null : this.#block.firstNumber + this.#block.count - 1,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      headHash: this.#block === undefined ? null : toHex(this.#block.hash),
      details: this.#details,
      confirmations: this.#confirmations,
      signedBy: this.#end?.signature === undefined ? null : (this.#header?.exportedBy ?? null),
    };
  }

  /** What is not there of a file that ends early, as far as its header tells. */
  #missing(): string {
    const header = this.#header;
    if (header === undefined) return 'something is missing';
    const next = this.#block === undefined ? header.fromHeight : this.#block.height + 1;
    if (next > header.toHeight) return 'all blocks are there, what was behind them is missing';
    return next === header.toHeight ? `block ${next} is missing` : `blocks ${next} to ${header.toHeight} are missing`;
  }

  /** What a file that goes on with the chain has to follow; undefined unless this one is whole. */
  get place(): ChainPlace | undefined {
    if (this.#end === undefined || this.#header === undefined || this.#block === undefined) return undefined;
    return { chainId: this.#header.chain, block: this.#block };
  }

  #take(text: string): void {
    if (this.#end !== undefined) throw wrong('line', 'There is a line after the end line.');
    const line = readLine(text);
    if (!('type' in line)) throw wrong('line', line.message, { field: line.field });
    if ((this.#header === undefined) !== (line.type === 'header'))
      throw wrong('order', this.#header === undefined ? 'The file does not begin with a header.' : 'There is a second header.');
    this.#takeLine(line);
    this.#digest.add(text);
  }

  #takeLine(line: ExportLine): void {
    switch (line.type) {
      case 'header':
        this.#takeHeader(line);
        break;
      case 'block':
        this.#takeBlock(line);
        break;
      case 'details':
        this.#takeDetails(line);
        break;
      case 'confirmation':
        this.#takeConfirmation(line);
        break;
      case 'end':
        this.#takeEnd(line);
        break;
    }
  }

  #takeHeader(header: HeaderLine): void {
    this.#key = checked('chain', () => importPublicKey(publicKeyOf(header.chain)));
    if (header.toHeight < header.fromHeight) throw wrong('line', 'The range ends before it begins.', { field: 'toHeight' });
    if (this.#before !== undefined && this.#before.chainId !== header.chain)
      throw wrong('order', 'The file before this one holds another chain.', {
        field: 'chain',
        expected: this.#before.chainId,
        found: header.chain,
      });
    this.#header = header;
  }

  #takeBlock(line: BlockLine): void {
    const { height } = line;
    const block = checked('block', () => decodeBlock(fromBase64url(line.block, 'block', 204)), 'unreadable', height);
    const header = this.#header as HeaderLine;
    const expectedHeight = this.#block === undefined ? header.fromHeight : this.#block.height + 1;
    if (block.height !== height)
      throw wrong('order', `The line says block ${height}, its signed bytes say ${block.height}.`, { height, field: 'height' });
    if (height !== expectedHeight)
      throw wrong(
        height > expectedHeight ? 'gap' : 'order',
        height > expectedHeight
          ? `Block ${expectedHeight} is missing: block ${height} stands in its place.`
          : `Block ${height} stands where block ${expectedHeight} belongs.`,
        { height, field: 'height', expected: String(expectedHeight), found: String(height) },
      );
    if (height > header.toHeight)
      throw wrong('order', `Block ${height} is beyond the range that the header tells.`, { height, field: 'height' });
    checkSignedBlock(block, { header, key: this.#key, before: this.#block ?? this.#before?.block });
    const entries = entriesOf(line, block);
    this.#first ??= block;
    this.#block = block;
    this.#entriesOfBlock = entries;
    this.#opened = new Set();
    this.#blocks++;
    this.#entries += entries.length;
    this.#firstAt ??= entries[0]?.at ?? null;
    this.#lastAt = entries.at(-1)?.at ?? this.#lastAt;
  }

  #takeDetails({ number, salt, params }: DetailsLine): void {
    const entry = this.#entriesOfBlock.find((each) => each.number === number);
    const height = this.#block?.height ?? null;
    if (entry === undefined)
      throw wrong('details', `What was passed to entry ${number} does not stand behind its block.`, { number, field: 'number' });
    if (this.#opened.has(number))
      throw wrong('details', `What was passed to entry ${number} stands there twice.`, { height, number, field: 'number' });
    const digest = checked('salt', () => detailsDigest(fromBase64url(salt, 'salt', 16), canonicalJson(params)), 'details', height, number);
    if (digest !== entry.details)
      throw wrong('details', `What the file says was passed to entry ${number} is not what its digest was made of.`, {
        height,
        number,
        field: 'params',
        expected: entry.details,
        found: digest,
      });
    this.#opened.add(number);
    this.#details++;
  }

  #takeConfirmation({ type: _, name, ...confirmation }: ConfirmationLine): void {
    const header = this.#header as HeaderLine;
    if (confirmation.chainId !== header.chain) throw wrong('confirmation', 'A confirmation speaks of another chain.', { field: 'chainId' });
    const isSigned = checked('signature', () => isConfirmationSigned(confirmation), 'confirmation');
    if (!isSigned)
      throw wrong('confirmation', `The confirmation does not bear the signature of ${confirmation.nodeId}.`, { field: 'signature' });
    const block = this.#block;
    if (block === undefined || block.height !== header.toHeight)
      throw wrong('order', 'A confirmation stands before the last block, which it has to speak of.', {
        height: block?.height ?? null,
      });
    for (const { height, verdict, hash } of confirmation.answers) {
      const hashHere = toHex(block.hash);
      if (height !== block.height || (verdict === 'same') !== (hash === hashHere))
        throw wrong('confirmation', `The confirmation speaks of another block ${height} than the last one in this file.`, {
          height,
          field: 'answers',
          expected: hashHere,
          found: hash,
        });
      if (this.#confirmations.length < listedConfirmations) {
        const { nodeId, at } = confirmation;
        this.#confirmations.push({ nodeId, name, at, height, verdict });
      }
    }
  }

  #takeEnd(end: EndLine): void {
    const header = this.#header as HeaderLine;
    const height = this.#block?.height ?? null;
    if (height !== header.toHeight)
      throw wrong('gap', `The file ends after block ${height ?? 'none'}; its header tells of blocks up to ${header.toHeight}.`, {
        height,
        expected: String(header.toHeight),
        found: String(height ?? 'none'),
      });
    const found = {
      blocks: this.#blocks,
      entries: this.#entries,
      headHash: toHex(this.#block?.hash ?? new Uint8Array(0)),
      digest: toBase64url(this.#digest.value),
    };
    for (const field of ['blocks', 'entries', 'headHash', 'digest'] as const) {
      if (end[field] === found[field]) continue;
      const message =
        field === 'digest'
          ? 'A line that bears no signature of its own was changed: the digest over all lines is another.'
          : `The end line tells of another number or block than the file holds.`;
      throw wrong('line', message, { field, expected: String(end[field]), found: String(found[field]) });
    }
    this.#checkSignature(header, end);
    this.#end = end;
  }

  /** Of version 1 the end bears no signature, and of what is written since it must. */
  #checkSignature(header: HeaderLine, end: EndLine): void {
    const { signature, ...signed } = end;
    if (header.version === 1 && signature === undefined) return;
    if (header.version === 1 || signature === undefined)
      throw wrong('signature', signature === undefined ? 'The end line bears no signature.' : 'A file of version 1 bears no signature.', {
        field: 'signature',
      });
    const isSigned = checked('signature', () =>
      isSignedBy(importPublicKey(publicKeyOf(header.exportedBy)), endBytes(header, signed), fromBase64url(signature, 'signature', 64)),
    );
    if (!isSigned)
      throw wrong('signature', `Header and end of the file are not what ${header.exportedBy} signed: blocks may have been cut off.`, {
        field: 'signature',
        height: this.#block?.height ?? null,
      });
  }

  #faultOf(fault: ExportFault['fault'], message: string, place: Partial<ExportFault>): ExportFault {
    return { line: this.#line, height: null, number: null, field: null, expected: null, found: null, ...place, fault, message };
  }
}
