import { describe, expect, test } from 'vitest';
import type { NodeInfo } from '../../../../src/common/contract/nodes.ts';
import type { MetricPoint } from '../../../../src/common/contract/system.ts';
import { formatOffset, isSkewed } from '../../../../src/renderer/features/nodes/model/clock-offset.ts';
import { stateOf } from '../../../../src/renderer/features/nodes/model/node-state.ts';
import { nodeTable, nodeWords } from '../../../../src/renderer/features/nodes/model/node-table.ts';
import { commonVersion, compareVersions, versionSkew } from '../../../../src/renderer/features/nodes/model/versions.ts';
import { columnsThatFit } from '../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { filterRows, orderRows, toggledOrder } from '../../../../src/renderer/features/shared/table/table-model.ts';

function node(name: string, part: Partial<NodeInfo> = {}): NodeInfo {
  return {
    nodeId: `n1${name}`,
    name,
    self: false,
    status: 'online',
    version: '1.8.2',
    capabilities: [],
    health: 'ok',
    load: 0,
    since: 0,
    lastSeenAt: 0,
    epoch: 1,
    clockOffsetMs: null,
    rttMs: null,
    pendingCalls: 0,
    via: null,
    secure: false,
    circuit: 'closed',
    circuitOpenMs: 0,
    ...part,
  };
}

const noMetrics = () => undefined;
const names = (nodes: readonly NodeInfo[]) => nodes.map(({ name }) => name);

describe('sorting', () => {
  test('by name counts as people do', () => {
    const nodes = ['press-12', 'press-7', 'Kiln-2'].map((name) => node(name));
    expect(names(orderRows(nodeTable, nodes, { column: 'name', descending: false }, noMetrics))).toEqual(['Kiln-2', 'press-7', 'press-12']);
  });

  test('by state brings up what needs a person', () => {
    const nodes = [
      node('a'),
      node('b', { status: 'offline' }),
      node('c', { health: 'warn' }),
      node('d', { health: 'crit' }),
      node('e', { status: 'unknown' }),
    ];
    expect(names(orderRows(nodeTable, nodes, { column: 'state', descending: false }, noMetrics))).toEqual(['d', 'c', 'e', 'b', 'a']);
  });

  test('by a number leaves what has none at the end, both ways, and equals by name', () => {
    const nodes = [node('b', { rttMs: 4 }), node('silent'), node('a', { rttMs: 4 }), node('far', { rttMs: 88 })];
    expect(names(orderRows(nodeTable, nodes, { column: 'rtt', descending: true }, noMetrics))).toEqual(['far', 'a', 'b', 'silent']);
    expect(names(orderRows(nodeTable, nodes, { column: 'rtt', descending: false }, noMetrics))).toEqual(['a', 'b', 'far', 'silent']);
  });

  test('by a live value asks for the last second of each node', () => {
    const perSecond: Readonly<Record<string, number>> = { n1a: 3, n1b: 40 };
    const metricsOf = (nodeId: string) =>
      perSecond[nodeId] === undefined ? undefined : ({ rpcPerSecond: perSecond[nodeId] } as MetricPoint);
    const nodes = [node('a'), node('gone'), node('b')];
    expect(names(orderRows(nodeTable, nodes, { column: 'calls', descending: true }, metricsOf))).toEqual(['b', 'a', 'gone']);
  });

  test('a node that is there was seen later than any that left', () => {
    const nodes = [node('left', { status: 'offline', lastSeenAt: 900 }), node('here', { lastSeenAt: 1 })];
    expect(names(orderRows(nodeTable, nodes, { column: 'seen', descending: true }, noMetrics))).toEqual(['here', 'left']);
  });

  test('a column turns round when it is asked for again; numbers begin with the largest', () => {
    const byName = { column: 'name', descending: false } as const;
    expect(toggledOrder(nodeTable.columns, byName, 'name')).toEqual({ column: 'name', descending: true });
    expect(toggledOrder(nodeTable.columns, byName, 'cpu')).toEqual({ column: 'cpu', descending: true });
    expect(toggledOrder(nodeTable.columns, byName, 'version')).toEqual({ column: 'version', descending: false });
  });

  test('a thousand nodes take no time that a person would see', () => {
    const nodes = Array.from({ length: 1_000 }, (_, index) => node(`node-${(index * 7_919) % 1_000}`));
    const sorted = orderRows(nodeTable, nodes, { column: 'name', descending: false }, noMetrics);
    expect(names(sorted).slice(0, 3)).toEqual(['node-0', 'node-1', 'node-2']);
  });
});

describe('the filter', () => {
  const nodes = [
    node('press-07', { capabilities: ['press', 'edge'] }),
    node('mill-02', { capabilities: ['edge'], version: '1.7.9', status: 'offline' }),
  ];
  const words = (one: NodeInfo) => nodeWords(one, one.status);

  test('finds words in name, id, capability, version and state, and wants all of them', () => {
    for (const text of ['press-0', 'N1PRESS', 'press edge']) expect(names(filterRows(nodes, text, words))).toEqual(['press-07']);
    for (const text of ['1.7', 'edge off', 'mill']) expect(names(filterRows(nodes, text, words))).toEqual(['mill-02']);
    expect(filterRows(nodes, 'pres mill', words)).toEqual([]);
  });

  test('without words keeps the list itself', () => {
    expect(filterRows(nodes, '  ', words)).toBe(nodes);
  });
});

describe('versions', () => {
  test.each([
    ['1.8.2', '1.10.0', -1],
    ['1.8.2', '1.8.2', 0],
    ['1.8.2+build.5', '1.8.2', 0],
    ['1.8.2-beta.2', '1.8.2', -1],
    ['1.8.2-beta.2', '1.8.2-beta.10', -1],
    ['2.0.0-rc.1', '1.9.9', 1],
  ])('%s against %s is %s', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
    expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });

  test('the common one is what most of those on line run; among equals the newest', () => {
    const nodes = [
      node('a', { version: '1.8.2' }),
      node('b', { version: '1.8.2' }),
      node('c', { version: '1.9.0' }),
      ...['d', 'e', 'f'].map((name) => node(name, { version: '1.7.0', status: 'offline' as const })),
    ];
    expect(commonVersion(nodes)).toBe('1.8.2');
    expect(commonVersion([node('a', { version: '1.8.2' }), node('b', { version: '1.9.0' })])).toBe('1.9.0');
    expect(commonVersion([node('a', { version: '1.7.0', status: 'offline' })])).toBe('1.7.0');
    expect(commonVersion([])).toBeUndefined();
  });

  test('another one is marked older or newer', () => {
    expect(versionSkew('1.7.9', '1.8.2')).toBe('older');
    expect(versionSkew('1.9.0', '1.8.2')).toBe('newer');
    expect(versionSkew('1.8.2', '1.8.2')).toBeUndefined();
    expect(versionSkew('1.8.2', undefined)).toBeUndefined();
  });
});

describe('clocks', () => {
  test('more than a second off is worth a mark, either way', () => {
    expect([1_000, -1_000, 12, null].map(isSkewed)).toEqual([false, false, false, false]);
    expect([1_001, -2_100].map(isSkewed)).toEqual([true, true]);
  });

  test.each([
    [0, '0 ms'],
    [12.4, '+12 ms'],
    [-0.2, '0 ms'],
    [2_100, '+2.1 s'],
    [-2_100, '−2.1 s'],
    [185_000, '+3 min'],
    [-14_400_000, '−4 h'],
  ])('%s ms is written %s', (offsetMs, words) => {
    expect(formatOffset(offsetMs)).toBe(words);
  });
});

describe('columns', () => {
  const ids = (widthPx: number) => columnsThatFit(nodeTable.columns, widthPx).map(({ id }) => id);

  test('all are there where there is room', () => {
    expect(ids(1_232)).toEqual(nodeTable.columns.map(({ id }) => id));
  });

  test('capabilities and version leave first, name and state never', () => {
    expect(ids(1_100)).not.toContain('capabilities');
    expect(ids(1_100)).toContain('version');
    expect(ids(700)).not.toContain('version');
    expect(ids(100)).toEqual(['name', 'state']);
    expect(ids(430)).toEqual(['name', 'state', 'cpu']);
  });

  test('what is shown always fits', () => {
    for (let widthPx = 320; widthPx < 1_400; widthPx += 7) {
      const shown = columnsThatFit(nodeTable.columns, widthPx);
      const neededPx = 24 + shown.reduce((sum, { minPx }) => sum + minPx + 12, -12);
      expect(neededPx).toBeLessThanOrEqual(widthPx);
    }
  });
});

describe('the state', () => {
  test('says what is known: away is grey, a problem has its own shape, and a lost own node makes all a memory', () => {
    expect(stateOf(node('a'), false)).toEqual({ kind: 'online', word: 'online' });
    expect(stateOf(node('a', { health: 'warn' }), false)).toEqual({ kind: 'warn', word: 'warn' });
    expect(stateOf(node('a', { health: 'crit' }), false)).toEqual({ kind: 'failed', word: 'crit' });
    expect(stateOf(node('a', { health: 'crit', status: 'offline' }), false)).toEqual({ kind: 'offline', word: 'offline' });
    expect(stateOf(node('a', { status: 'unknown' }), false)).toEqual({ kind: 'unknown', word: 'unknown' });
    expect(stateOf(node('a'), true)).toEqual({ kind: 'unknown', word: 'was' });
  });
});
