import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../common/errors.ts';
import { decodeBlock, encodeBlock } from './block.ts';
import type { OwnBlock } from './chain-store.ts';
import { decodeEntry, type EntryDetails } from './entry.ts';
import { ledgerLimits } from './limits.ts';
import { leafHash } from './merkle.ts';
import type { BlockHead, FullBlock, SignedBlock } from './types.ts';

/** A block as it lies in the file. */
export interface BlockRow {
  readonly height: number;
  readonly bytes: Buffer;
  readonly hash: Buffer;
  readonly at: number;
  readonly first_number: number;
  readonly count: number;
  readonly size_bytes: number;
  readonly audit_id: number | null;
  readonly audit_seal: Buffer | null;
}

/** An entry as it lies in the file. */
export interface EntryRow {
  readonly number: number;
  readonly height: number;
  readonly leaf: Buffer;
  readonly at: number;
  readonly kind: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string | null;
  readonly outcome: string;
  readonly bytes: Buffer;
}

/** Blocks and entries of the file, row by row. Whoever writes holds a transaction. */
export class BlockRows {
  readonly #insertBlock: Database.Statement<unknown[]>;
  readonly #insertEntry: Database.Statement<unknown[]>;
  readonly #insertDetails: Database.Statement<unknown[]>;
  readonly #selectBlocks: Database.Statement<[number, number, number], BlockRow>;
  readonly #selectEntries: Database.Statement<[number, number, number], EntryRow>;
  readonly #selectHeight: Database.Statement<[number, number], { height: number }>;
  readonly #selectDetails: Database.Statement<[number], { number: number; salt: Buffer; params: string }>;
  readonly #deletes: readonly Database.Statement<[number, number]>[];
  readonly #deleteNumbers: Database.Statement<[number, number, number]>;
  readonly #deleteDetails: Database.Statement<[number]>;

  constructor(database: Database.Database) {
    this.#insertBlock = database.prepare('INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertEntry = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertDetails = database.prepare('INSERT OR IGNORE INTO details VALUES (?, ?, ?)');
    this.#selectBlocks = database.prepare('SELECT * FROM block WHERE chain = ? AND height >= ? ORDER BY height LIMIT ?');
    this.#selectEntries = database.prepare('SELECT * FROM entry WHERE chain = ? AND height BETWEEN ? AND ? ORDER BY height, number');
    this.#selectHeight = database.prepare('SELECT height FROM entry WHERE chain = ? AND number = ?');
    this.#selectDetails = database.prepare('SELECT number, salt, params FROM details WHERE number = ?');
    this.#deleteNumbers = database.prepare('DELETE FROM entry WHERE chain = ? AND number BETWEEN ? AND ?');
    this.#deleteDetails = database.prepare('DELETE FROM details WHERE number = ?');
    this.#deletes = ['block', 'entry'].map((table) => database.prepare(`DELETE FROM ${table} WHERE chain = ? AND height = ?`));
  }

  /** @returns bytes of its entries */
  insert(chain: number, { block, entries, ...own }: FullBlock & Partial<Pick<OwnBlock, 'details' | 'auditId' | 'auditSeal'>>): number {
    const sizeBytes = entries.reduce((sum, { length }) => sum + length, 0);
    this.#insertBlock.run(
      chain,
      block.height,
      Buffer.from(encodeBlock(block)),
      Buffer.from(block.hash),
      block.at,
      block.firstNumber,
      block.count,
      sizeBytes,
      own.auditId ?? null,
      own.auditSeal === undefined ? null : Buffer.from(own.auditSeal),
    );
    for (const bytes of entries) {
      const { number, at, kind, actor, act, target, outcome } = decodeEntry(bytes);
      const leaf = Buffer.from(leafHash(bytes));
      this.#insertEntry.run(chain, number, block.height, leaf, at, kind, actor, act, target, outcome, Buffer.from(bytes));
    }
    for (const { number, salt, params } of own.details ?? []) this.#insertDetails.run(number, Buffer.from(salt), params);
    return sizeBytes;
  }

  /** Makes room for a block: what stands at its height, and what has the numbers of its entries. */
  delete(chain: number, { height, firstNumber, count }: BlockHead): void {
    for (const statement of this.#deletes) statement.run(chain, height);
    this.#deleteNumbers.run(chain, firstNumber, firstNumber + count - 1);
  }

  /** What was passed to an act of the own chain. */
  details(number: number): EntryDetails | undefined {
    const row = this.#selectDetails.get(number);
    return row === undefined ? undefined : { number: row.number, salt: new Uint8Array(row.salt), params: row.params };
  }

  deleteDetails(number: number): void {
    this.#deleteDetails.run(number);
  }

  blocks(chain: number, fromHeight: number, most: number): readonly BlockRow[] {
    return this.#selectBlocks.all(chain, fromHeight, most);
  }

  entries(chain: number, fromHeight: number, toHeight: number): readonly EntryRow[] {
    return this.#selectEntries.all(chain, fromHeight, toHeight);
  }

  heightOf(chain: number, number: number): number | undefined {
    return this.#selectHeight.get(chain, number)?.height;
  }

  /**
   * Blocks with the bytes of their entries, at least one when there is one. A row that is no block ends the list: verification names it.
   */
  read(
    chain: number,
    fromHeight: number,
    most: { readonly blocks?: number | undefined; readonly bytes?: number | undefined } = {},
  ): { readonly blocks: readonly FullBlock[]; readonly more: boolean } {
    const mostBlocks = Math.min(most.blocks ?? ledgerLimits.pageBlocks, ledgerLimits.pageBlocks);
    const mostBytes = most.bytes ?? ledgerLimits.pageBytes;
    const blocks: FullBlock[] = [];
    let sizeBytes = 0;
    for (const row of this.blocks(chain, fromHeight, mostBlocks + 1)) {
      sizeBytes += row.size_bytes + row.bytes.length;
      if (blocks.length === mostBlocks || (blocks.length > 0 && sizeBytes > mostBytes)) return { blocks, more: true };
      const block = readBlock(row);
      if (block === undefined) return { blocks, more: true };
      blocks.push({ block, entries: this.entries(chain, row.height, row.height).map(({ bytes }) => new Uint8Array(bytes)) });
    }
    return { blocks, more: false };
  }
}

function readBlock({ bytes }: BlockRow): SignedBlock | undefined {
  try {
    return decodeBlock(new Uint8Array(bytes));
  } catch (error) {
    if (error instanceof SignalboxError) return undefined;
    throw error;
  }
}
