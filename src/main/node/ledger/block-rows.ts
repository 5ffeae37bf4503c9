import type Database from 'better-sqlite3';
import { decodeBlock, encodeBlock } from './block.ts';
import type { OwnBlock } from './chain-store.ts';
import { decodeEntry } from './entry.ts';
import { ledgerLimits } from './limits.ts';
import { leafHash } from './merkle.ts';
import type { FullBlock } from './types.ts';

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
  readonly #deletes: readonly Database.Statement<[number, number]>[];

  constructor(database: Database.Database) {
    this.#insertBlock = database.prepare('INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertEntry = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertDetails = database.prepare('INSERT OR IGNORE INTO details VALUES (?, ?, ?)');
    this.#selectBlocks = database.prepare('SELECT * FROM block WHERE chain = ? AND height >= ? ORDER BY height LIMIT ?');
    this.#selectEntries = database.prepare('SELECT * FROM entry WHERE chain = ? AND height BETWEEN ? AND ? ORDER BY height, number');
    this.#selectHeight = database.prepare('SELECT height FROM entry WHERE chain = ? AND number = ?');
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

  delete(chain: number, height: number): void {
    for (const statement of this.#deletes) statement.run(chain, height);
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
   * Blocks with the bytes of their entries, at least one when there is one.
   *
   * @throws SignalboxError `INVALID_PARAMS` for rows that are no block
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
      const entries = this.entries(chain, row.height, row.height).map(({ bytes }) => new Uint8Array(bytes));
      blocks.push({ block: decodeBlock(new Uint8Array(row.bytes)), entries });
    }
    return { blocks, more: false };
  }
}
