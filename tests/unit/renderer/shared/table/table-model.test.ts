import { describe, expect, it } from 'vitest';
import { columnsThatFit, trackOf } from '../../../../../src/renderer/features/shared/table/fitting-columns.ts';
import {
  filterRows,
  orderRows,
  type TableModel,
  type TableOrder,
  toggledOrder,
} from '../../../../../src/renderer/features/shared/table/table-model.ts';

interface Machine {
  readonly id: string;
  readonly name: string;
  readonly speed: number | null;
  readonly release: string;
}

const machine = (id: string, name: string, speed: number | null = null, release = ''): Machine => ({ id, name, speed, release });

const table: TableModel<Machine, 'name' | 'speed' | 'release' | 'at', (id: string) => string> = {
  keyOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 100, share: 2, leaves: 0, by: ({ name }) => name },
    { id: 'speed', minPx: 50, leaves: 1, by: ({ speed }) => speed, largestFirst: true },
    { id: 'release', minPx: 60, leaves: 3, by: ({ release }) => release, compare: (left, right) => right.length - left.length },
    { id: 'at', minPx: 60, leaves: 2, by: ({ id }, placeOf) => placeOf(id) },
  ],
};
const idsBy = (rows: readonly Machine[], order: TableOrder<'name' | 'speed' | 'release' | 'at'>) =>
  orderRows(table, rows, order, (id) => (id === 'a' ? 'yard' : 'hall')).map(({ id }) => id);

describe('the order of a table', () => {
  it('counts words as people do, and leaves equals by name and then by key, both ways', () => {
    const rows = [machine('3', 'press-12'), machine('2', 'press-7'), machine('1', 'Press-7')];
    expect(idsBy(rows, { column: 'name', descending: false })).toEqual(['1', '2', '3']);
    expect(idsBy(rows, { column: 'name', descending: true })).toEqual(['3', '1', '2']);
  });

  it('leaves what has no value at the end, both ways', () => {
    const rows = [machine('none', 'a'), machine('slow', 'b', 1), machine('fast', 'c', 9), machine('ever', 'd', Number.POSITIVE_INFINITY)];
    expect(idsBy(rows, { column: 'speed', descending: true })).toEqual(['ever', 'fast', 'slow', 'none']);
    expect(idsBy(rows, { column: 'speed', descending: false })).toEqual(['slow', 'fast', 'ever', 'none']);
    const alsoEver = machine('also', 'a', Number.POSITIVE_INFINITY);
    expect(idsBy([...rows, alsoEver], { column: 'speed', descending: true }).slice(0, 2)).toEqual(['also', 'ever']);
  });

  it('compares by the rule of a column, and by what stands outside of the row', () => {
    const rows = [machine('a', 'one', null, '1.2.3'), machine('b', 'two', null, '1')];
    expect(idsBy(rows, { column: 'release', descending: false })).toEqual(['a', 'b']);
    expect(idsBy(rows, { column: 'at', descending: false })).toEqual(['b', 'a']);
  });

  it('turns round when a column is asked for again, and begins as the column does', () => {
    const byName = { column: 'name', descending: false } as const;
    expect(toggledOrder(table.columns, byName, 'name')).toEqual({ column: 'name', descending: true });
    expect(toggledOrder(table.columns, byName, 'speed')).toEqual({ column: 'speed', descending: true });
    expect(toggledOrder(table.columns, byName, 'release')).toEqual({ column: 'release', descending: false });
  });

  it('keeps the rows when the order names a column that is no longer there', () => {
    const rows = [machine('b', 'b'), machine('a', 'a')];
    expect(idsBy(rows, { column: 'gone' as 'name', descending: false })).toEqual(['a', 'b']);
  });
});

describe('the filter of a table', () => {
  const rows = [machine('1', 'press-07'), machine('2', 'kiln-02')];
  const words = ({ name, id }: Machine) => [name, id, null, undefined];

  it('wants every word, whatever the case', () => {
    expect(filterRows(rows, ' PRESS 1 ', words)).toEqual([rows[0]]);
    expect(filterRows(rows, 'press 2', words)).toEqual([]);
  });

  it('finds nothing across two texts, and without words keeps the list itself', () => {
    expect(filterRows(rows, '071', words)).toEqual([]);
    expect(filterRows(rows, '  ', words)).toBe(rows);
  });
});

describe('the columns of a table', () => {
  it('leave by priority, never by squeezing', () => {
    const ids = (widthPx: number) => columnsThatFit(table.columns, widthPx).map(({ id }) => id);
    expect(ids(330)).toEqual(['name', 'speed', 'release', 'at']);
    expect(ids(329)).toEqual(['name', 'speed', 'at']);
    expect(ids(10)).toEqual(['name']);
  });

  it('take a share of the room that is left, or none of it', () => {
    expect(table.columns.map(trackOf)).toEqual(['minmax(100px, 2fr)', '50px', '60px', '60px']);
  });
});
