/** Answers as tables: arrays of objects. */
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

/** True for an object that is no array. */
export function isRow(value: unknown): value is Row {
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
export function sortRows<R extends Row>(rows: readonly R[], sorting: Sorting | undefined): readonly R[] {
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
