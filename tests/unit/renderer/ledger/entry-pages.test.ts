import { describe, expect, it } from 'vitest';
import { beginWith, canGoOn, goOnWith, keyOf, mostEntries, newer } from '../../../../src/renderer/features/ledger/model/entry-pages.ts';
import { entry } from './samples.ts';

describe('the pages of entries', () => {
  const first = beginWith({ entries: [entry(9), entry(8)], next: 'c8', total: 9, searchedTo: null }, undefined);

  it('begin again with the newest page, and keep the rows that are the same', () => {
    const again = beginWith(
      { entries: [entry(10), entry(9), entry(8, { signature: 'invalid' })], next: 'c8', total: 10, searchedTo: null },
      first,
    );
    expect(again.entries.map(({ number }) => number)).toEqual([10, 9, 8]);
    expect(again.entries[1]).toBe(first.entries[0]);
    expect(again.entries[2]).not.toBe(first.entries[1]);
  });

  it('go on without listing an entry twice', () => {
    const more = goOnWith(first, {
      entries: [entry(8), entry(7), entry(8, { chainId: 'node-kiln' })],
      next: null,
      total: 9,
      searchedTo: null,
    });
    expect(more.entries.map(keyOf)).toEqual(['node-press 9', 'node-press 8', 'node-press 7', 'node-kiln 8']);
    expect([canGoOn(first), canGoOn(more)]).toEqual([true, false]);
  });

  it('end where the list is full, and count what came meanwhile', () => {
    const full = { ...first, entries: Array.from({ length: mostEntries }, (_, index) => entry(index + 1)) };
    expect(canGoOn(full)).toBe(false);
    expect([newer(first, 12), newer(first, 9), newer(first, 7)]).toEqual([3, 0, 0]);
  });
});
