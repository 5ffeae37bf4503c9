import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { getAt, parsePointer, setAt } from '../../../../src/renderer/design/data/json-pointer.ts';
import { diffJson } from '../../../../src/renderer/features/rpc/model/json-diff.ts';
import { previewJson, shortJson } from '../../../../src/renderer/features/rpc/model/json-preview.ts';
import { issuesOf, openIssues } from '../../../../src/renderer/features/rpc/model/problems.ts';
import { cellText, sortRows, tablesIn } from '../../../../src/renderer/features/rpc/model/result-table.ts';

describe('a preview of a large answer', () => {
  it('is the same text as the whole when the whole fits', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(previewJson(value)).toEqual({ text: JSON.stringify(value, null, 2), complete: true });
      }),
    );
  });

  it('is the beginning of the whole when it does not', () => {
    const value = { rows: Array.from({ length: 50_000 }, (_, index) => ({ index, name: `row ${index}` })) };
    const preview = previewJson(value, 65_536);
    expect(preview.complete).toBe(false);
    expect(preview.text).toHaveLength(65_536);
    expect(JSON.stringify(value, null, 2).startsWith(preview.text)).toBe(true);
  });
});

describe('a value on one line', () => {
  it('is compact JSON, cut when it is long', () => {
    const value = { a: [1, 'x": y'], b: {}, c: { 'k": ': '\n  "z": ' } };
    expect(shortJson(value)).toBe(JSON.stringify(value));
    expect(shortJson('x'.repeat(500), 10)).toBe('"xxxxxxxx…');
    expect(shortJson(Array.from({ length: 1_000_000 }, () => 0)).length).toBe(80);
    expect(shortJson(undefined)).toBe('');
  });
});

describe('what changed between two answers', () => {
  it('is each member that was added, removed or changed', () => {
    expect(diffJson({ a: 1, b: { c: [1, 2] }, gone: true }, { a: 1, b: { c: [1, 3, 4] }, now: null }).changes).toEqual([
      { pointer: '/b/c/1', kind: 'changed', before: 2, after: 3 },
      { pointer: '/b/c/2', kind: 'added', before: undefined, after: 4 },
      { pointer: '/gone', kind: 'removed', before: true, after: undefined },
      { pointer: '/now', kind: 'added', before: undefined, after: null },
    ]);
  });

  it('is nothing for equal answers, and turns the one into the other where only values changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(diffJson(value, structuredClone(value)).changes).toEqual([]);
      }),
    );
    const before = { a: [1, { b: 2 }], c: 'x' };
    const after = { a: [1, { b: 3 }], c: 'y' };
    const rebuilt = diffJson(before, after).changes.reduce<unknown>(
      (value, change) => setAt(value, parsePointer(change.pointer), change.after),
      before,
    );
    expect(rebuilt).toEqual(after);
    expect(getAt(rebuilt, ['a', '1', 'b'])).toBe(3);
  });

  it('lists no more than it may and says so', () => {
    const diff = diffJson([], [1, 2, 3], 2);
    expect([diff.changes.length, diff.more]).toEqual([2, true]);
  });
});

describe('tables in an answer', () => {
  it('are the arrays of objects, nearest to the top first', () => {
    const found = tablesIn({ deep: { inner: [{ a: 1 }] }, users: [{ name: 'bea', role: 'admin' }, { name: 'al' }], empty: [], plain: [1] });
    expect(found.map((table) => [table.pointer, table.columns])).toEqual([
      ['/users', ['name', 'role']],
      ['/deep/inner', ['a']],
    ]);
    expect(tablesIn([{ a: 1 }])[0]?.pointer).toBe('');
  });

  it('sort numbers by size, text as people do, and put what is missing last', () => {
    const rows = [{ n: 10 }, {}, { n: 9 }, { n: null }];
    expect(sortRows(rows, { column: 'n', descending: false })).toEqual([{ n: 9 }, { n: 10 }, {}, { n: null }]);
    expect(sortRows(rows, { column: 'n', descending: true })[0]).toEqual({ n: 10 });
    expect(sortRows([{ s: 'n10' }, { s: 'n9' }], { column: 's', descending: false })).toEqual([{ s: 'n9' }, { s: 'n10' }]);
  });

  it('write a missing value as a dash and a container as JSON', () => {
    expect([cellText(null), cellText(undefined), cellText([1]), cellText(0.123456), cellText('x')]).toEqual([
      '–',
      '–',
      '[1]',
      '0.123',
      'x',
    ]);
  });
});

describe('faults that the node named', () => {
  const issues = [{ path: '/lines', message: 'Too big' }];
  const error = new SignalboxError('INVALID_PARAMS', 'No.', { data: { issues } });

  it('are read from INVALID_PARAMS only', () => {
    expect(issuesOf(error)).toEqual(issues);
    expect(issuesOf(new SignalboxError('TIMEOUT', 'No.', { data: { issues } }))).toEqual([]);
    expect(issuesOf(new SignalboxError('INVALID_PARAMS', 'No.', { data: 'x' }))).toEqual([]);
  });

  it('hold until their value is changed', () => {
    expect(openIssues(issues, { lines: 9, name: 'a' }, { lines: 9, name: 'b' })).toEqual(issues);
    expect(openIssues(issues, { lines: 9 }, { lines: 5 })).toEqual([]);
    expect(openIssues([{ path: '/name', message: 'Missing' }], {}, { name: 'a' })).toEqual([]);
  });
});
