import { expect, test } from 'vitest';
import type { GroupInfo } from '../../../../../src/common/contract/brokers.ts';
import { mergeGroups } from '../../../../../src/main/node/services/broker/merge-lists.ts';
import { planRebalance } from '../../../../../src/main/node/services/broker/rebalance-plan.ts';
import { pretendGroup, startPretended } from '../../../../helpers/pretended-brokers.ts';

const names = ['press', 'mill', 'depot'];

test('every group is seen from every node, and a leadership is handed over from anywhere', async () => {
  const group = pretendGroup('G-AAAAA', ['press', 'mill'], [], 'mill');
  const nodes = startPretended({ nodes: names, groups: [group], without: ['depot'] });
  const depot = nodes('depot');
  expect(await depot.call('brokers.groups')).toMatchObject({
    groups: [{ groupId: 'G-AAAAA', leader: 'B-MILL0', observedBy: nodes('mill').nodeId }],
  });
  expect(await depot.call('brokers.transfer', { groupId: 'G-AAAAA', to: 'B-PRESS' })).toEqual({ leader: 'B-PRESS', term: 2 });
  expect(group.leader).toBe('press');
});

test('leaderships are spread evenly', async () => {
  const groups = ['G-AAAAA', 'G-BBBBB', 'G-CCCCC', 'G-DDDDD'].map((id) => pretendGroup(id, names, [], 'press'));
  const nodes = startPretended({ nodes: names, groups });
  const { moved } = (await nodes('depot').call('brokers.rebalance')) as { moved: unknown[] };
  expect(moved).toHaveLength(2);
  expect(groups.map(({ leader }) => leader).sort()).toEqual(['depot', 'mill', 'press', 'press']);
});

test('an act of this broker says what to do when it is off', async () => {
  const nodes = startPretended({ nodes: ['press'], groups: [], without: ['press'] });
  for (const [method, params] of [
    ['brokers.createGroup', {}],
    ['brokers.backup', { groupId: 'G-AAAAA' }],
  ] as const)
    await expect(nodes('press').call(method, params)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('signalbox config set broker.enabled=true'),
      data: { reason: 'brokerOff' },
    });
});

const member = (brokerId: string, fields: object = {}) => ({
  brokerId,
  nodeId: `n-${brokerId}`,
  name: brokerId,
  host: '127.0.0.1',
  port: 9401,
  role: 'replica' as const,
  status: 'active' as const,
  matchIndex: 1,
  lag: 0,
  lagSince: null,
  snapshot: null,
  impaired: false,
  ...fields,
});
const group = (
  groupId: string,
  leader: string | null,
  others: readonly ReturnType<typeof member>[],
  fields: Partial<GroupInfo> = {},
): GroupInfo => ({
  groupId,
  version: 1,
  term: 1,
  leader,
  leaderSince: null,
  commitIndex: 1,
  appliedIndex: 1,
  writable: true,
  whyNotWritable: null,
  voters: 3,
  quorum: 2,
  activeVoters: 3,
  members: [...(leader === null ? [] : [{ ...member(leader), role: 'leader' as const }]), ...others],
  queues: 0,
  messages: 0,
  bytes: 0,
  logBytes: 0,
  inPerSecond: 0,
  outPerSecond: 0,
  observedBy: `n-${leader}`,
  observedAt: 1,
  ...fields,
});

test('only brokers that are there, have everything and have a vote take a leadership over', () => {
  const unable = [{ status: 'inactive' as const }, { lag: 5 }, { role: 'learner' as const }, { impaired: true }];
  for (const fields of unable)
    expect(planRebalance([group('G-A', 'B-1', [member('B-2', fields)]), group('G-B', 'B-1', [member('B-2', fields)])])).toEqual([]);
  expect(
    planRebalance([group('G-A', 'B-1', [member('B-2')]), group('G-B', 'B-1', [member('B-2')]), group('G-C', null, [member('B-2')])]),
  ).toEqual([{ groupId: 'G-A', from: 'B-1', to: 'B-2' }]);
});

test('of two that say they lead, the later term is believed; without a leader the one that has most', () => {
  const said = (...groups: GroupInfo[]) => groups.map((item) => ({ nodeId: item.observedBy, name: item.observedBy, items: [item] }));
  const old = group('G-A', 'B-1', [], { term: 3 });
  const now = group('G-A', 'B-2', [], { term: 4 });
  const follower = group('G-A', 'B-2', [member('B-3')], { term: 4, commitIndex: 9, observedBy: 'n-B-3' });
  expect(mergeGroups(said(old, follower, now))).toEqual([now]);
  expect(mergeGroups(said(now, follower, old))).toEqual([now]);
  expect(mergeGroups(said(old, follower))).toEqual([follower]);
});

test('whose disk has lost what it held is taken from its own node, and a group that this keeps from a leader says so', () => {
  const members = (impaired: readonly string[]) =>
    ['B-1', 'B-2'].map((brokerId) => member(brokerId, { nodeId: `n-${brokerId}`, name: brokerId, impaired: impaired.includes(brokerId) }));
  const seenBy = (brokerId: string, impaired: readonly string[], fields: Partial<GroupInfo> = {}) => ({
    ...group('G-A', null, [], {
      observedBy: `n-${brokerId}`,
      voters: 2,
      quorum: 2,
      writable: false,
      whyNotWritable: 'no leader',
      ...fields,
    }),
    members: members(impaired),
  });
  const merge = (...groups: GroupInfo[]) => {
    const [merged] = mergeGroups(groups.map((item) => ({ nodeId: item.observedBy, name: item.observedBy, items: [item] })));
    return merged;
  };
  // The one that has most is whole, and does not know of the other; what it says of the other counts for nothing.
  const stuck = merge(seenBy('B-1', [], { commitIndex: 9 }), seenBy('B-2', ['B-2']));
  expect(stuck).toMatchObject({ commitIndex: 9, members: [{ impaired: false }, { brokerId: 'B-2', impaired: true }] });
  expect(stuck?.whyNotWritable).toMatch(/^no quorum: 1 of 2\. B-2 has no vote/);
  expect(merge(seenBy('B-1', ['B-2']), seenBy('B-2', []))).toMatchObject({
    whyNotWritable: 'no leader',
    members: [{}, { impaired: false }],
  });
  const led = merge(seenBy('B-1', [], { leader: 'B-1', writable: true, whyNotWritable: null }), seenBy('B-2', ['B-2']));
  expect(led).toMatchObject({ whyNotWritable: null, members: [{}, { impaired: true }] });
});
