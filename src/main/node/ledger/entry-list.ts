import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../common/errors.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { prevHashRange } from './block.ts';
import type { EntryRow } from './block-rows.ts';
import type { EntryQuery, ListedEntry } from './chain-store.ts';
import { type ChainRow, type ChainTable, entriesOf } from './chain-table.ts';
import { decodeEntry, entryKinds, outcomes } from './entry.ts';
import type { Entry } from './types.ts';

/** One page of entries, newest first. */
export interface EntryPage {
  readonly entries: readonly ListedEntry[];
  /** Cursor of the next page; null: that was all. */
  readonly next: string | null;
  /** Entries that match, on all pages. */
  readonly total: number;
}

type Value = string | number;

/** Searches the entries of the file: of one chain in the order of their numbers, of all in the order of their times. */
export class EntryList {
  readonly #database: Database.Database;
  readonly #table: ChainTable;

  constructor(database: Database.Database, table: ChainTable) {
    this.#database = database;
    this.#table = table;
  }

  /** @throws SignalboxError `INVALID_PARAMS` for a cursor that is none of ours */
  page(query: EntryQuery): EntryPage {
    const chain = query.chainId === undefined ? undefined : this.#table.get(query.chainId);
    if (query.chainId !== undefined && chain === undefined) return { entries: [], next: null, total: 0 };
    const { terms, values } = conditionsOf(query, chain);
    const index = chain === undefined ? 'entry_time' : 'entry_number';
    const total = this.#total(query, chain, terms, values, index);
    const cursor = query.before === undefined ? undefined : readCursor(query.before);
    const pageTerms = cursor === undefined ? terms : [...terms, chain === undefined ? '(at, chain, number) < (?, ?, ?)' : 'number < ?'];
    const pageValues = cursor === undefined ? values : [...values, ...(chain === undefined ? cursor : cursor.slice(2))];
    const order = chain === undefined ? 'at DESC, chain DESC, number DESC' : 'number DESC';
    const places = this.#database
      .prepare<Value[], { at: number; chain: number; number: number }>(
        `SELECT at, chain, number FROM entry INDEXED BY ${index} ${whereOf(pageTerms)} ORDER BY ${order} LIMIT ?`,
      )
      .all(...pageValues, query.limit + 1);
    const shown = places.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      entries: this.#read(shown),
      next: places.length > query.limit && last !== undefined ? `${last.at}.${last.chain}.${last.number}` : null,
      total,
    };
  }

  #total(query: EntryQuery, chain: ChainRow | undefined, terms: readonly string[], values: readonly Value[], index: string): number {
    const { actor, act, target, outcome, fromMs, toMs } = query;
    if ([actor, act, target, outcome, fromMs, toMs].every((value) => value === undefined)) {
      const rows = chain === undefined ? this.#table.all() : [chain];
      return rows.reduce((sum, row) => sum + entriesOf(row), 0);
    }
    return this.#database
      .prepare(`SELECT count(*) FROM entry INDEXED BY ${index} ${whereOf(terms)}`)
      .pluck()
      .get(...values) as number;
  }

  #read(places: readonly { readonly chain: number; readonly number: number }[]): readonly ListedEntry[] {
    const select = this.#database.prepare<[number, number], EntryRow>('SELECT * FROM entry WHERE chain = ? AND number = ?');
    const selectBlock = this.#database.prepare<[number, number], Buffer>('SELECT bytes FROM block WHERE chain = ? AND height = ?').pluck();
    const chains = new Map(this.#table.all().map((row) => [row.id, row]));
    return places.flatMap(({ chain, number }) => {
      const row = select.get(chain, number);
      const owner = chains.get(chain);
      if (row === undefined || owner === undefined) return [];
      const bytes = new Uint8Array(row.bytes);
      const { fault, verifiedHeight, chainId } = owner;
      const read = readEntry(bytes);
      const verified = read !== undefined && row.height <= verifiedHeight && (fault === null || row.height < fault.height);
      const block = selectBlock.get(chain, row.height) as Buffer | undefined;
      const prevHash = block === undefined ? '' : toHex(block.subarray(...prevHashRange));
      return [{ chainId, height: row.height, prevHash, entry: read ?? entryOfColumns(row), digest: toHex(sha256(bytes)), verified }];
    });
  }
}

/** Undefined: the bytes are damaged. */
function readEntry(bytes: Uint8Array): Entry | undefined {
  try {
    return decodeEntry(bytes);
  } catch (error) {
    if (error instanceof SignalboxError) return undefined;
    throw error;
  }
}

/** A damaged entry must not hide the others: it is shown by what the columns say, which nobody signed. */
function entryOfColumns({ number, at, kind, actor, act, target, outcome }: EntryRow): Entry {
  return {
    number,
    at,
    kind: entryKinds.find((known) => known === kind) ?? 'act',
    actor,
    roles: [],
    via: 'unknown',
    act,
    target,
    outcome: outcomes.find((known) => known === outcome) ?? 'failed',
    code: 'STORAGE_CORRUPT',
    text: 'The bytes of this entry are damaged. Repair the chain: signalbox ledger repair',
    details: null,
  };
}

function whereOf(terms: readonly string[]): string {
  return terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`;
}

function conditionsOf(query: EntryQuery, chain: ChainRow | undefined): { terms: string[]; values: Value[] } {
  const terms: string[] = [];
  const values: Value[] = [];
  const add = (term: string, value: Value | undefined) => {
    if (value === undefined) return;
    terms.push(term);
    values.push(value);
  };
  add('chain = ?', chain?.id);
  add('actor = ?', query.actor);
  add("act LIKE ? ESCAPE '\\'", query.act === undefined ? undefined : `${escaped(query.act)}%`);
  add("target LIKE ? ESCAPE '\\'", query.target === undefined ? undefined : `%${escaped(query.target)}%`);
  add('outcome = ?', query.outcome);
  add('at >= ?', query.fromMs);
  add('at <= ?', query.toMs);
  return { terms, values };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

function readCursor(text: string): [number, number, number] {
  const parts = /^(\d{1,16})\.(\d{1,10})\.(\d{1,16})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) throw new SignalboxError('INVALID_PARAMS', 'before is not a cursor of an answer before.', { executed: 'no' });
  return parts as [number, number, number];
}
