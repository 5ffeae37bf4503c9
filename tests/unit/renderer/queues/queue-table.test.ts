import { describe, expect, it } from 'vitest';
import { clientTable } from '../../../../src/renderer/features/queues/model/client-table.ts';
import { groupLag, groupTable, leaderName } from '../../../../src/renderer/features/queues/model/group-table.ts';
import {
  findQueue,
  queueTable,
  queueWords,
  sharedNames,
  troubleCount,
} from '../../../../src/renderer/features/queues/model/queue-table.ts';
import { columnsThatFit } from '../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { filterRows, orderRows, toggledOrder } from '../../../../src/renderer/features/shared/table/table-model.ts';
import { group, member, queue } from './samples.ts';

const names = (queues: readonly { readonly name: string }[]) => queues.map(({ name }) => name);

describe('the list of queues', () => {
  const orders = queue('orders', { messages: 88_121, maxLag: 14_021, inSync: 2 });
  const line2 = queue('line-2', { messages: 5 });
  const line10 = queue('line-10', { messages: 5, leader: null });
  const all = [orders, line10, line2];

  it('sorts by name as people count, and by figures with the largest first', () => {
    expect(names(orderRows(queueTable, all, { column: 'name', descending: false }))).toEqual(['line-2', 'line-10', 'orders']);
    expect(names(orderRows(queueTable, all, { column: 'depth', descending: true }))).toEqual(['orders', 'line-2', 'line-10']);
    expect(names(orderRows(queueTable, all, { column: 'sync', descending: false }))).toEqual(['orders', 'line-2', 'line-10']);
    expect(toggledOrder(queueTable.columns, { column: 'name', descending: false }, 'lag')).toEqual({ column: 'lag', descending: true });
    expect(toggledOrder(queueTable.columns, { column: 'lag', descending: true }, 'lag')).toEqual({ column: 'lag', descending: false });
  });

  it('sorts ten thousand', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => queue(`q-${(index * 7_919) % 10_000}`, { messages: index % 97 }));
    const sorted = orderRows(queueTable, many, { column: 'depth', descending: true });
    expect(sorted).toHaveLength(10_000);
    expect(sorted[0]?.messages).toBe(96);
  });

  it('is filtered by words of name, id, group and leader', () => {
    expect(names(filterRows(all, 'LINE', queueWords))).toEqual(['line-10', 'line-2']);
    expect(names(filterRows(all, 'line hub', queueWords))).toEqual(['line-2']);
    expect(filterRows(all, '  ', queueWords)).toBe(all);
  });

  it('finds what an address means: id, GROUP/NAME, or a name that only one has', () => {
    const twin = queue('orders', { queueId: 'Q-ABCDE00001', groupId: 'G-ABCDE' });
    expect(findQueue(all, orders.queueId)).toBe(orders);
    expect(findQueue(all, 'orders')).toBe(orders);
    expect(findQueue([...all, twin], 'orders')).toBeUndefined();
    expect([...sharedNames([...all, twin])]).toEqual(['orders']);
    expect(findQueue([...all, twin], 'G-ABCDE/orders')).toBe(twin);
    expect(findQueue(all, undefined)).toBeUndefined();
  });

  it('loses columns by priority, never the name and the depth', () => {
    expect(columnsThatFit(queueTable.columns, 1_000).map(({ id }) => id)).toEqual(['name', 'depth', 'lag', 'sync', 'bytes', 'in', 'out']);
    expect(columnsThatFit(queueTable.columns, 372).map(({ id }) => id)).toEqual(['name', 'depth', 'lag', 'sync']);
    expect(columnsThatFit(queueTable.columns, 100).map(({ id }) => id)).toEqual(['name', 'depth']);
  });

  it('counts what needs a person', () => {
    expect(troubleCount(['ok', 'behind', 'unseen', 'unwritable', 'degraded'])).toBe(3);
  });
});

describe('the list of groups', () => {
  const one = group([member('B-HUB01', { name: 'hub-01' }), member('B-2', { lag: 12 })], { groupId: 'G-AAAAA' });
  const two = group([], { groupId: 'G-BBBBB', leader: null, activeVoters: 1 });

  it('sorts, and knows leader and lag', () => {
    expect(groupLag(one)).toBe(12);
    expect(leaderName(one)).toBe('hub-01');
    expect(leaderName(two)).toBeUndefined();
    const ids = (column: 'groupLag' | 'active' | 'leader', descending: boolean) =>
      orderRows(groupTable, [one, two], { column, descending }).map(({ groupId }) => groupId);
    expect(ids('groupLag', true)).toEqual(['G-AAAAA', 'G-BBBBB']);
    expect(ids('active', false)).toEqual(['G-BBBBB', 'G-AAAAA']);
    expect(ids('leader', false)).toEqual(['G-BBBBB', 'G-AAAAA']);
    expect(toggledOrder(groupTable.columns, { column: 'group', descending: false }, 'queueCount').descending).toBe(true);
  });
});

describe('the table of clients', () => {
  it('sorts by lag and by age of the last move', () => {
    const positions = [
      { clientId: 'C-2', position: 5, lag: 1, updatedAt: 300 },
      { clientId: 'C-10', position: 9, lag: 8, updatedAt: 100 },
    ];
    const ids = (column: 'client' | 'clientLag' | 'moved', descending: boolean) =>
      orderRows(clientTable, positions, { column, descending }).map(({ clientId }) => clientId);
    expect(ids('client', false)).toEqual(['C-2', 'C-10']);
    expect(ids('clientLag', true)).toEqual(['C-10', 'C-2']);
    expect(ids('moved', true)).toEqual(['C-10', 'C-2']);
  });
});
