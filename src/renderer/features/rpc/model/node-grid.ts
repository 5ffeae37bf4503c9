/** The answer of a gathered call as a grid: one row for each node that was asked, whether it answered or not (look.md 7). */
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import type { NodeResult, Run } from '../state/run.ts';
import { isRow, type Sorting, sortRows } from './result-table.ts';
import { usualValue } from './usual-value.ts';

/** `offline`: known not to be there when the call was sent, so it was not asked. `missing`: asked, and no answer came. */
export type NodeRowState = 'ok' | 'failed' | 'waiting' | 'missing' | 'offline';

export interface NodeCell {
  readonly column: string;
  readonly value: unknown;
  /** Most nodes say something else. */
  readonly differs: boolean;
}

/** One node's part of a gathered answer. */
export interface NodeRow {
  readonly nodeId: string;
  readonly state: NodeRowState;
  readonly problem: NodeResult['error'];
  /** From sending until its part came; undefined where none came, or came with the others. */
  readonly afterMs: number | undefined;
  readonly data: unknown;
  readonly cells: readonly NodeCell[];
}

export interface NodeGrid {
  /** Plain members of the answers. */
  readonly columns: readonly string[];
  /** Those in which some node differs from most. */
  readonly differing: ReadonlySet<string>;
  readonly rows: readonly NodeRow[];
  readonly answered: number;
  /** The node whose answer took longest, of those whose time is known. */
  readonly slowestMs: number | undefined;
}

export type GatheredRun = Pick<Run, 'asked' | 'parts' | 'state' | 'data'>;

/** The one column of answers that have no members. */
export const wholeAnswer = '';

/** The grid of a gathered call, also while it runs. */
export function nodeGrid(run: GatheredRun): NodeGrid {
  const gathered = run.state === 'ok' ? (run.data as GatheredResults) : undefined;
  const results = gathered?.results ?? run.parts.map((part) => part.result);
  const byNode = new Map(results.map((result) => [result.node, result]));
  const times = new Map(run.parts.map((part) => [part.result.node, part.afterMs]));
  const answers = results.filter((result) => result.status === 'success').map((result) => result.data);
  const { columns, differing, usual } = columnsOf(answers, identities(run, results));
  const rows = nodesAsked(run, results, gathered?.missing ?? []).map(({ nodeId, info }): NodeRow => {
    const result = byNode.get(nodeId);
    return {
      nodeId,
      state: stateOf(result, info, run.state),
      problem: result?.error,
      afterMs: times.get(nodeId),
      data: result?.data,
      cells: result?.status === 'success' ? columns.map((column) => cellOf(column, result.data, usual)) : [],
    };
  });
  const known = rows.flatMap((row) => (row.state === 'ok' && row.afterMs !== undefined ? [row.afterMs] : []));
  return {
    columns,
    differing,
    rows,
    answered: rows.filter((row) => row.state === 'ok').length,
    slowestMs: known.length === 0 ? undefined : Math.max(...known),
  };
}

function nodesAsked(
  run: GatheredRun,
  results: readonly NodeResult[],
  missing: readonly string[],
): readonly { readonly nodeId: string; readonly info: NodeInfo | undefined }[] {
  const asked = new Map<string, NodeInfo | undefined>(run.asked.map((node) => [node.nodeId, node]));
  // The router knows best: a node may have come since the console last heard of the cluster.
  for (const nodeId of [...results.map((result) => result.node), ...missing]) if (!asked.has(nodeId)) asked.set(nodeId, undefined);
  return [...asked].map(([nodeId, info]) => ({ nodeId, info }));
}

function stateOf(result: NodeResult | undefined, info: NodeInfo | undefined, run: Run['state']): NodeRowState {
  if (result !== undefined) return result.status === 'success' ? 'ok' : 'failed';
  if (info !== undefined && info.status !== 'online') return 'offline';
  return run === 'running' ? 'waiting' : 'missing';
}

interface Columns {
  readonly columns: readonly string[];
  readonly differing: ReadonlySet<string>;
  readonly usual: ReadonlyMap<string, unknown>;
}

/** Plain members in the order of the answers. */
function columnsOf(answers: readonly unknown[], repeated: ReadonlySet<string>): Columns {
  const plain = new Set(answers.flatMap((answer) => (isRow(answer) ? Object.keys(answer).filter((key) => isPlain(answer[key])) : [])));
  const telling = [...plain].filter((column) => !repeated.has(column));
  const all = plain.size === 0 && answers.length > 0 ? [wholeAnswer] : telling.length > 0 ? telling : [...plain];
  const usual = new Map<string, unknown>();
  for (const column of all) {
    const found = usualValue(answers.map((answer) => memberOf(answer, column)));
    if (found !== undefined) usual.set(column, found.value);
  }
  const differing = new Set(all.filter((column) => answers.some((answer) => differs(answer, column, usual))));
  return { columns: all, differing, usual };
}

/** The columns for which there is room: those that differ go before the others, the order stays (look.md 4). */
export function columnsThatFit({ columns, differing }: NodeGrid, most: number): readonly string[] {
  const kept = new Set([...new Set([...differing, ...columns])].slice(0, most));
  return columns.filter((column) => kept.has(column));
}

/** Members in which every node only says who it is: the row does that already. */
function identities(run: GatheredRun, results: readonly NodeResult[]): ReadonlySet<string> {
  const answers = results.filter((result) => result.status === 'success' && isRow(result.data));
  const first = answers[0]?.data;
  const saysWho = (column: string) =>
    answers.every(({ node, data }) => {
      const value = memberOf(data, column);
      return value === node || value === run.asked.find((known) => known.nodeId === node)?.name;
    });
  return new Set(isRow(first) ? Object.keys(first).filter(saysWho) : []);
}

function cellOf(column: string, answer: unknown, usual: ReadonlyMap<string, unknown>): NodeCell {
  return { column, value: memberOf(answer, column), differs: differs(answer, column, usual) };
}

function differs(answer: unknown, column: string, usual: ReadonlyMap<string, unknown>): boolean {
  return usual.has(column) && JSON.stringify(memberOf(answer, column)) !== JSON.stringify(usual.get(column));
}

function memberOf(answer: unknown, column: string): unknown {
  if (column === wholeAnswer) return answer;
  return isRow(answer) && Object.hasOwn(answer, column) ? answer[column] : undefined;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Names of columns that are no members of an answer cannot be those of one. */
export const gridColumns = { node: '\u0000node', result: '\u0000result', time: '\u0000time' } as const;

/** The rows in order of a column. */
export function sortNodeRows(
  rows: readonly NodeRow[],
  sorting: Sorting | undefined,
  nameOf: (nodeId: string) => string,
): readonly NodeRow[] {
  if (sorting === undefined) return rows;
  const values = rows.map((row) => ({
    row,
    [gridColumns.node]: nameOf(row.nodeId),
    [gridColumns.result]: row.state,
    [gridColumns.time]: row.afterMs,
    ...Object.fromEntries(row.cells.map((cell) => [cell.column, cell.value])),
  }));
  return sortRows(values, sorting).map((value) => value.row as NodeRow);
}

/** A gathered answer as one value, a member for each node by name: two of them compare, in whatever order the nodes answered. */
export function byNodeName(gathered: GatheredResults, nameOf: (nodeId: string) => string): Readonly<Record<string, unknown>> {
  const entries = gathered.results.map((result) => [nameOf(result.node), result.data ?? result.error] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)));
}
