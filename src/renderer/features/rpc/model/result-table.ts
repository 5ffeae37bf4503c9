/** Answers as tables: arrays of objects, and one row a node for a gathered call. */
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { formatPointer, type JsonPath } from '../../../design/data/json-pointer.ts';
import { shortJson } from './json-preview.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface ResultTable {
  /** Where the rows are in the answer. */
  readonly pointer: string;
  readonly columns: readonly string[];
  /** Members that did not fit into the columns. */
  readonly hiddenColumns: number;
  readonly rows: readonly Row[];
}

const mostColumns = 12;
const deepestTable = 3;
const sampledRows = 200;

/** Every array of objects in an answer, nearest to the top first. */
export function tablesIn(data: unknown): readonly ResultTable[] {
  const found: { readonly depth: number; readonly table: ResultTable }[] = [];
  const walk = (value: unknown, path: JsonPath): void => {
    if (path.length > deepestTable || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      if (value.length > 0 && value.every(isRow)) found.push({ depth: path.length, table: tableOf(value, path) });
      return;
    }
    for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
  };
  walk(data, []);
  return found.sort((a, b) => a.depth - b.depth).map(({ table }) => table);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tableOf(rows: readonly Row[], path: JsonPath): ResultTable {
  const columns = [...new Set(rows.slice(0, sampledRows).flatMap((row) => Object.keys(row)))];
  return {
    pointer: formatPointer(path),
    columns: columns.slice(0, mostColumns),
    hiddenColumns: Math.max(0, columns.length - mostColumns),
    rows,
  };
}

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** Rows in order of a column: numbers by size, everything else as text; what is missing goes last. */
export function sortRows(rows: readonly Row[], sorting: Sorting | undefined): readonly Row[] {
  if (sorting === undefined) return rows;
  const { column, descending } = sorting;
  return rows.toSorted((a, b) => {
    const left = a[column];
    const right = b[column];
    if (left === undefined || left === null) return right === undefined || right === null ? 0 : 1;
    if (right === undefined || right === null) return -1;
    const order =
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : cellText(left).localeCompare(cellText(right), 'en', { numeric: true });
    return descending ? -order : order;
  });
}

const longestCell = 200;

/** One cell: text as it is, containers as short JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Math.round(value * 1_000) / 1_000);
  return typeof value === 'object' ? shortJson(value, longestCell) : String(value);
}

/** One node's part of a gathered answer. */
export interface NodeRow {
  readonly node: string;
  readonly state: 'ok' | 'failed' | 'missing';
  /** Why there are no values. */
  readonly problem: { readonly code: string; readonly message: string } | undefined;
  readonly data: unknown;
  readonly cells: readonly { readonly column: string; readonly value: unknown; readonly differs: boolean }[];
}

export interface NodeGrid {
  readonly columns: readonly string[];
  readonly rows: readonly NodeRow[];
  readonly answered: number;
}

const mostNodeColumns = 6;

/** The grid of a gathered call: simple members as columns, what differs from most nodes marked. */
export function nodeGrid({ results, missing }: GatheredResults): NodeGrid {
  const answers = results.flatMap((result) => (result.status === 'success' && isRow(result.data) ? [result.data] : []));
  const columns = [...new Set(answers.flatMap((answer) => Object.keys(answer).filter((key) => isSimple(answer[key]))))].slice(
    0,
    mostNodeColumns,
  );
  const usual = new Map(columns.map((column) => [column, mostCommon(answers.map((answer) => answer[column]))]));
  const rows = results.map((result): NodeRow => {
    const data = result.data;
    return {
      node: result.node,
      state: result.status === 'success' ? 'ok' : 'failed',
      problem: result.error,
      data,
      cells: columns.map((column) => {
        const value = isRow(data) ? data[column] : undefined;
        return { column, value, differs: answers.length > 1 && isRow(data) && value !== usual.get(column) };
      }),
    };
  });
  const absent = missing.map((node): NodeRow => ({ node, state: 'missing', problem: undefined, data: undefined, cells: [] }));
  return { columns, rows: [...rows, ...absent], answered: rows.filter((row) => row.state === 'ok').length };
}

function isSimple(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function mostCommon(values: readonly unknown[]): unknown {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
