import { describe, expect, test } from 'vitest';
import type { ClusterMember } from '../../../../../src/common/contract/membership.ts';
import { onlyThisMachine } from '../../../../../src/renderer/features/settings/trust/model/addresses.ts';
import { linkStateOf } from '../../../../../src/renderer/features/settings/trust/model/member-state.ts';
import { memberTable } from '../../../../../src/renderer/features/settings/trust/model/members-table.ts';
import { rightsOf } from '../../../../../src/renderer/features/settings/trust/rights.ts';
import { columnsThatFit } from '../../../../../src/renderer/features/shared/table/fitting-columns.ts';
import { orderRows, toggledOrder } from '../../../../../src/renderer/features/shared/table/table-model.ts';

const member = (name: string, change: Partial<ClusterMember> = {}): ClusterMember => ({
  nodeId: `n1${name}`,
  name,
  fingerprint: { words: [], hex: '' },
  roles: ['peer'],
  since: 0,
  addedBy: { nodeId: 'n1hub', name: 'hub-01' },
  endsAt: null,
  state: 'linked',
  failure: null,
  addresses: [],
  provenAt: null,
  rttMs: null,
  ...change,
});
const names = (members: readonly ClusterMember[]) => members.map(({ name }) => name);

describe('how a member stands to this node', () => {
  test('one that is off or out of reach is no alarm; one that refuses, or is refused, is', () => {
    const failed = (code: string) => linkStateOf({ state: 'notLinked', failure: { code, message: '' } });
    expect(linkStateOf({ state: 'linked', failure: null })).toEqual({ kind: 'online', word: 'linked' });
    expect(linkStateOf({ state: 'notLinked', failure: null })).toEqual({ kind: 'offline', word: 'notLinked' });
    expect(failed('NODE_UNREACHABLE').word).toBe('notLinked');
    expect(['REVOKED', 'PIN', 'CHANNEL_BINDING', 'CLOCK'].map((code) => failed(code).word)).toEqual(Array(4).fill('refused'));
  });
});

describe('the table of members', () => {
  const members = [member('press-07', { rttMs: 4 }), member('kiln-02'), member('hub-01', { rttMs: 12 })];

  test('is sorted either way, what has no value last', () => {
    expect(names(orderRows(memberTable, members, { column: 'rtt', descending: false }))).toEqual(['press-07', 'hub-01', 'kiln-02']);
    expect(names(orderRows(memberTable, members, { column: 'rtt', descending: true }))).toEqual(['hub-01', 'press-07', 'kiln-02']);
    expect(names(orderRows(memberTable, members, { column: 'link', descending: false }))).toEqual(['hub-01', 'kiln-02', 'press-07']);
  });

  test('turns on a second click, and begins with the newest for times', () => {
    const byName = { column: 'name', descending: false } as const;
    expect(toggledOrder(memberTable.columns, byName, 'name').descending).toBe(true);
    expect(toggledOrder(memberTable.columns, byName, 'proven').descending).toBe(true);
    expect(toggledOrder(memberTable.columns, byName, 'roles').descending).toBe(false);
  });

  test('keeps name, link and roles longest when there is little room', () => {
    expect(columnsThatFit(memberTable.columns, 1_016).map(({ id }) => id)).toEqual([
      'name',
      'link',
      'roles',
      'rtt',
      'proven',
      'addedBy',
      'since',
    ]);
    expect(columnsThatFit(memberTable.columns, 470).map(({ id }) => id)).toEqual(['name', 'link', 'roles']);
    expect(columnsThatFit(memberTable.columns, 100).map(({ id }) => id)).toEqual(['name', 'link']);
  });
});

test('addresses of this machine alone are told from those that others reach', () => {
  expect(onlyThisMachine(['127.0.0.1:7422', '[::1]:7422', 'localhost:7422'])).toBe(true);
  expect(onlyThisMachine(['127.0.0.1:7422', '192.168.1.20:7422'])).toBe(false);
  expect(onlyThisMachine([])).toBe(false);
});

test('who may lead is an admin at a node that is one, and it is said what is missing', () => {
  expect(rightsOf({ connected: true, person: true, node: 'admin' })).toEqual({ mayChange: true, mayLead: true, why: undefined });
  expect(rightsOf({ connected: true, person: true, node: 'member' })).toEqual({ mayChange: true, mayLead: false, why: 'node' });
  expect(rightsOf({ connected: false, person: true, node: 'admin' })).toEqual({ mayChange: false, mayLead: false, why: 'away' });
  expect(rightsOf({ connected: true, person: true, node: 'removed' })).toEqual({ mayChange: true, mayLead: false, why: 'removed' });
  expect(rightsOf({ connected: true, person: false, node: 'admin' }).why).toBe('role');
});
