import type Database from 'better-sqlite3';
import { encodeBlock } from './block.ts';
import type { UsedUp } from './copy-share.ts';
import { readKept, writeTexts } from './kept-block.ts';
import type { FullBlock } from './types.ts';

/** The newest block of a chain whose copy is over its share. */
export interface Followed {
  readonly full: FullBlock;
  /** The share that is used up. */
  readonly share: UsedUp;
  /** Until when no blocks are fetched, milliseconds since the epoch. */
  readonly untilMs: number;
}

interface FollowedRow {
  readonly bytes: Buffer;
  readonly entries: string;
  readonly share: string;
  readonly until: number;
}

/** One block for each chain whose copy is over its share: enough to see a second past, and never more than that. */
export class FollowedTable {
  readonly #select: Database.Statement<[number], FollowedRow>;
  readonly #insert: Database.Statement<unknown[]>;
  readonly #delete: Database.Statement<[number]>;

  constructor(database: Database.Database) {
    this.#select = database.prepare('SELECT * FROM followed WHERE chain = ?');
    this.#insert = database.prepare('INSERT OR REPLACE INTO followed VALUES (?, ?, ?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM followed WHERE chain = ?');
  }

  /** Null: the copy is not over its share, or the row is damaged; the next block that does not fit makes a new one. */
  read(chain: number): Followed | null {
    const row = this.#select.get(chain);
    const full = row === undefined ? undefined : readKept(row);
    if (row === undefined || full === undefined) return null;
    return { full, share: row.share === 'day' ? 'day' : 'total', untilMs: row.until };
  }

  write(chain: number, followed: Followed | null): void {
    if (followed === null) this.#delete.run(chain);
    else {
      const { full, share, untilMs } = followed;
      this.#insert.run(chain, Buffer.from(encodeBlock(full.block)), writeTexts(full.entries), share, untilMs);
    }
  }
}
