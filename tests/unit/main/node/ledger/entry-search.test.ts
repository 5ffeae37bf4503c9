/** A search never keeps the thread of the ledger for long: it looks through a part, and goes on from there to the same entries. */
import { expect, onTestFinished, test } from 'vitest';
import { type EntryPlace, EntrySearch, type Search } from '../../../../../src/main/node/ledger/entry-search.ts';
import { ledgerLimits } from '../../../../../src/main/node/ledger/limits.ts';
import { ledgerMigrations } from '../../../../../src/main/node/ledger/migrations.ts';
import { loadSqlite } from '../../../../../src/main/node/store/sqlite.ts';

/** So many entries of chain 1, of which every 10,000th has a target, with seven others between them of chain 2. */
function openLarge(entries: number) {
  const database = new (loadSqlite(undefined))(':memory:');
  onTestFinished(() => void database.close());
  for (const { sql } of ledgerMigrations) database.exec(sql);
  database.exec(`
    WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${entries})
    INSERT INTO entry SELECT 1, n, n, x'00', n, 'act', 'anna', 'queues.create', iif(n % 10000 = 7, 'press-07/jobs', NULL), 'done', x'00' FROM counted`);
  database.exec(`
    INSERT INTO entry SELECT 2, number / 10000 + 1, number, leaf, at, kind, actor, act, 'line-2/jobs', outcome, bytes FROM entry WHERE number % 10000 = 7`);
  return new EntrySearch(database);
}

/** All that is found, part by part. */
function searched(search: EntrySearch, asked: Omit<Search, 'before'>) {
  const places: EntryPlace[] = [];
  const parts: (EntryPlace | null)[] = [];
  let before: EntryPlace | undefined;
  do {
    const found = search.run({ ...asked, before });
    places.push(...found.places);
    parts.push(found.searchedTo);
    before = found.searchedTo ?? undefined;
  } while (before !== undefined);
  return { places, parts };
}

const entries = ledgerLimits.searchEntries + 5_000;

test('of one chain by number', () => {
  const asked = { chain: 1, terms: ['chain = ?', 'target LIKE ?'], values: [1, '%07/%'], limit: 500 };
  const { places, parts } = searched(openLarge(entries), asked);
  expect(places.map(({ number }) => number)).toEqual([70_007, 60_007, 50_007, 40_007, 30_007, 20_007, 10_007, 7]);
  expect(parts).toEqual([{ at: 5_001, chain: 1, number: 5_001 }, null]);
});

test('of all chains by time, those of one time too', () => {
  const search = openLarge(entries);
  const { places, parts } = searched(search, { chain: undefined, terms: ['target LIKE ?'], values: ['%jobs%'], limit: 500 });
  expect(places.map(({ at, chain }) => [at, chain])).toEqual(
    [70_007, 60_007, 50_007, 40_007, 30_007, 20_007, 10_007, 7].flatMap((at) => [
      [at, 2],
      [at, 1],
    ]),
  );
  expect(parts).toHaveLength(2);
  const range = { chain: undefined, terms: ['target LIKE ?', 'at >= ?', 'at <= ?'], values: ['%jobs%', 20_000, 40_000], limit: 500 };
  expect(searched(search, range).places.map(({ at }) => at)).toEqual([30_007, 30_007, 20_007, 20_007]);
  expect(searched(search, range).parts).toEqual([null]);
});

test('what matches is counted where a page is full, as far as was looked', () => {
  const asked = { chain: 1, terms: ['chain = ?', 'actor = ?'], values: [1, 'anna'], limit: 3 };
  expect(openLarge(entries).run({ ...asked, before: undefined })).toMatchObject({
    matches: ledgerLimits.searchEntries,
    places: { length: 3 },
  });
});

test('of one chain within a time, which stands anywhere in its order', () => {
  const asked = { chain: 1, terms: ['chain = ?', 'at >= ?', 'at <= ?'], values: [1, 7, 9], limit: 500 };
  const { places, parts } = searched(openLarge(entries), asked);
  expect(places.map(({ number }) => number)).toEqual([9, 8, 7]);
  expect(parts).toHaveLength(2);
});
