import type Database from 'better-sqlite3';
import { type LedgerFault, ledgerFaultSchema } from '../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { toHex } from '../trust/digest.ts';
import type { ChainHead } from './chain-store.ts';
import { type BlockBefore, placeOf } from './check-block.ts';
import type { DayUse } from './copy-share.ts';
import { type Followed, FollowedTable } from './followed-table.ts';
import { ledgerLimits } from './limits.ts';

/** A chain of the file. Its ends are read from its blocks: no column can say otherwise. */
export interface ChainRow {
  readonly id: number;
  readonly chainId: string;
  announcedHeight: number | null;
  verifiedHeight: number;
  verifiedAt: number | null;
  fault: LedgerFault | null;
  first: { readonly height: number; readonly number: number } | null;
  last: BlockBefore | null;
  sizeBytes: number;
  day: DayUse;
  /** The node on whose word alone the copy begins above the first block; null: it needs no word, or has more than one. */
  begunBy: string | null;
  /** Of a copy over its share: the newest block that was seen, above the newest that is held. */
  followed: Followed | null;
}

interface StoredRow {
  readonly id: number;
  readonly chain_id: string;
  readonly announced_height: number | null;
  readonly verified_height: number;
  readonly verified_at: number | null;
  readonly fault: string | null;
  readonly day_bytes: number;
  readonly day_entries: number;
  readonly day_at: number;
  readonly begun_by: string | null;
}

/** The chains of the file, with their ends in memory. */
export class ChainTable {
  readonly #database: Database.Database;
  readonly #followed: FollowedTable;
  readonly #rows = new Map<string, ChainRow>();

  constructor(database: Database.Database) {
    this.#database = database;
    this.#followed = new FollowedTable(database);
    this.reload();
  }

  /** Reads everything anew: after a transaction that was rolled back, or blocks that were replaced or taken out. */
  reload(): void {
    this.#rows.clear();
    for (const row of this.#database.prepare<[], StoredRow>('SELECT * FROM chain').all()) {
      this.#rows.set(row.chain_id, {
        id: row.id,
        chainId: row.chain_id,
        announcedHeight: row.announced_height,
        verifiedHeight: row.verified_height,
        verifiedAt: row.verified_at,
        fault: readFault(row.fault),
        ...this.#ends(row.id),
        day: { bytes: row.day_bytes, entries: row.day_entries, atMs: row.day_at },
        begunBy: row.begun_by,
        followed: this.#followed.read(row.id),
      });
    }
  }

  all(): readonly ChainRow[] {
    return [...this.#rows.values()];
  }

  get(chainId: string): ChainRow | undefined {
    return this.#rows.get(chainId);
  }

  /** @throws SignalboxError `NOT_FOUND` */
  require(chainId: string): ChainRow {
    const row = this.#rows.get(chainId);
    if (row === undefined) throw new SignalboxError('NOT_FOUND', `No chain of ${chainId} is held here.`, { executed: 'no' });
    return row;
  }

  /** The row of a chain, made when it is new. Undefined: no further chain is held. */
  open(chainId: string): ChainRow | undefined {
    const known = this.#rows.get(chainId);
    if (known !== undefined) return known;
    if (this.#rows.size >= ledgerLimits.chains) return undefined;
    const { lastInsertRowid } = this.#database.prepare('INSERT INTO chain (chain_id) VALUES (?)').run(chainId);
    const row: ChainRow = {
      id: Number(lastInsertRowid),
      chainId,
      announcedHeight: null,
      verifiedHeight: -1,
      verifiedAt: null,
      fault: null,
      first: null,
      last: null,
      sizeBytes: 0,
      day: { bytes: 0, entries: 0, atMs: 0 },
      begunBy: null,
      followed: null,
    };
    this.#rows.set(chainId, row);
    return row;
  }

  /** Writes what is known of a chain beside its blocks. */
  save(row: ChainRow): void {
    const { id, announcedHeight, verifiedHeight, verifiedAt, day, begunBy } = row;
    const fault = row.fault === null ? null : JSON.stringify(row.fault);
    this.#database
      .prepare(
        `UPDATE chain SET announced_height = ?, verified_height = ?, verified_at = ?, fault = ?,
         day_bytes = ?, day_entries = ?, day_at = ?, begun_by = ? WHERE id = ?`,
      )
      .run(announcedHeight, verifiedHeight, verifiedAt, fault, day.bytes, day.entries, day.atMs, begunBy, id);
  }

  /** Notes the newest block of a chain whose copy is over its share; null: the copy has come as far, or may go on. */
  follow(row: ChainRow, followed: Followed | null): void {
    row.followed = followed;
    this.#followed.write(row.id, followed);
  }

  #ends(id: number): Pick<ChainRow, 'first' | 'last' | 'sizeBytes'> {
    type End = { height: number; hash: Buffer; at: number; first_number: number; count: number };
    const end = (direction: 'ASC' | 'DESC') =>
      this.#database.prepare<[number], End>(`SELECT * FROM block WHERE chain = ? ORDER BY height ${direction} LIMIT 1`).get(id);
    const [first, last] = [end('ASC'), end('DESC')];
    const size = this.#database.prepare('SELECT coalesce(sum(size_bytes), 0) FROM block WHERE chain = ?').pluck().get(id) as number;
    return {
      first: first === undefined ? null : { height: first.height, number: first.first_number },
      last:
        last === undefined
          ? null
          : { height: last.height, hash: new Uint8Array(last.hash), at: last.at, lastNumber: last.first_number + last.count - 1 },
      sizeBytes: size,
    };
  }
}

/** What is not ours is not believed: verification finds the fault again. */
function readFault(text: string | null): LedgerFault | null {
  try {
    return text === null ? null : ledgerFaultSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Entries that are held of a chain. */
export function entriesOf({ first, last }: Pick<ChainRow, 'first' | 'last'>): number {
  return first === null || last === null ? 0 : last.lastNumber - first.number + 1;
}

/** A chain as the rest of the node sees it. */
export function headOf(row: ChainRow): ChainHead {
  const { first, last, followed } = row;
  return {
    chainId: row.chainId,
    height: last?.height ?? -1,
    entries: entriesOf(row),
    headHash: last === null ? null : toHex(last.hash),
    headAt: last?.at ?? null,
    firstHeight: first?.height ?? 0,
    firstNumber: first?.number ?? 1,
    announcedHeight: row.announcedHeight,
    verifiedHeight: row.verifiedHeight,
    verifiedAt: row.verifiedAt,
    fault: row.fault,
    sizeBytes: row.sizeBytes,
    begunBy: row.begunBy,
    overShare:
      followed === null
        ? null
        : {
            share: followed.share,
            seenHeight: followed.full.block.height,
            seenHash: toHex(followed.full.block.hash),
            missingEntries: placeOf(followed.full.block).lastNumber - (last?.lastNumber ?? 0),
            againAt: followed.untilMs,
          },
  };
}
