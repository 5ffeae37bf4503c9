import { beforeEach, describe, expect, it } from 'vitest';
import type { ClusterTopic, ClusterTopicsNode } from '../../../../src/common/contract/cluster.ts';
import {
  type ActivityPoint,
  historyMs,
  keepPoint,
  useActivityHistory,
  withPoint,
} from '../../../../src/renderer/features/nodes/activity/model/history.ts';
import { nodeFailure } from '../../../../src/renderer/features/nodes/activity/model/node-failure.ts';
import { formatMs, formatPercent } from '../../../../src/renderer/features/nodes/activity/model/numbers.ts';
import { filterRows, nextSort, sortRows } from '../../../../src/renderer/features/nodes/activity/model/table.ts';
import { flatRows, groupedRows, keyOfRow } from '../../../../src/renderer/features/nodes/activity/model/topic-rows.ts';

const point = (timeMs: number, perSecond = 1): ActivityPoint => ({ timeMs, perSecond, errorsPerSecond: 0, p50Ms: 1, p95Ms: 2 });

describe('the history of the figures', () => {
  beforeEach(() => useActivityHistory.setState({ key: '', points: [] }));

  it('keeps what the charts show, and leaves a gap where nobody looked', () => {
    let points: readonly ActivityPoint[] = [];
    for (const timeMs of [0, 2_000, 4_000, 60_000, 62_000]) points = withPoint(points, point(timeMs));
    expect(points.map(({ timeMs, perSecond }) => [timeMs, perSecond])).toEqual([
      [0, 1],
      [2_000, 1],
      [4_000, 1],
      [4_001, null],
      [60_000, 1],
      [62_000, 1],
    ]);
    expect(withPoint(points, point(historyMs + 3_000)).map(({ timeMs }) => timeMs)).toEqual([
      4_000,
      4_001,
      60_000,
      62_000,
      62_001,
      historyMs + 3_000,
    ]);
  });

  it('takes an answer once, and begins anew for another node', () => {
    keepPoint('', point(1));
    keepPoint('', point(1, 9));
    expect(useActivityHistory.getState().points).toEqual([point(1)]);
    keepPoint('n1b', point(2));
    expect(useActivityHistory.getState()).toEqual({ key: 'n1b', points: [point(2)] });
  });
});

describe('a table', () => {
  const rows = [
    { name: 'b', calls: 2 },
    { name: 'A', calls: null },
    { name: 'c', calls: 10 },
  ];

  it('is sorted either way, what is unknown last', () => {
    const byCalls = (descending: boolean) => sortRows(rows, ({ calls }) => calls, descending).map(({ name }) => name);
    expect([byCalls(true), byCalls(false)]).toEqual([
      ['c', 'b', 'A'],
      ['b', 'c', 'A'],
    ]);
    expect(sortRows(rows, ({ name }) => name, false).map(({ name }) => name)).toEqual(['A', 'b', 'c']);
  });

  it('begins with the greatest number, or with A, and turns round at the second click', () => {
    const first = nextSort({ column: 'name', descending: false }, 'calls', false);
    expect(first).toEqual({ column: 'calls', descending: true });
    expect(nextSort(first, 'calls', false)).toEqual({ column: 'calls', descending: false });
    expect(nextSort(first, 'name', true)).toEqual({ column: 'name', descending: false });
  });

  it('shows what has every word of the filter somewhere', () => {
    const texts = [
      ['users.list', 'press-07'],
      ['logs.list', null],
    ];
    const found = (filter: string) => filterRows(texts, filter, (row) => row).map(([method]) => method);
    expect(found('LIST press')).toEqual(['users.list']);
    expect(found('  ')).toEqual(['users.list', 'logs.list']);
    expect(found('none')).toEqual([]);
  });
});

describe('topics', () => {
  const topic = (nodeId: string, name: string, published: number): ClusterTopic => ({
    nodeId,
    name: nodeId,
    topic: name,
    published,
    perSecond: 0,
    subscribers: 0,
    dropped: 0,
    lastAt: null,
    lastPreview: null,
  });
  const node = (nodeId: string, published: number | null, error: ClusterTopicsNode['error'] = null): ClusterTopicsNode => ({
    nodeId,
    name: nodeId,
    error,
    via: null,
    secure: false,
    published,
    delivered: 0,
    dropped: 0,
    perSecond: 0,
    topics: 0,
    subscriptions: 0,
  });
  const topics = [topic('a', '/x', 5), topic('b', '/x', 9), topic('a', '/y', 7)];

  it('are rows of their own, or below their nodes, which are sorted alike', () => {
    const sort = { column: 'published', descending: true } as const;
    expect(flatRows(topics, sort).map(keyOfRow)).toEqual(['b /x', 'a /y', 'a /x']);
    const nodes = [node('a', 12), node('b', 9), node('c', 0), node('d', null, { code: 'TIMEOUT', message: 'No answer.' })];
    expect(groupedRows(topics, nodes, sort, new Set()).map(keyOfRow)).toEqual([
      'node a',
      'a /y',
      'a /x',
      'node b',
      'b /x',
      // It has no topics to show, but a reason.
      'node d',
    ]);
    expect(groupedRows(topics, nodes, sort, new Set(['a', 'b'])).map(keyOfRow)).toEqual(['node a', 'node b', 'node d']);
    expect(groupedRows(topics, nodes, { column: 'topic', descending: true }, new Set(['b', 'd'])).map(keyOfRow)).toEqual([
      'node a',
      'a /y',
      'a /x',
      'node b',
      'node d',
    ]);
  });
});

it('numbers are short, and nothing is 0', () => {
  expect([null, 0, 0.04, 0.44, 9.94, 9.96, 1_240].map(formatMs)).toEqual(['–', '0', '0.04', '0.4', '9.9', '10', '1,240']);
  expect([formatPercent(0, 0), formatPercent(1, 200), formatPercent(1, 3), formatPercent(1, 1_000)]).toEqual(['0', '0.5', '33', '0.1']);
});

it('a failure of a later version is a fault of that node', () => {
  expect(nodeFailure({ code: 'TIMEOUT', message: 'No answer.' })).toMatchObject({ code: 'TIMEOUT', message: 'No answer.' });
  expect(nodeFailure({ code: 'NEW_ONE', message: 'Who knows.' })).toMatchObject({ code: 'INTERNAL', message: 'Who knows.' });
});
