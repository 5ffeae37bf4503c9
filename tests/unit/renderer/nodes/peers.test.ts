import { describe, expect, test } from 'vitest';
import type { PeerInfo } from '../../../../src/common/contract/peers.ts';
import { totalQueued, urgentFirst } from '../../../../src/renderer/features/nodes/peers/model/backlog.ts';
import {
  type HealthSample,
  healthBands,
  healthColumns,
  healthShares,
} from '../../../../src/renderer/features/nodes/peers/model/health-history.ts';
import { healedLately, missingNames } from '../../../../src/renderer/features/nodes/peers/model/partition.ts';
import { countByState, shapeOf, stateOf } from '../../../../src/renderer/features/nodes/peers/model/peer-health.ts';
import { peerTable, peerWords } from '../../../../src/renderer/features/nodes/peers/model/peer-table.ts';
import { openForMs, type PeerWay, stateOfWay, wayInUse, wayLeft } from '../../../../src/renderer/features/nodes/peers/model/peer-ways.ts';
import { formatScore, standingPercent } from '../../../../src/renderer/features/nodes/peers/model/standing.ts';
import { shareWords } from '../../../../src/renderer/features/nodes/peers/peer-words.ts';
import { columnsThatFit } from '../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { filterRows, orderRows, toggledOrder } from '../../../../src/renderer/features/shared/table/table-model.ts';
import { peer } from './peer-samples.ts';

const noWay = () => 'No way';
const names = (peers: readonly { readonly name: string }[]) => peers.map(({ name }) => name);
const waiting = (messages: number) => ({ messages, sizeBytes: messages * 100, oldestMs: 0 });

describe('the table', () => {
  test('is sorted by health with what needs a person first, equals by name as people count', () => {
    const peers = [
      peer('press-12'),
      peer('kiln-02', { health: 'Offline' }),
      peer('press-7'),
      peer('hub-01', { health: 'Critical' }),
      peer('old', { removed: true, health: 'Critical' }),
    ];
    const sorted = orderRows(peerTable, peers, { column: 'health', descending: false }, noWay);
    expect(names(sorted)).toEqual(['hub-01', 'kiln-02', 'press-7', 'press-12', 'old']);
  });

  test('leaves those without a value last both ways', () => {
    const peers = [peer('a'), peer('b', { latencyMs: 5 }), peer('c', { latencyMs: 50 })];
    for (const [descending, order] of [
      [true, ['c', 'b', 'a']],
      [false, ['b', 'c', 'a']],
    ] as const) {
      expect(names(orderRows(peerTable, peers, { column: 'latency', descending }, noWay))).toEqual(order);
    }
  });

  test('counts what waits by priority, the most first', () => {
    const empty = peer('a').queued;
    const peers = [peer('a', { queued: { ...empty, Low: waiting(9) } }), peer('b', { queued: { ...empty, High: waiting(2) } })];
    expect(
      names(orderRows(peerTable, peers, toggledOrder(peerTable.columns, { column: 'name', descending: false }, 'High'), noWay)),
    ).toEqual(['b', 'a']);
    expect(toggledOrder(peerTable.columns, { column: 'High', descending: true }, 'High').descending).toBe(false);
    expect(totalQueued(peers[0] ?? peer('none'))).toEqual({ messages: 9, sizeBytes: 900 });
    expect(urgentFirst).toEqual(['Critical', 'High', 'Medium', 'Low']);
  });

  test('finds by name, id, reason, state and way', () => {
    const peers = [peer('press-07', { reason: '3 heartbeats are missing.' }), peer('kiln-02')];
    const words = (one: PeerInfo) => peerWords(one, one.name === 'kiln-02' ? 'Healthy MQTT' : 'Warning Direct link');
    expect(names(filterRows(peers, ' heartbeats WARNING', words))).toEqual(['press-07']);
    expect(names(filterRows(peers, 'mqtt', words))).toEqual(['kiln-02']);
    expect(filterRows(peers, ' ', words)).toBe(peers);
    expect(filterRows(peers, 'nobody', words)).toEqual([]);
  });

  test('keeps name, health, way and what waits when it is narrow', () => {
    expect(columnsThatFit(peerTable.columns, Number.POSITIVE_INFINITY).map(({ id }) => id)).toEqual(peerTable.columns.map(({ id }) => id));
    expect(columnsThatFit(peerTable.columns, 300).map(({ id }) => id)).toEqual([
      'name',
      'health',
      'way',
      'Critical',
      'High',
      'Medium',
      'Low',
    ]);
  });
});

describe('the health of a peer', () => {
  test('is counted by state, removed ones apart', () => {
    const peers = [peer('a'), peer('b', { health: 'Offline' }), peer('c', { health: 'Warning', removed: true })];
    expect(Object.fromEntries(countByState(peers))).toEqual({ Healthy: 1, Warning: 0, Critical: 0, Offline: 1, Removed: 1 });
    expect(stateOf(peers[2] ?? peer('none'))).toBe('Removed');
  });

  test('is not known while the console has lost its node', () => {
    expect(shapeOf('Healthy', true)).toBe('unknown');
    expect(shapeOf('Removed', true)).toBe('paused');
    expect(shapeOf('Critical', false)).toBe('failed');
  });

  test('is never said to be whole when it is not', () => {
    expect([null, 1, 0.996, 0.5, 0].map(shareWords)).toEqual(['–', '100 %', '99 %', '50 %', '0 %']);
  });
});

describe('the ways to a peer', () => {
  const way = (part: Partial<PeerWay>): PeerWay => ({
    kind: 'link',
    available: true,
    inUse: false,
    circuit: 'closed',
    circuitOpenMs: 0,
    failures: 0,
    through: null,
    ...part,
  });

  test('say which is used and which is left alone', () => {
    const ways = [
      way({ circuit: 'open', circuitOpenMs: 42_000 }),
      way({ kind: 'mqtt', inUse: true }),
      way({ kind: 'relay', available: false }),
    ];
    expect(ways.map(stateOfWay)).toEqual(['left', 'used', 'missing']);
    expect(stateOfWay(way({ circuit: 'halfOpen', inUse: true }))).toBe('probed');
    expect(wayInUse({ ways })?.kind).toBe('mqtt');
    expect(wayLeft({ ways })?.kind).toBe('link');
    expect(wayInUse({ ways: [] })).toBeUndefined();
  });

  test('count down from what the node said, and not below nothing', () => {
    const open = way({ circuit: 'open', circuitOpenMs: 42_000 });
    expect(openForMs(open, 1_000, 11_000)).toBe(32_000);
    expect(openForMs(open, 1_000, 500)).toBe(42_000);
    expect(openForMs(open, 1_000, 90_000)).toBe(0);
  });
});

describe('the history', () => {
  const sample = (at: number, part: Partial<HealthSample> = {}): HealthSample => ({
    at,
    health: 'Healthy',
    latencyMs: 4,
    successRate: 1,
    score: 0,
    ...part,
  });

  test('is a gap where the node did not look', () => {
    const { timesMs, latencyMs, successPercent } = healthColumns([sample(0), sample(30_000, { successRate: null }), sample(600_000)]);
    expect(timesMs).toEqual([0, 30_000, 75_000, 600_000]);
    expect(latencyMs).toEqual([4, 4, null, 4]);
    expect(successPercent).toEqual([100, null, null, 100]);
  });

  test('makes bands of what was the same, until now', () => {
    const bands = healthBands([sample(0), sample(30_000), sample(60_000, { health: 'Critical' }), sample(600_000)], 630_000);
    expect(bands).toEqual([
      { health: 'Healthy', fromMs: 0, toMs: 60_000 },
      { health: 'Critical', fromMs: 60_000, toMs: 150_000 },
      { health: null, fromMs: 150_000, toMs: 600_000 },
      { health: 'Healthy', fromMs: 600_000, toMs: 630_000 },
    ]);
    expect(healthShares(bands)).toEqual([
      ['Healthy', 0.5],
      ['Critical', 0.5],
    ]);
    expect(healthBands([], 1)).toEqual([]);
    expect(healthShares([])).toEqual([]);
  });
});

describe('standing', () => {
  test('fills the bar at its best and empties it at the graylist', () => {
    expect([5, 50, 0, -30, -60, -900].map(standingPercent)).toEqual([100, 100, 60, 30, 0, 0]);
  });

  test('is written with its sign', () => {
    expect([3.25, 0.04, 0, -12.5].map(formatScore)).toEqual(['+3.3', '0', '0', '−12.5']);
  });
});

describe('a cluster in parts', () => {
  test('names a few of the missing and counts the others', () => {
    const missing = ['f', 'e', 'd', 'c', 'b', 'a'].map((name) => ({ name }));
    expect(missingNames(missing)).toEqual({ names: ['a', 'b', 'c', 'd'], more: 2 });
    expect(missingNames(missing.slice(0, 2))).toEqual({ names: ['e', 'f'], more: 0 });
  });

  test('that is whole again is news for ten minutes', () => {
    expect(healedLately({ partition: null, healedAt: 1_000 }, 60_000)).toBe(1_000);
    expect(healedLately({ partition: null, healedAt: 1_000 }, 700_000)).toBeUndefined();
    expect(healedLately({ partition: null, healedAt: null }, 0)).toBeUndefined();
    expect(healedLately({ partition: { since: 0, missing: [], isMinority: false }, healedAt: 1_000 }, 2_000)).toBeUndefined();
  });
});
