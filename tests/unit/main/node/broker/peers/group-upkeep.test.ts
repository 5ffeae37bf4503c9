import { describe, expect, test } from 'vitest';
import type { CoreStatus, GroupMember, MemberProgress } from '../../../../../../src/main/node/broker/core/types.ts';
import { isCaughtUp, readdressOf } from '../../../../../../src/main/node/broker/peers/group-upkeep.ts';
import { peerLimits } from '../../../../../../src/main/node/broker/peers/limits.ts';
import type { PeerBroker } from '../../../../../../src/main/node/broker/peers/types.ts';
import { statusOf } from '../../../../../helpers/broker-peers-fixture.ts';

const member: GroupMember = { brokerId: 'B-00002', voter: false, nodeId: 'n2', host: 'press-07', port: 9401 };
const peer: PeerBroker = {
  brokerId: 'B-00002',
  nodeId: 'n2',
  name: 'press-07',
  incarnation: 1,
  startId: 'a',
  host: 'press-07',
  saysHost: true,
  remoteAddress: '10.0.0.7',
  port: 9401,
  groups: [],
};
const moved = { type: 'readdress', brokerId: 'B-00002', host: '10.0.0.7', port: 9401 };

describe('where a member is', () => {
  test.each([
    ['not connected', undefined, false, null],
    ['where the group says', peer, true, null],
    ['it says that it is elsewhere', { ...peer, host: '10.0.0.7' }, false, moved],
    ['it dials from elsewhere, and its known address works', { ...peer, host: '10.0.0.7', saysHost: false }, false, null],
    ['it dials from elsewhere, and its known address has failed', { ...peer, host: '10.0.0.7', saysHost: false }, true, moved],
    ['another node has its id', { ...peer, nodeId: 'n3', host: '10.0.0.7' }, true, null],
    ['it listens for its own machine alone', { ...peer, host: '127.0.0.1' }, true, null],
    ['it does not listen', { ...peer, host: '10.0.0.7', port: 0 }, true, null],
  ] as const)('%s', (_what, connected, isUnreachable, change) => {
    expect(readdressOf(member, connected, isUnreachable)).toEqual(change);
  });
});

describe('when a learner gets its vote', () => {
  const progress: MemberProgress = {
    brokerId: 'B-00002',
    voter: false,
    matchIndex: 1_000,
    state: 'replicating',
    inFlightBytes: 0,
    heardAtMs: 50_000,
  };
  const leading = (changes: Partial<MemberProgress>): CoreStatus =>
    statusOf({ groupId: 'G-TEST1', version: 1, members: [member] }, { commitIndex: 1_000, members: [{ ...progress, ...changes }] });

  test.each([
    ['it has everything', {}, true],
    ['it is a little behind', { matchIndex: 1_000 - peerLimits.promotionLag }, true],
    ['it is further behind', { matchIndex: 999 - peerLimits.promotionLag }, false],
    ['it waits for a snapshot', { state: 'snapshot' }, false],
    ['it is being looked for', { state: 'probing' }, false],
    ['it was never heard of', { heardAtMs: null }, false],
    ['it has been silent', { heardAtMs: 50_001 - peerLimits.deadMs }, false],
  ] as const)('%s', (_what, changes, isReady) => {
    expect(isCaughtUp(leading(changes), 'B-00002', 50_001, peerLimits)).toBe(isReady);
  });

  test('one that the leader does not know gets none', () => {
    expect(isCaughtUp(leading({}), 'B-00009', 50_001, peerLimits)).toBe(false);
  });
});
