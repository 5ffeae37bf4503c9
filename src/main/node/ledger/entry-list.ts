import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../common/errors.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { prevHashRange } from './block.ts';
import type { EntryRow } from './block-rows.ts';
import type { EntryPage, EntryQuery, ListedEntry } from './chain-store.ts';
import { type ChainRow, type ChainTable, entriesOf } from './chain-table.ts';
import { decodeEntry, entryKinds, outcomes } from './entry.ts';
import { type EntryPlace, EntrySearch, type Search } from './entry-search.ts';
import type { Entry } from './types.ts';

type Value = string | number;

/** Searches the entries of the file: of one chain in the order of their numbers, of all in the order of their times. */
export class EntryList {
  readonly #database: Database.Database;
  readonly #table: ChainTable;
  readonly #search: EntrySearch;

  constructor(database: Database.Database, table: ChainTable) {
    this.#database = database;
    this.#table = table;
    this.#search = new EntrySearch(database);
  }

  /** @throws SignalboxError `INVALID_PARAMS` for a cursor that is none of ours */
  page(query: EntryQuery): EntryPage {
    const chain = query.chainId === undefined ? undefined : this.#table.get(query.chainId);
    if (query.chainId !== undefined && chain === undefined) return { entries: [], next: null, total: 0, searchedTo: null };
    const { terms, values } = conditionsOf(query, chain);
    const cursor = query.before === undefined ? undefined : readCursor(query.before);
    const { limit } = query;
    // With one more it shows whether there are more.
    const search = { chain: chain?.id, terms, values, before: cursor?.place, limit: limit + 1 };
    return isFiltered(query) ? this.#filtered(search, limit, cursor?.counted ?? 0) : this.#plain(search, limit, chain);
  }

  /** Everything: how many there are is known without looking. */
  #plain(search: Search, limit: number, chain: ChainRow | undefined): EntryPage {
    const places = this.#search.places(search);
    const rows = chain === undefined ? this.#table.all() : [chain];
    const total = rows.reduce((sum, row) => sum + entriesOf(row), 0);
    const last = places.length > limit ? places[limit - 1] : undefined;
    return {
      entries: this.#read(places.slice(0, limit)),
      next: last === undefined ? null : writeCursor(last, 0),
      total,
      searchedTo: null,
    };
  }

  /** @param counted matches before the cursor */
  #filtered(search: Search, limit: number, counted: number): EntryPage {
    const { places, matches, searchedTo } = this.#search.run(search);
    const shown = places.slice(0, limit);
    const last = places.length > limit ? shown.at(-1) : undefined;
    const next = last === undefined ? searchedTo : last;
    return {
      entries: this.#read(shown),
      next: next === null ? null : writeCursor(next, counted + shown.length),
      total: counted + matches,
      searchedTo: searchedTo?.at ?? null,
    };
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

function isFiltered({ actor, act, target, outcome, fromMs, toMs }: EntryQuery): boolean {
  return [actor, act, target, outcome, fromMs, toMs].some((value) => value !== undefined);
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

/** @param counted entries that match and were listed before it */
function writeCursor({ at, chain, number }: EntryPlace, counted: number): string {
  return `${at}.${chain}.${number}.${counted}`;
}

function readCursor(text: string): { readonly place: EntryPlace; readonly counted: number } {
  const parts = /^(\d{1,16})\.(\d{1,10})\.(\d{1,16})\.(\d{1,16})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) throw new SignalboxError('INVALID_PARAMS', 'before is not a cursor of an answer before.', { executed: 'no' });
  const [at, chain, number, counted] = parts as [number, number, number, number];
  return { place: { at, chain, number }, counted };
}
