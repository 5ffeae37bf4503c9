import { copyFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { sameBytes } from '../identity/index.ts';
import { toHex } from '../trust/digest.ts';
import { BlockIntake } from './block-intake.ts';
import { BlockRows } from './block-rows.ts';
import type { BroughtBlock, ChainHead, ChainPlace, EntryPage, EntryQuery, KeptFork, OwnBlock, TakenBlocks } from './chain-store.ts';
import { type ChainRow, ChainTable, headOf } from './chain-table.ts';
import { checkBlock, faultAt } from './check-block.ts';
import { isSealedBefore, mayHoldCheckpoint } from './checkpoint-entry.ts';
import type { CopyShares } from './copy-share.ts';
import type { EntryDetails } from './entry.ts';
import { EntryList } from './entry-list.ts';
import { exportBlocks } from './export/export-blocks.ts';
import type { ExportedLines, ExportPart } from './export/export-part.ts';
import { ForkTable } from './fork-table.ts';
import { heldHash } from './held-block.ts';
import { ShareGate } from './share-gate.ts';
import type { FullBlock } from './types.ts';

type Page = { readonly blocks: readonly FullBlock[]; readonly more: boolean };

/** The chains of one file. Runs in the thread of the ledger; nothing here waits but for the disk. */
export class ChainDatabase {
  readonly database: Database.Database;
  readonly table: ChainTable;
  readonly rows: BlockRows;
  readonly #self: string;
  readonly #forks: ForkTable;
  readonly #gate: ShareGate;
  readonly #intake: BlockIntake;
  readonly #list: EntryList;
  #continuesAfter: ChainPlace | undefined;
  #keptAside = false;

  /** @param self id of the node whose own chain is in it */
  constructor(database: Database.Database, self: string) {
    this.database = database;
    this.#self = self;
    this.table = new ChainTable(database);
    this.rows = new BlockRows(database);
    this.#forks = new ForkTable(database, this.table);
    this.#gate = new ShareGate(this.table, this.#forks);
    this.#intake = new BlockIntake({ self, table: this.table, rows: this.rows, forks: this.#forks, gate: this.#gate });
    this.#list = new EntryList(database, this.table);
  }

  append(block: OwnBlock): void {
    this.#transaction(() => {
      const row = this.table.open(this.#self);
      if (row === undefined) throw new SignalboxError('LIMIT', 'The ledger holds as many chains as it may.', { executed: 'no' });
      const before = this.#before(row);
      const fault = checkBlock(block, { chainId: this.#self, before });
      if (fault !== null) throw new SignalboxError('CONFLICT', fault.message, { executed: 'no', data: fault });
      this.#intake.add(row, block);
      this.table.save(row);
    });
    this.#continuesAfter = undefined;
  }

  take(chainId: string, blocks: readonly BroughtBlock[], from: string, nowMs: number, startsAt = 0): TakenBlocks {
    return this.#transaction(() => {
      const taken = this.#intake.take(chainId, blocks, { from, nowMs, startsAt });
      if (taken.added > 0 && blocks.some(mayHoldCheckpoint)) this.#confirmSealed(chainId);
      return taken;
    });
  }

  replace(chainId: string, blocks: readonly BroughtBlock[], from?: string): number {
    const before = this.table.require(chainId);
    if (before.fault !== null) this.#keepAside();
    return this.#transaction(() => {
      const replaced = this.#intake.replace(before, blocks);
      this.table.reload();
      const row = this.table.require(chainId);
      if (from !== undefined && (row.first?.height ?? 0) < (before.first?.height ?? 0)) this.#begin(row, from);
      if (row.first?.height === 0) this.confirmStart(chainId);
      else this.#confirmSealed(chainId);
      return replaced;
    });
  }

  blocks(chainId: string, fromHeight: number, most?: { readonly blocks?: number; readonly bytes?: number }): Page {
    const row = this.table.get(chainId);
    return row === undefined ? { blocks: [], more: false } : this.rows.read(row.id, fromHeight, most);
  }

  hashes(chainId: string, heights: readonly number[]): readonly (string | null)[] {
    const row = this.table.get(chainId);
    return heights.map((height) => {
      if (row?.followed?.full.block.height === height) return toHex(row.followed.full.block.hash);
      const [found] = row === undefined ? [] : this.rows.blocks(row.id, height, 1);
      return found?.height === height ? toHex(found.hash) : null;
    });
  }

  heldHashes(chainId: string, heights: readonly number[]): readonly (string | null)[] {
    const row = this.table.get(chainId);
    return heights.map((height) => {
      const [found] = row === undefined ? [] : this.rows.read(row.id, height, { blocks: 1 }).blocks;
      return found?.block.height === height ? heldHash(found) : null;
    });
  }

  exportBlocks(chainId: string, part: ExportPart): ExportedLines | undefined {
    return exportBlocks(this, chainId, { ...part, withDetails: part.withDetails && chainId === this.#self });
  }

  blockOf(chainId: string, number: number): FullBlock | undefined {
    const row = this.table.get(chainId);
    const height = row === undefined ? undefined : this.rows.heightOf(row.id, number);
    return row === undefined || height === undefined ? undefined : this.rows.read(row.id, height, { blocks: 1 }).blocks[0];
  }

  chains(): readonly ChainHead[] {
    return this.table.all().map(headOf);
  }

  chain(chainId: string): ChainHead | undefined {
    const row = this.table.get(chainId);
    return row === undefined ? undefined : headOf(row);
  }

  list(query: EntryQuery): EntryPage {
    return this.#list.page(query);
  }

  details(number: number): EntryDetails | undefined {
    return this.rows.details(number);
  }

  auditId(): number {
    const row = this.table.get(this.#self);
    const held =
      row === undefined
        ? null
        : (this.database
            .prepare('SELECT audit_id FROM block WHERE chain = ? AND audit_id IS NOT NULL ORDER BY height DESC LIMIT 1')
            .pluck()
            .get(row.id) as number | undefined);
    return Math.max(held ?? 0, this.#continuesAfter?.auditId ?? 0);
  }

  announce(chainId: string, height: number): void {
    const row = this.table.open(chainId);
    if (row === undefined || height <= (row.announcedHeight ?? -1)) return;
    row.announcedHeight = height;
    this.table.save(row);
  }

  setShares(shares: CopyShares): readonly string[] {
    return this.#transaction(() => this.#gate.setShares(shares));
  }

  confirmStart(chainId: string): void {
    const row = this.table.get(chainId);
    if (row === undefined || row.begunBy === null) return;
    row.begunBy = null;
    this.table.save(row);
  }

  forks(): readonly KeptFork[] {
    return this.#forks.all();
  }

  /** The first piece of evidence of forks of a chain that is not what its node signed; null: all is. */
  forkFault(row: ChainRow): LedgerFault | null {
    return this.#forks.fault(row);
  }

  /**
   * Takes sealed blocks out of a chain, with what stayed at the node of their entries. Details whose entries are gone go too.
   *
   * @param toHeight included
   * @returns entries that are no longer held
   */
  prune(chainId: string, toHeight: number): number {
    return this.#transaction(() => {
      const { id } = this.table.require(chainId);
      if (chainId === this.#self)
        this.database
          .prepare('DELETE FROM details WHERE number IN (SELECT number FROM entry WHERE chain = ? AND height <= ?)')
          .run(id, toHeight);
      const { changes } = this.database.prepare('DELETE FROM entry WHERE chain = ? AND height <= ?').run(id, toHeight);
      this.database.prepare('DELETE FROM block WHERE chain = ? AND height <= ?').run(id, toHeight);
      this.table.reload();
      this.#confirmSealed(chainId);
      return changes;
    });
  }

  continueAfter(place: ChainPlace): void {
    this.#transaction(() => {
      const row = this.table.open(this.#self);
      const found = row?.last?.height ?? -1;
      if (row === undefined || row.fault !== null || found >= place.height) return;
      row.fault = faultAt(
        this.#self,
        found + 1,
        'rolledBack',
        `blocks ${found + 1} to ${place.height} were written and are not in the file`,
        {
          expected: place.height,
          found,
        },
      );
      this.table.save(row);
    });
    this.#continuesAfter = place;
  }

  /** What its own node has signed of the start of a copy says more than the word of another. */
  #confirmSealed(chainId: string): void {
    const row = this.table.get(chainId);
    if (row !== undefined && row.begunBy !== null && isSealedBefore(this, row)) this.confirmStart(chainId);
  }

  #begin(row: ChainRow, from: string): void {
    row.begunBy = from;
    this.table.save(row);
  }

  /** What the next own block follows: the newest that is held, or the place that was said to lie after it. */
  #before(row: ChainRow) {
    const place = this.#continuesAfter;
    if (place === undefined || place.height < (row.last?.height ?? -1)) return row.last;
    if (row.last !== null && place.height === row.last.height && sameBytes(place.hash, row.last.hash)) return row.last;
    return place;
  }

  /** A copy of the file as it is, once: nobody can look into what was replaced otherwise. */
  #keepAside(): void {
    if (this.#keptAside) return;
    const aside = `${this.database.name}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    this.database.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(this.database.name, aside);
    this.#keptAside = true;
  }

  /** All or nothing; what is known of chains in memory goes back with it. */
  #transaction<T>(act: () => T): T {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = act();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      this.table.reload();
      throw error;
    }
  }
}
