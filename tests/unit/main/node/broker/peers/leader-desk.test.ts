import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import type { CoreStatus, MemberProgress, MembershipChange } from '../../../../../../src/main/node/broker/core/types.ts';
import { type Asker, LeaderDesk } from '../../../../../../src/main/node/broker/peers/leader-desk.ts';
import { peerLimits } from '../../../../../../src/main/node/broker/peers/limits.ts';
import type { MembershipRequest } from '../../../../../../src/main/node/broker/peers/membership-requests.ts';
import { statusOf } from '../../../../../helpers/broker-peers-fixture.ts';

const groupId = 'G-TEST1';
const asker: Asker = { brokerId: 'B-00002', nodeId: 'n2', name: 'press-07', remoteAddress: '10.0.0.7' };

/** @param changes of what the leader says of itself; by the clock, of which each look takes a second, where it changes */
function desk(changes: Partial<CoreStatus> | ((nowMs: number) => Partial<CoreStatus>) = {}, members = 1, refusedTimes = 0) {
  let pending = refusedTimes;
  let nowMs = 0;
  const decided: MembershipChange[] = [];
  const handedOverAtMs: number[] = [];
  const configuration = {
    groupId,
    version: 3,
    members: Array.from({ length: members }, (_, at) => ({
      brokerId: `B-0001${at}`,
      voter: true,
      nodeId: `m${at}`,
      host: '10.0.0.1',
      port: 9401,
    })),
  };
  const status = () => {
    nowMs += 1_000;
    const now = typeof changes === 'function' ? changes(nowMs) : changes;
    return statusOf(configuration, { role: 'leader', leaderId: 'B-00010', ready: true, ...now });
  };
  const groups = {
    adopt: () => Promise.resolve(),
    leave: () => Promise.resolve(),
    changeMembership: async (_groupId: string, change: MembershipChange) => {
      if (pending-- > 0) throw new SignalboxError('CONFLICT', 'Another change is on its way.', { retryable: true });
      return { index: decided.push(change) };
    },
    transfer: async () => void handedOverAtMs.push(nowMs),
    status: (id: string) => (id === groupId ? status() : undefined),
    load: () => undefined,
    groupIds: () => [groupId],
    nowMs: () => nowMs,
  };
  return { decided, handedOverAtMs, desk: new LeaderDesk(groups, 'B-00010', peerLimits) };
}

const join = (host: string | null): MembershipRequest => ({
  operation: 'JOIN_CLUSTER',
  cluster_id: groupId,
  broker_id: 'B-00002',
  host,
  port: 9401,
  replaces: null,
});

test.each([
  ['what it says', '10.0.0.9', '10.0.0.9'],
  ['where it dials from', null, '10.0.0.7'],
])('a broker that joins is found at %s', async (_what, host, found) => {
  const { desk: leader, decided } = desk();
  await leader.decide(join(host), asker);
  expect(decided).toEqual([{ type: 'addLearner', member: { brokerId: 'B-00002', voter: false, nodeId: 'n2', host: found, port: 9401 } }]);
});

test('a change waits for the one that is on its way', async () => {
  const { desk: leader, decided } = desk({}, 1, 2);
  await leader.decide(join(null), asker);
  expect(decided).toHaveLength(1);
});

test.each([
  ['listens for its own machine alone', join('127.0.0.1'), {}, 1, 'CONFLICT', /broker.host on press-07/],
  ['joins as another', { ...join(null), broker_id: 'B-00003' } as MembershipRequest, {}, 1, 'FORBIDDEN', /B-00003/],
  ['joins a full group', join(null), {}, 64, 'CONFLICT', /64 members/],
  ['asks one that does not lead', join(null), { role: 'follower', leaderId: null } as const, 1, 'NOT_LEADER', /^Only leader/],
  ['asks for another group', { ...join(null), cluster_id: 'G-OTHER' }, {}, 1, 'NOT_FOUND', /no replica/],
  [
    'removes one that is no member',
    { operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: 'B-00002' } as const,
    {},
    1,
    'NOT_MEMBER',
    /no member/,
  ],
  [
    'removes others and belongs to none',
    { operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: 'B-00010' } as const,
    {},
    2,
    'FORBIDDEN',
    /no member of the group/,
  ],
])('refused: a broker that %s', async (_what, request, changes, members, code, message) => {
  const { desk: leader, decided } = desk(changes, members);
  await expect(leader.decide(request, asker)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(decided).toEqual([]);
});

/** The other two voters of a group of three, as the leader sees them. */
const others = (changes: Partial<MemberProgress>): Partial<CoreStatus> => ({
  members: ['B-00011', 'B-00012'].map((brokerId) => ({
    brokerId,
    voter: true,
    matchIndex: 0,
    state: 'replicating',
    inFlightBytes: 0,
    heardAtMs: null,
    ...changes,
  })),
});
const remove = (brokerId: string) => ({ operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: brokerId }) as const;
const leader: Asker = { brokerId: 'B-00010', nodeId: 'm0', name: 'press-01', remoteAddress: null };

test('a leader that was just elected hears the others before it says that there would be no quorum', async () => {
  const { desk: elected, decided } = desk((nowMs) => others({ heardAtMs: nowMs < 4_000 ? null : nowMs }), 3);
  await elected.decide(remove('B-00011'), leader);
  expect(decided).toEqual([{ type: 'remove', brokerId: 'B-00011' }]);
});

test.each([
  ['has said nothing since this one leads', null],
  ['has been silent', peerLimits.deadMs],
])('a removal is refused when the broker that would be needed %s, and does not answer in time', async (_what, silentMs) => {
  const { desk: alone, decided } = desk((nowMs) => others({ heardAtMs: silentMs === null ? null : nowMs - silentMs }), 3);
  await expect(alone.decide(remove('B-00011'), leader)).rejects.toMatchObject({
    code: 'NO_QUORUM',
    message: expect.stringContaining('1 of 2 brokers answer'),
  });
  expect(decided).toEqual([]);
});

test.each([
  ['that leaves', remove('B-00010')],
  ['that is to hand over', { operation: 'TRANSFER_LEADER', cluster_id: groupId, to: null } as const],
])('a leader %s does it when it knows of one that has its log', async (_what, request) => {
  const { desk: going, handedOverAtMs } = desk(
    (nowMs) => others({ heardAtMs: nowMs, state: nowMs < 4_000 ? 'probing' : 'replicating' }),
    3,
  );
  await going.decide(request, leader);
  expect(handedOverAtMs).toEqual([4_000]);
});

test('a leader that leads no more while it waits for answers says so', async () => {
  const { desk: former, decided } = desk((nowMs) => (nowMs < 4_000 ? others({}) : { role: 'follower', leaderId: 'B-00011' }), 3);
  await expect(former.decide(remove('B-00012'), leader)).rejects.toMatchObject({
    code: 'NOT_LEADER',
    message: expect.stringContaining('B-00011 leads'),
  });
  expect(decided).toEqual([]);
});
