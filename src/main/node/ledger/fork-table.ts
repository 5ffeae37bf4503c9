import type Database from 'better-sqlite3';
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { sameBytes } from '../identity/index.ts';
import { encodeBlock } from './block.ts';
import type { KeptFork, TakenBlocks } from './chain-store.ts';
import type { ChainRow, ChainTable } from './chain-table.ts';
import { checkBlock, faultAt } from './check-block.ts';
import { readKept, writeTexts } from './kept-block.ts';
import { ledgerLimits } from './limits.ts';
import type { FullBlock } from './types.ts';

type Refusal = NonNullable<TakenBlocks['refused']>;

interface ForkRow {
  readonly chain: number;
  readonly height: number;
  readonly hash: Buffer;
  readonly bytes: Buffer;
  readonly entries: string;
  readonly brought_by: string;
  readonly seen_at: number;
}

/** Evidence of forks (security.md row 35): every block of a height that a node has signed more than once. */
export class ForkTable {
  readonly #database: Database.Database;
  readonly #table: ChainTable;

  constructor(database: Database.Database, table: ChainTable) {
    this.#database = database;
    this.#table = table;
  }

  /**
   * Keeps both blocks, and says so. Beyond the bound the first ones stay: they show where it began. The first fork of a chain is kept whatever
   * there is of others, so that no node pushes out the evidence against another.
   */
  keep(row: ChainRow, height: number, held: FullBlock, other: FullBlock, from: string, nowMs: number): Refusal {
    const refusal = { reason: 'fork', height, fault: null } as const;
    const { total, own } = this.#database
      .prepare<[number], { total: number; own: number }>('SELECT count(*) AS total, count(*) FILTER (WHERE chain = ?) AS own FROM fork')
      .get(row.id) ?? { total: 0, own: 0 };
    if (own > 0 && (own >= ledgerLimits.keptForksOfChain || total >= ledgerLimits.keptForks))
      return {
        ...refusal,
        message: `Two blocks ${height} are signed by the same node. As many blocks of it as may be are kept as evidence already.`,
      };
    const insert = this.#database.prepare('INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?)');
    const add = ({ block, entries }: FullBlock, broughtBy: string) =>
      insert.run(row.id, height, Buffer.from(block.hash), Buffer.from(encodeBlock(block)), writeTexts(entries), broughtBy, nowMs);
    add(held, row.chainId);
    add(other, from);
    return { ...refusal, message: `Two blocks ${height} are signed by the same node. Both are kept as evidence.` };
  }

  /** The first piece of evidence that is not what the node signed, or has lost its counterpart; null: all is as it was. */
  fault({ id, chainId }: ChainRow, height?: number): LedgerFault | null {
    const rows = this.#database
      .prepare<[number], ForkRow>('SELECT * FROM fork WHERE chain = ? ORDER BY height, hash')
      .all(id)
      .filter((row) => height === undefined || row.height === height);
    for (const row of rows) {
      const full = readKept(row);
      if (full === undefined) return faultAt(chainId, row.height, 'unreadable', 'evidence of a fork cannot be read');
      if (full.block.height !== row.height || !sameBytes(full.block.hash, new Uint8Array(row.hash)))
        return faultAt(chainId, row.height, 'blockChanged', 'evidence of a fork is not what was kept');
      const fault = checkBlock(full, { chainId, before: undefined });
      if (fault !== null) return { ...fault, message: `${fault.message} It is evidence of a fork.` };
      if (!rows.some((other) => other.height === row.height && other !== row))
        return faultAt(chainId, row.height, 'gap', 'one of the two blocks that are evidence of a fork is missing');
    }
    return null;
  }

  /** Lets go of damaged evidence: other nodes show theirs again. */
  mend(row: ChainRow, height: number): void {
    if (this.fault(row, height) !== null) this.#database.prepare('DELETE FROM fork WHERE chain = ? AND height = ?').run(row.id, height);
  }

  /** Newest first, without what cannot be read. */
  all(): readonly KeptFork[] {
    const names = new Map(this.#table.all().map((row) => [row.id, row.chainId]));
    const forks = new Map<string, { -readonly [K in keyof KeptFork]: KeptFork[K] } & { blocks: KeptFork['blocks'][number][] }>();
    for (const row of this.#database.prepare<[], ForkRow>('SELECT * FROM fork ORDER BY seen_at DESC, chain, height').all()) {
      const full = readKept(row);
      if (full === undefined) continue;
      const key = `${row.chain} ${row.height}`;
      const fork = forks.get(key) ?? { chainId: names.get(row.chain) ?? '', height: row.height, seenAt: row.seen_at, blocks: [] };
      forks.set(key, fork);
      fork.seenAt = Math.min(fork.seenAt, row.seen_at);
      fork.blocks.push({ ...full, from: row.brought_by });
    }
    return [...forks.values()];
  }
}
