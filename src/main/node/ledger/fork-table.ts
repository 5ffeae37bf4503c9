import type Database from 'better-sqlite3';
import { decodeBlock, encodeBlock } from './block.ts';
import type { KeptFork } from './chain-store.ts';
import type { ChainRow, ChainTable } from './chain-table.ts';
import { ledgerLimits } from './limits.ts';
import type { FullBlock } from './types.ts';

interface ForkRow {
  readonly chain: number;
  readonly height: number;
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

  /** Keeps both blocks. Beyond the bound the first ones stay: they show where it began. */
  keep(row: ChainRow, height: number, held: FullBlock | undefined, other: FullBlock, from: string, nowMs: number): void {
    const kept = this.#database.prepare('SELECT count(*) FROM fork').pluck().get() as number;
    if (kept >= ledgerLimits.keptForks) return;
    const insert = this.#database.prepare('INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?)');
    const add = ({ block, entries }: FullBlock, broughtBy: string) =>
      insert.run(
        row.id,
        height,
        Buffer.from(block.hash),
        Buffer.from(encodeBlock(block)),
        JSON.stringify(entries.map((bytes) => Buffer.from(bytes).toString('utf8'))),
        broughtBy,
        nowMs,
      );
    if (held !== undefined) add(held, row.chainId);
    add(other, from);
  }

  /** Newest first. */
  all(): readonly KeptFork[] {
    const names = new Map(this.#table.all().map((row) => [row.id, row.chainId]));
    const forks = new Map<string, { -readonly [K in keyof KeptFork]: KeptFork[K] } & { blocks: KeptFork['blocks'][number][] }>();
    for (const row of this.#database.prepare<[], ForkRow>('SELECT * FROM fork ORDER BY seen_at DESC, chain, height').all()) {
      const key = `${row.chain} ${row.height}`;
      const fork = forks.get(key) ?? { chainId: names.get(row.chain) ?? '', height: row.height, seenAt: row.seen_at, blocks: [] };
      forks.set(key, fork);
      fork.seenAt = Math.min(fork.seenAt, row.seen_at);
      fork.blocks.push({
        block: decodeBlock(new Uint8Array(row.bytes)),
        entries: (JSON.parse(row.entries) as string[]).map((text) => new Uint8Array(Buffer.from(text, 'utf8'))),
        from: row.brought_by,
      });
    }
    return [...forks.values()];
  }
}
