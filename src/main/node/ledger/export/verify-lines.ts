/** Checks an exported chain, with nothing but its lines: no node, no data folder, no other file. */
import type { KeyObject } from 'node:crypto';
import type { LedgerFault } from '../../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { fromBase64url, importPublicKey, isSignedBy, publicKeyOf, sameBytes, toBase64url } from '../../identity/index.ts';
import { toHex } from '../../trust/digest.ts';
import { decodeBlock, encodeHead } from '../block.ts';
import { decodeEntry, detailsDigest } from '../entry.ts';
import { leafHash, merkleRootOf } from '../merkle.ts';
import { isConfirmationSigned, type Verdict } from '../sync/confirmation.ts';
import type { Entry, SignedBlock } from '../types.ts';
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

/** The first place of a file that is not right. */
export interface ExportFault {
  /** From 1. */
  readonly line: number;
  readonly height: number | null;
  /** Of the entry, where one is concerned. */
  readonly number: number | null;
  /** Member of the line, for example `entries[2]`. */
  readonly field: string | null;
  readonly fault: LedgerFault['fault'] | 'line' | 'details' | 'confirmation' | 'truncated';
  readonly message: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** What another node says in the file, its signature checked. */
export interface ExportConfirmation {
  readonly nodeId: string;
  readonly name: string;
  readonly at: number;
  readonly height: number;
  readonly verdict: Verdict;
}

/** What a file holds, as far as it was found right. */
export interface ExportReport {
  readonly whole: boolean;
  readonly fault: ExportFault | null;
  readonly chainId: string | null;
  readonly name: string | null;
  readonly exportedAt: number | null;
  readonly blocks: number;
  readonly entries: number;
  readonly firstHeight: number | null;
  readonly firstNumber: number | null;
  readonly lastNumber: number | null;
  /** Milliseconds since the epoch, of the first and the last entry. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly headHash: string | null;
  /** Acts whose params are in the file and match the digest of their entry. */
  readonly details: number;
  readonly confirmations: readonly ExportConfirmation[];
  /** Node that signed header and end of the file; null: it is of version 1, of which the last blocks can be cut off unseen. */
  readonly signedBy: string | null;
}

/** Where a chain has come to: what the next block, or the next file of it, has to follow. */
export interface ChainPlace {
  readonly chainId: string;
  readonly block: SignedBlock;
}

/** Confirmations that are listed one by one; further ones are checked alone. */
const listedConfirmations = 256;

class WrongPlace extends Error {
  readonly fault: ExportFault;

  constructor(fault: ExportFault) {
    super(fault.message);
    this.name = 'WrongPlace';
    this.fault = fault;
  }
}

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
      this.#fault = error.fault;
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
    if (this.#end !== undefined) throw this.#wrong('line', 'There is a line after the end line.');
    const line = readLine(text);
    if (!('type' in line)) throw this.#wrong('line', line.message, { field: line.field });
    if ((this.#header === undefined) !== (line.type === 'header'))
      throw this.#wrong('order', this.#header === undefined ? 'The file does not begin with a header.' : 'There is a second header.');
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
    this.#key = this.#checked('chain', () => importPublicKey(publicKeyOf(header.chain)));
    if (header.toHeight < header.fromHeight) throw this.#wrong('line', 'The range ends before it begins.', { field: 'toHeight' });
    if (this.#before !== undefined && this.#before.chainId !== header.chain)
      throw this.#wrong('order', 'The file before this one holds another chain.', {
        field: 'chain',
        expected: this.#before.chainId,
        found: header.chain,
      });
    this.#header = header;
  }

  #takeBlock(line: BlockLine): void {
    const { height } = line;
    const block = this.#checked('block', () => decodeBlock(fromBase64url(line.block, 'block', 204)), 'unreadable', height);
    const header = this.#header as HeaderLine;
    const expectedHeight = this.#block === undefined ? header.fromHeight : this.#block.height + 1;
    if (block.height !== height)
      throw this.#wrong('order', `The line says block ${height}, its signed bytes say ${block.height}.`, { height, field: 'height' });
    if (height !== expectedHeight)
      throw this.#wrong(
        height > expectedHeight ? 'gap' : 'order',
        height > expectedHeight
          ? `Block ${expectedHeight} is missing: block ${height} stands in its place.`
          : `Block ${height} stands where block ${expectedHeight} belongs.`,
        { height, field: 'height', expected: String(expectedHeight), found: String(height) },
      );
    if (height > header.toHeight)
      throw this.#wrong('order', `Block ${height} is beyond the range that the header tells.`, { height, field: 'height' });
    this.#checkBlock(block, header);
    const entries = this.#entriesOf(line, block);
    this.#first ??= block;
    this.#block = block;
    this.#entriesOfBlock = entries;
    this.#opened = new Set();
    this.#blocks++;
    this.#entries += entries.length;
    this.#firstAt ??= entries[0]?.at ?? null;
    this.#lastAt = entries.at(-1)?.at ?? this.#lastAt;
  }

  #checkBlock(block: SignedBlock, header: HeaderLine): void {
    const { height } = block;
    if (!sameBytes(block.author, publicKeyOf(header.chain)))
      throw this.#wrong('signature', `Block ${height} is of another node than the chain.`, { height, field: 'block' });
    if (this.#key === undefined || !isSignedBy(this.#key, encodeHead(block), block.signature))
      throw this.#wrong('signature', `Block ${height} does not bear the signature of its node.`, { height, field: 'block' });
    const before = this.#block ?? this.#before?.block;
    if (before === undefined) return;
    if (height !== before.height + 1)
      throw this.#wrong('gap', `This file goes on with block ${height}; the one before it ended with block ${before.height}.`, {
        height,
        field: 'height',
        expected: String(before.height + 1),
        found: String(height),
      });
    if (!sameBytes(block.prevHash, before.hash))
      throw this.#wrong('prevHash', `Block ${height} does not follow the block before it.`, {
        height,
        field: 'block',
        expected: toHex(before.hash),
        found: toHex(block.prevHash),
      });
    const number = before.firstNumber + before.count;
    if (block.firstNumber !== number)
      throw this.#wrong('order', `The entries of block ${height} begin with number ${block.firstNumber} instead of ${number}.`, {
        height,
        field: 'block',
        expected: String(number),
        found: String(block.firstNumber),
      });
    if (block.at < before.at)
      throw this.#wrong('order', `Block ${height} is older than the block before it.`, {
        height,
        field: 'block',
        expected: String(before.at),
        found: String(block.at),
      });
  }

  #entriesOf(line: BlockLine, block: SignedBlock): Entry[] {
    const { height } = block;
    if (line.entries.length !== block.count)
      throw this.#wrong('entryMissing', `Block ${height} has ${line.entries.length} entries in the file, ${block.count} were signed.`, {
        height,
        field: 'entries',
        expected: String(block.count),
        found: String(line.entries.length),
      });
    if (line.leaves.length !== block.count)
      throw this.#wrong('line', `Block ${height} has another number of leaves than of entries.`, { height, field: 'leaves' });
    const bytes = line.entries.map((text) => new Uint8Array(Buffer.from(text, 'utf8')));
    const hashes = bytes.map(leafHash);
    const root = merkleRootOf(hashes);
    const isRight = sameBytes(root, block.entriesRoot);
    const leaves = hashes.map(toBase64url);
    const changed = leaves.findIndex((leaf, index) => leaf !== line.leaves[index]);
    if (changed !== -1) {
      const field = isRight ? `leaves[${changed}]` : `entries[${changed}]`;
      throw this.#wrong(
        'entryChanged',
        isRight
          ? `The leaf hash of entry ${block.firstNumber + changed} in block ${height} was changed.`
          : `Entry ${block.firstNumber + changed} in block ${height} was changed.`,
        {
          height,
          number: block.firstNumber + changed,
          field,
          expected: line.leaves[changed] ?? null,
          found: leaves[changed] ?? null,
        },
      );
    }
    if (!isRight)
      throw this.#wrong('entryChanged', `The entries of block ${height} are not those that were signed.`, {
        height,
        field: 'entries',
        expected: toHex(block.entriesRoot),
        found: toHex(root),
      });
    return bytes.map((entryBytes, index) => {
      const number = block.firstNumber + index;
      const field = `entries[${index}]`;
      const entry = this.#checked(field, () => decodeEntry(entryBytes), 'unreadable', height, number);
      if (entry.number !== number)
        throw this.#wrong('order', `An entry of block ${height} says that it is number ${entry.number}; its place is ${number}.`, {
          height,
          number,
          field,
        });
      return entry;
    });
  }

  #takeDetails({ number, salt, params }: DetailsLine): void {
    const entry = this.#entriesOfBlock.find((each) => each.number === number);
    const height = this.#block?.height ?? null;
    if (entry === undefined)
      throw this.#wrong('details', `What was passed to entry ${number} does not stand behind its block.`, { number, field: 'number' });
    if (this.#opened.has(number))
      throw this.#wrong('details', `What was passed to entry ${number} stands there twice.`, { height, number, field: 'number' });
    const digest = this.#checked(
      'salt',
      () => detailsDigest(fromBase64url(salt, 'salt', 16), canonicalJson(params)),
      'details',
      height,
      number,
    );
    if (digest !== entry.details)
      throw this.#wrong('details', `What the file says was passed to entry ${number} is not what its digest was made of.`, {
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
    if (confirmation.chainId !== header.chain)
      throw this.#wrong('confirmation', 'A confirmation speaks of another chain.', { field: 'chainId' });
    const isSigned = this.#checked('signature', () => isConfirmationSigned(confirmation), 'confirmation');
    if (!isSigned)
      throw this.#wrong('confirmation', `The confirmation does not bear the signature of ${confirmation.nodeId}.`, { field: 'signature' });
    const block = this.#block;
    if (block === undefined || block.height !== header.toHeight)
      throw this.#wrong('order', 'A confirmation stands before the last block, which it has to speak of.', {
        height: block?.height ?? null,
      });
    for (const { height, verdict, hash } of confirmation.answers) {
      const hashHere = toHex(block.hash);
      if (height !== block.height || (verdict === 'same') !== (hash === hashHere))
        throw this.#wrong('confirmation', `The confirmation speaks of another block ${height} than the last one in this file.`, {
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
      throw this.#wrong('gap', `The file ends after block ${height ?? 'none'}; its header tells of blocks up to ${header.toHeight}.`, {
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
      throw this.#wrong('line', message, { field, expected: String(end[field]), found: String(found[field]) });
    }
    this.#checkSignature(header, end);
    this.#end = end;
  }

  /** Of version 1 the end bears no signature, and of what is written since it must. */
  #checkSignature(header: HeaderLine, end: EndLine): void {
    const { signature, ...signed } = end;
    if (header.version === 1 && signature === undefined) return;
    if (header.version === 1 || signature === undefined)
      throw this.#wrong(
        'signature',
        signature === undefined ? 'The end line bears no signature.' : 'A file of version 1 bears no signature.',
        {
          field: 'signature',
        },
      );
    const isSigned = this.#checked('signature', () =>
      isSignedBy(importPublicKey(publicKeyOf(header.exportedBy)), endBytes(header, signed), fromBase64url(signature, 'signature', 64)),
    );
    if (!isSigned)
      throw this.#wrong('signature', `Header and end of the file are not what ${header.exportedBy} signed: blocks may have been cut off.`, {
        field: 'signature',
        height: this.#block?.height ?? null,
      });
  }

  /** Runs a check whose refusal names a member of the line. */
  #checked<T>(
    field: string,
    check: () => T,
    fault: ExportFault['fault'] = 'line',
    height: number | null = null,
    number: number | null = null,
  ): T {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      throw this.#wrong(fault, error.message, { field, height, number });
    }
  }

  #wrong(fault: ExportFault['fault'], message: string, place: Partial<ExportFault> = {}): WrongPlace {
    return new WrongPlace(this.#faultOf(fault, message, place));
  }

  #faultOf(fault: ExportFault['fault'], message: string, place: Partial<ExportFault>): ExportFault {
    return { line: this.#line, height: null, number: null, field: null, expected: null, found: null, ...place, fault, message };
  }
}
