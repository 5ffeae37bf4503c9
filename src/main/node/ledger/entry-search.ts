import type Database from 'better-sqlite3';
import { ledgerLimits } from './limits.ts';

/** Where an entry stands in the order of a list. */
export interface EntryPlace {
  readonly at: number;
  readonly chain: number;
  readonly number: number;
}

/** What a search came to. */
export interface Found {
  readonly places: readonly EntryPlace[];
  /** Entries that match, listed or not, in what was looked through. */
  readonly matches: number;
  /** The last entry that was looked at; null: all were. */
  readonly searchedTo: EntryPlace | null;
}

type Value = string | number;

export interface Search {
  /** Row of the chain; undefined: all, in the order of their times. */
  readonly chain: number | undefined;
  /** Conditions on columns that the indices hold, with their values in order. */
  readonly terms: readonly string[];
  readonly values: readonly Value[];
  /** The search goes on behind this place. */
  readonly before: EntryPlace | undefined;
  readonly limit: number;
}

/**
 * Looks through entries newest first, a window of an index at a time and so many of them at most: whoever asks goes on from there, and the
 * thread of the ledger is free for others in between, however large the ledger is and however little matches.
 */
export class EntrySearch {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** The newest places, without counting what else matches. */
  places(search: Search): readonly EntryPlace[] {
    const [where, values] = conditions(search, search.before, undefined);
    return this.#database
      .prepare<Value[], EntryPlace>(`SELECT at, chain, number FROM entry ${indexOf(search)} ${where} ${orderOf(search)} LIMIT ?`)
      .all(...values, search.limit);
  }

  run(search: Search): Found {
    const { limit } = search;
    const places: EntryPlace[] = [];
    let matches = 0;
    let upper = search.before;
    for (let looked = 0; looked < ledgerLimits.searchEntries; looked += ledgerLimits.searchStepEntries) {
      const lower = this.#windowEnd(search, upper);
      const [where, values] = conditions(search, upper, lower);
      const count = this.#database
        .prepare(`SELECT count(*) FROM entry ${indexOf(search)} ${where}`)
        .pluck()
        .get(...values) as number;
      matches += count;
      if (count > 0 && places.length < limit)
        places.push(
          ...this.#database
            .prepare<Value[], EntryPlace>(`SELECT at, chain, number FROM entry ${indexOf(search)} ${where} ${orderOf(search)} LIMIT ?`)
            .all(...values, limit - places.length),
        );
      if (lower === undefined) return { places, matches, searchedTo: null };
      upper = lower;
    }
    return { places, matches, searchedTo: upper ?? null };
  }

  /** The last entry of the next window; undefined: no more than a window is left. */
  #windowEnd(search: Search, upper: EntryPlace | undefined): EntryPlace | undefined {
    const [where, values] = conditions({ ...search, ...rangeOf(search) }, upper, undefined);
    return this.#database
      .prepare<Value[], EntryPlace>(
        `SELECT at, chain, number FROM entry ${indexOf(search)} ${where} ${orderOf(search)} LIMIT 1 OFFSET ${ledgerLimits.searchStepEntries - 1}`,
      )
      .get(...values);
  }
}

/** Of the conditions, those that only say where the index begins and ends. In that of one chain times stand anywhere. */
function rangeOf({ chain, terms, values }: Search): { terms: string[]; values: Value[] } {
  const range = chain === undefined ? /^at [<>]= \?$/ : /^chain = \?$/;
  const kept = terms.flatMap((term, index) => (range.test(term) ? [index] : []));
  return { terms: kept.map((index) => terms[index] as string), values: kept.map((index) => values[index] as Value) };
}

function conditions({ chain, terms, values }: Search, upper: EntryPlace | undefined, lower: EntryPlace | undefined): [string, Value[]] {
  const all = [...terms];
  const given = [...values];
  const add = (place: EntryPlace | undefined, sign: string) => {
    if (place === undefined) return;
    all.push(chain === undefined ? `(at, chain, number) ${sign} (?, ?, ?)` : `number ${sign} ?`);
    given.push(...(chain === undefined ? [place.at, place.chain, place.number] : [place.number]));
  };
  add(upper, '<');
  add(lower, '>=');
  return [all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`, given];
}

function indexOf({ chain }: Search): string {
  return `INDEXED BY ${chain === undefined ? 'entry_time' : 'entry_number'}`;
}

function orderOf({ chain }: Search): string {
  return `ORDER BY ${chain === undefined ? 'at DESC, chain DESC, number DESC' : 'number DESC'}`;
}
