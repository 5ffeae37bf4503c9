import { describe, expect, it } from 'vitest';
import type { NodeInfo } from '../../../../src/common/contract/nodes.ts';
import type { GatheredResults } from '../../../../src/common/wire/messages.ts';
import { nodeCsv } from '../../../../src/renderer/features/rpc/model/node-csv.ts';
import {
  byNodeName,
  columnsThatFit,
  type GatheredRun,
  gridColumns,
  nodeGrid,
  sortNodeRows,
} from '../../../../src/renderer/features/rpc/model/node-grid.ts';
import { usualAnswer, usualValue } from '../../../../src/renderer/features/rpc/model/usual-value.ts';
import { nodeInfo } from '../../../helpers/samples.ts';

const info = (nodeId: string, status: NodeInfo['status'] = 'online') => nodeInfo(nodeId, { nodeId, status, self: nodeId === 'a' });
const good = (node: string, data: unknown) => ({ node, status: 'success', data }) as const;
const gathered: GatheredResults = {
  results: [
    good('c', { term: 42, lag: 0 }),
    good('a', { term: 42, lag: 0, list: [1] }),
    good('b', { term: 42, lag: 9 }),
    { node: 'd', status: 'error', error: { code: 'FORBIDDEN', message: 'No.', retryable: false } },
  ],
  missing: ['e'],
};
const ended: GatheredRun = {
  asked: [info('a'), info('b'), info('c'), info('d'), info('e'), info('f', 'offline')],
  parts: [{ result: gathered.results[1] ?? good('', {}), afterMs: 12 }],
  state: 'ok',
  data: gathered,
};
const states = (run: GatheredRun) => nodeGrid(run).rows.map((row) => `${row.nodeId} ${row.state}`);
const differing = (run: GatheredRun) =>
  nodeGrid(run).rows.flatMap((row) => row.cells.filter((cell) => cell.differs).map((cell) => `${row.nodeId}.${cell.column}`));

describe('the grid of a gathered call', () => {
  it('has a row for every node, in the order of the cluster, also for those that were not there', () => {
    expect(states(ended)).toEqual(['a ok', 'b ok', 'c ok', 'd failed', 'e missing', 'f offline']);
    const grid = nodeGrid(ended);
    expect([grid.columns, grid.answered, grid.slowestMs]).toEqual([['term', 'lag'], 3, 12]);
  });

  it('grows as parts come in', () => {
    const running: GatheredRun = { ...ended, state: 'running', data: undefined };
    expect(states(running)).toEqual(['a ok', 'b waiting', 'c waiting', 'd waiting', 'e waiting', 'f offline']);
  });

  it('keeps what came when the call as a whole was cancelled', () => {
    expect(states({ ...ended, state: 'cancelled', data: undefined }).slice(0, 2)).toEqual(['a ok', 'b missing']);
  });

  it('adds a node that the console had not heard of', () => {
    const data: GatheredResults = { results: [good('new', { term: 42 })], missing: [] };
    expect(states({ ...ended, asked: [], parts: [], data })).toEqual(['new ok']);
  });

  it('marks what differs from most nodes, and nothing where there is no majority', () => {
    expect(differing(ended)).toEqual(['b.lag']);
    const ids: GatheredResults = { results: ['a', 'b', 'c'].map((id) => good(id, { id })), missing: [] };
    expect(differing({ ...ended, data: ids })).toEqual([]);
  });

  it('shows the columns that differ before others where there is no room for all', () => {
    const members = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`m${index}`, 0]));
    const results = [good('a', members), good('b', members), good('c', { ...members, m8: 1 })];
    const grid = nodeGrid({ ...ended, data: { results, missing: [] } });
    expect(grid.columns).toHaveLength(9);
    expect(columnsThatFit(grid, 4)).toEqual(['m0', 'm1', 'm2', 'm8']);
  });

  it('leaves out what only says which node it is', () => {
    const results = ['a', 'b'].map((id) => good(id, { nodeId: id, name: id, term: 1 }));
    expect(nodeGrid({ ...ended, data: { results, missing: [] } }).columns).toEqual(['term']);
  });

  it('has one column for answers without members', () => {
    const grid = nodeGrid({ ...ended, data: { results: [good('a', [1]), good('b', [1]), good('c', [2])], missing: [] } });
    expect(grid.columns).toEqual(['']);
    expect(grid.rows.map((row) => row.cells[0]?.differs)).toEqual([false, false, true, undefined, undefined, undefined]);
  });

  it('sorts by any column', () => {
    const { rows } = nodeGrid(ended);
    const order = (column: string, descending = false) => sortNodeRows(rows, { column, descending }, (id) => id).map((row) => row.nodeId);
    expect(order('lag', true).slice(0, 1)).toEqual(['b']);
    expect(order(gridColumns.node, true)).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
    expect(order(gridColumns.time)[0]).toBe('a');
  });

  it('compares with an earlier one in whatever order the nodes answered', () => {
    const turned: GatheredResults = { ...gathered, results: gathered.results.toReversed() };
    expect(JSON.stringify(byNodeName(turned, (id) => id))).toBe(JSON.stringify(byNodeName(gathered, (id) => id)));
  });

  it('is CSV that no spreadsheet takes for a formula', () => {
    const data: GatheredResults = { results: [good('a', { text: '=1+1', quoted: 'a "b", c', n: -5 })], missing: [] };
    const csv = nodeCsv({ ...ended, asked: [info('a')], data }, () => 'press-07');
    expect(csv).toBe(`node,nodeId,result,timeMs,error,text,quoted,n\r\npress-07,a,ok,12,,'=1+1,"a ""b"", c",-5\r\n`);
  });
});

describe('what most nodes say', () => {
  it('needs more than half of them', () => {
    expect(usualValue([1, 1, 2])).toEqual({ value: 1 });
    expect(usualValue([1, 2])).toBeUndefined();
    expect(usualValue([1])).toBeUndefined();
    expect(usualValue([undefined, undefined, 1])).toEqual({ value: undefined });
  });

  it('leaves the own value where they do not agree, so that only what sets a node apart is left', () => {
    const answers = [
      { id: 'a', deep: { level: 1, at: 10 } },
      { id: 'b', deep: { level: 1, at: 20 } },
      { id: 'c', deep: { level: 2, at: 30 }, extra: true },
    ];
    expect(usualAnswer(answers, answers[2])).toEqual({ id: 'c', deep: { level: 1, at: 30 } });
    expect(usualAnswer(answers, answers[0])).toEqual(answers[0]);
  });
});
