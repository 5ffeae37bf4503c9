import { describe, expect, it } from 'vitest';
import { columnsThatFit } from '../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { orderRows, type TableOrder, toggledOrder } from '../../../../src/renderer/features/shared/table/table-model.ts';
import { gatheredOf } from '../../../../src/renderer/features/shared/tunnels/gathered.ts';
import { needsPerson, sumTunnels, tunnelHealth } from '../../../../src/renderer/features/shared/tunnels/tunnel-health.ts';
import { keepLastSeen } from '../../../../src/renderer/features/tunnels/model/last-seen.ts';
import {
  findTunnel,
  shortAddress,
  shortTarget,
  type TunnelColumnId,
  tunnelTable,
} from '../../../../src/renderer/features/tunnels/model/tunnel-table.ts';
import { tunnel } from './samples.ts';

const nameOf = (nodeId: string) => nodeId;
const down = { state: 'down' as const, detail: 'nothing listens on localhost:3000', checkedAt: 0 };

describe('how a tunnel is', () => {
  it('tells a service that is down from a gateway that is away', () => {
    expect(tunnelHealth(tunnel('a'))).toBe('up');
    expect(tunnelHealth(tunnel('a', { service: down }))).toBe('serviceDown');
    expect(tunnelHealth(tunnel('a', { state: 'waiting', service: down }))).toBe('waiting');
    expect(['failed', 'serviceDown', 'waiting', 'off'].map((health) => needsPerson(health as 'failed'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('adds several up, those that are off aside', () => {
    const sums = sumTunnels([
      tunnel('a'),
      tunnel('b', { service: down }),
      tunnel('c', { state: 'off' }),
      tunnel('d', { state: 'waiting' }),
    ]);
    expect(sums).toEqual({ wanted: 3, up: 1, needPerson: 1, requestsPerSecond: 4 });
  });
});

describe('the table of tunnels', () => {
  it('orders by state with the worst first, by numbers with the largest first, equals by address', () => {
    const rows = [tunnel('c'), tunnel('b', { state: 'failed' }), tunnel('a')];
    const ids = (order: TableOrder<TunnelColumnId>) => orderRows(tunnelTable, rows, order, nameOf).map(({ agentId }) => agentId);
    expect(ids({ column: 'address', descending: false })).toEqual(['a', 'b', 'c']);
    expect(ids({ column: 'state', descending: false })).toEqual(['b', 'a', 'c']);
    expect(toggledOrder(tunnelTable.columns, { column: 'address', descending: false }, 'rate')).toEqual({
      column: 'rate',
      descending: true,
    });
    expect(toggledOrder(tunnelTable.columns, { column: 'address', descending: false }, 'state')).toEqual({
      column: 'state',
      descending: false,
    });
  });

  it('keeps address and state when it is narrow, and drops p95 before errors', () => {
    const ids = (width: number) => columnsThatFit(tunnelTable.columns, width).map(({ id }) => id);
    expect(ids(1_200)).toEqual(['address', 'target', 'state', 'rate', 'p95', 'errors', 'exposure']);
    expect(ids(820)).not.toContain('p95');
    expect(ids(820)).toContain('errors');
    expect(ids(100)).toEqual(['address', 'state']);
  });

  it('finds by id, or by a name that only one has', () => {
    const a = tunnel('orders', { tunnelId: 'TU-1' });
    const b = tunnel('orders', { tunnelId: 'TU-2', nodeId: 'node-b' });
    expect(findTunnel([a, b], 'TU-2')).toBe(b);
    expect(findTunnel([a, b], 'orders')).toBeUndefined();
    expect(findTunnel([a], 'orders')).toBe(a);
    expect(findTunnel([a], undefined)).toBeUndefined();
  });

  it('shortens addresses and targets to what tells them apart', () => {
    expect(shortAddress('https://orders.north.example/')).toBe('orders.north.example');
    expect(shortTarget({ host: 'localhost', port: 80 })).toBe(':80');
    expect(shortTarget({ host: 'printer', port: 9_100 })).toBe('printer:9100');
    expect(shortTarget({ host: 'fd00::1', port: 80 })).toBe('[fd00::1]:80');
  });
});

describe('answers of every node', () => {
  const gathered = gatheredOf<{ tunnels: readonly ReturnType<typeof tunnel>[] }>({
    results: [
      { node: 'node-a', status: 'success', data: { tunnels: [tunnel('a')] } },
      { node: 'node-b', status: 'error', error: { code: 'FORBIDDEN', message: 'no', retryable: false } },
    ],
    missing: ['node-c'],
  });

  it('says who is silent, and with what', () => {
    expect([...gathered.answers.keys()]).toEqual(['node-a']);
    expect(gathered.silent.map(({ nodeId, code }) => [nodeId, code])).toEqual([
      ['node-b', 'FORBIDDEN'],
      ['node-c', undefined],
    ]);
  });

  it('keeps what silent nodes said last, and forgets a node that has left the cluster', () => {
    const first = keepLastSeen(new Map(), gathered, new Set(['node-a', 'node-b', 'node-c']));
    expect(first.get('node-a')).toEqual({ tunnels: [tunnel('a')], stale: false });
    const nobody = { answers: new Map(), silent: [] };
    const later = keepLastSeen(first, nobody, new Set(['node-a']));
    expect(later.get('node-a')?.stale).toBe(true);
    expect(keepLastSeen(later, nobody, new Set(['node-b'])).size).toBe(0);
  });
});
