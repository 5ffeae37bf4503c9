/** A gathered answer as CSV (RFC 4180) for a spreadsheet. */
import { type GatheredRun, type NodeRow, nodeGrid } from './node-grid.ts';
import { isRow } from './result-table.ts';

/** One line for each node, with every member of the answers; what is nested is JSON. */
export function nodeCsv(run: GatheredRun, nameOf: (nodeId: string) => string): string {
  const { rows } = nodeGrid(run);
  const members = [...new Set(rows.flatMap((row) => (isRow(row.data) ? Object.keys(row.data) : [])))];
  const whole = rows.some((row) => row.state === 'ok' && !isRow(row.data)) ? ['answer'] : [];
  const head = ['node', 'nodeId', 'result', 'timeMs', 'error', ...whole, ...members];
  const lines = rows.map((row) => [
    nameOf(row.nodeId),
    row.nodeId,
    row.problem?.code ?? row.state,
    row.afterMs === undefined ? '' : Math.round(row.afterMs),
    row.problem?.message ?? '',
    ...whole.map(() => (isRow(row.data) ? '' : row.data)),
    ...members.map((member) => memberOf(row, member)),
  ]);
  return `${[head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

function memberOf(row: NodeRow, member: string): unknown {
  return isRow(row.data) && Object.hasOwn(row.data, member) ? row.data[member] : '';
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A spreadsheet takes text that begins like this for a formula, and a node may write what it likes.
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
