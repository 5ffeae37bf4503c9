import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import type { GroupMember, MembershipChange } from '../../../../src/main/node/broker/core/types.ts';
import type { JoinRequest } from '../../../../src/main/node/broker/peers/group-membership.ts';
import type { PeerLimits } from '../../../../src/main/node/broker/peers/limits.ts';
import { type FixtureBroker, type FixtureBrokerOptions, openBroker, statusOf } from '../../../helpers/broker-peers-fixture.ts';

const groupId = 'G-TEST1';
const signal = new AbortController().signal;
const quiet = { onProgress: () => undefined, signal };

/** A group whose log is a list of members that all brokers see at once: what decides about members is tested, not how they agree. */
class FakeGroup {
  readonly brokers: FixtureBroker[] = [];
  members: GroupMember[] = [];
  leaderId = '';
  #version = 1;

  async open(options: FixtureBrokerOptions): Promise<FixtureBroker> {
    const broker = await openBroker({
      ...options,
      onChange: (_groupId, change) => this.#change(broker, change),
      onTransfer: (_groupId, to) => {
        this.leaderId = to ?? this.members.find(({ voter, brokerId }) => voter && brokerId !== this.leaderId)?.brokerId ?? this.leaderId;
        this.show();
      },
    });
    this.brokers.push(broker);
    return broker;
  }

  begin(members: readonly FixtureBroker[], leader: FixtureBroker): void {
    this.members = members.map((broker) => broker.member());
    this.leaderId = leader.brokerId;
    for (const broker of members) broker.statuses.set(groupId, statusOf({ groupId, version: 1, members: [] }));
    this.show();
  }

  /** What every replica sees of it. */
  show(): void {
    const configuration = { groupId, version: this.#version, members: this.members };
    for (const broker of this.brokers) {
      if (!broker.statuses.has(groupId)) continue;
      const isLeader = broker.brokerId === this.leaderId;
      const others = this.members.filter(({ brokerId }) => brokerId !== broker.brokerId);
      const heardAtMs = (brokerId: string) => (this.brokers.some((other) => other.brokerId === brokerId) ? performance.now() : null);
      broker.statuses.set(
        groupId,
        statusOf(configuration, {
          role: isLeader ? 'leader' : 'follower',
          ready: isLeader,
          leaderId: this.leaderId,
          commitIndex: 10,
          durableIndex: 10,
          members: isLeader
            ? others.map(({ brokerId, voter }) => ({
                brokerId,
                voter,
                matchIndex: 10,
                state: 'replicating',
                inFlightBytes: 0,
                heardAtMs: heardAtMs(brokerId),
              }))
            : [],
        }),
      );
      broker.peers.setMembers(groupId, this.members);
      broker.peers.groupChanged(groupId);
    }
  }

  #change(broker: FixtureBroker, change: MembershipChange): void {
    if (broker.brokerId !== this.leaderId) throw new SignalboxError('NOT_LEADER', 'Only leader changes members.');
    this.#version++;
    if (change.type === 'addLearner') this.members = [...this.members, change.member];
    else if (change.type === 'remove') this.members = this.members.filter(({ brokerId }) => brokerId !== change.brokerId);
    else
      this.members = this.members.map((member) =>
        member.brokerId !== change.brokerId
          ? member
          : change.type === 'promote'
            ? { ...member, voter: true }
            : { ...member, host: change.host, port: change.port },
      );
    this.show();
  }
}

const at = (broker: FixtureBroker, changes: Partial<JoinRequest> = {}): JoinRequest => ({
  groupId,
  address: { host: '127.0.0.1', port: broker.port },
  members: [],
  replaces: null,
  ...changes,
});

async function threeBrokers(limits: Partial<PeerLimits> = {}) {
  const group = new FakeGroup();
  const [a, b, c] = [await group.open({ byte: 1, limits }), await group.open({ byte: 2, limits }), await group.open({ byte: 3, limits })];
  group.begin([a, b], a);
  return { group, a, b, c };
}

test('a broker joins through one that does not lead: it is asked who does, learns, and gets its vote when it has caught up', async () => {
  const { group, a, b, c } = await threeBrokers();
  const steps: string[] = [];
  const joining = c.peers.membership.join(at(b), { onProgress: ({ step }) => void steps.push(step), signal });
  await expect(joining).resolves.toEqual({ voter: true });
  expect(a.changes.map(({ change }) => change.type)).toEqual(['addLearner', 'promote']);
  expect(group.members.map(({ brokerId, voter }) => [brokerId, voter])).toEqual([
    [a.brokerId, true],
    [b.brokerId, true],
    [c.brokerId, true],
  ]);
  expect(steps[0]).toBe('asking');
  await expect(c.peers.membership.join(at(b), quiet)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('already'),
  });
});

test('all members are told who leads and who belongs to the group', async () => {
  const { a, b } = await threeBrokers();
  await expect.poll(() => b.peers.isConnected(a.brokerId)).toBe(true);
  b.peers.directory.forget(groupId);
  a.statuses.set(groupId, { ...(a.statuses.get(groupId) as ReturnType<typeof statusOf>), term: 9 });
  a.peers.groupChanged(groupId);
  await expect.poll(() => b.peers.directory.get(groupId)).toMatchObject({ term: 9, leader: a.brokerId });
  expect(b.peers.directory.holdersOf(groupId)).toEqual([a.brokerId]);
});

test('a node whose broker lost its disk does not count as the old one: it joins in its place', async () => {
  const { group, a, b, c } = await threeBrokers();
  await c.peers.membership.join(at(a), quiet);
  await c.stop();
  group.brokers.splice(group.brokers.indexOf(c), 1);
  const wiped = await group.open({ byte: 3, brokerId: 'B-WIPED' });
  await expect(wiped.peers.membership.join(at(b), quiet)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(c.brokerId),
  });
  await expect(wiped.peers.membership.join(at(b, { replaces: c.brokerId }), quiet)).resolves.toEqual({ voter: true });
  expect(group.members.map(({ brokerId }) => brokerId)).toEqual([a.brokerId, b.brokerId, 'B-WIPED']);
});

test('a member leaves, also the one that leads; the only vote stays', async () => {
  const { group, a, b } = await threeBrokers();
  await a.peers.membership.leave(groupId, signal);
  expect(group.leaderId).toBe(b.brokerId);
  expect(a.statuses.has(groupId)).toBe(false);
  await expect(b.peers.membership.leave(groupId, signal)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(b.statuses.has(groupId)).toBe(true);
});

test('a removal that would leave no quorum is refused', async () => {
  const { group, a, b, c } = await threeBrokers({ answerMs: 0 });
  await c.peers.membership.join(at(a), quiet);
  await c.stop();
  group.brokers.splice(group.brokers.indexOf(c), 1);
  group.show();
  await expect(a.peers.membership.remove(groupId, b.brokerId, signal)).rejects.toMatchObject({
    code: 'NO_QUORUM',
    message: expect.stringContaining('1 of 2'),
  });
  // The one that is gone may go.
  await expect(b.peers.membership.remove(groupId, c.brokerId, signal)).resolves.toMatchObject({ leader: { brokerId: a.brokerId } });
  expect(group.members).toHaveLength(2);
});

test('leadership is handed on from any member, and a broker outside of the group decides nothing', async () => {
  const { group, a, b, c } = await threeBrokers();
  await expect(b.peers.membership.transfer(groupId, b.brokerId, signal)).resolves.toMatchObject({ leader: { brokerId: b.brokerId } });
  expect(group.leaderId).toBe(b.brokerId);
  c.peers.directory.note({ groupId, term: 1, leader: b.brokerId, configuration: { groupId, version: 1, members: group.members } });
  await expect(c.peers.membership.remove(groupId, a.brokerId, signal)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(group.members).toHaveLength(2);
});

test('a group of which no broker is known is said to be so', async () => {
  const { a, c } = await threeBrokers();
  const unknown: JoinRequest = { groupId: 'G-OTHER', address: null, members: [], replaces: null };
  await expect(c.peers.membership.join(unknown, quiet)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(c.peers.membership.join({ ...at(c), groupId: 'G-OTHER' }, quiet)).rejects.toMatchObject({ code: 'SELF' });
  await expect(c.peers.membership.join({ ...at(a), groupId: 'G-OTHER' }, quiet)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('an address at which somebody else answers is passed over when another is known', async () => {
  const { group, a, c } = await threeBrokers();
  const stranger = await openBroker({ byte: 9, members: [9] });
  const known = group.members.map(({ brokerId, host, port }) => ({ brokerId, host, port }));
  await expect(c.peers.membership.join({ ...at(stranger), members: known }, quiet)).resolves.toEqual({ voter: true });
  await expect(a.peers.membership.remove(groupId, c.brokerId, signal)).resolves.toMatchObject({ groupId });
  await expect(c.peers.membership.join({ ...at(c), members: known }, quiet)).resolves.toEqual({ voter: true });
});

test('a broker finds a group through any broker that is connected and has a replica', async () => {
  const { group, b, c } = await threeBrokers();
  const other = { groupId: 'G-OTHER', version: 1, members: [b.member(), c.member()] };
  for (const broker of [b, c]) broker.peers.setMembers('G-OTHER', other.members);
  await expect.poll(() => c.peers.isConnected(b.brokerId)).toBe(true);
  expect(c.peers.directory.get(groupId)).toBeUndefined();
  await expect(c.peers.membership.join({ groupId, address: null, members: [], replaces: null }, quiet)).resolves.toEqual({ voter: true });
  expect(group.members).toHaveLength(3);
});

test('a member that has moved gets its new address in the group', async () => {
  const { group, a, b } = await threeBrokers();
  await expect.poll(() => a.peers.isConnected(b.brokerId)).toBe(true);
  await b.stop();
  group.brokers.splice(group.brokers.indexOf(b), 1);
  const moved = await group.open({ byte: 2, incarnation: 2 });
  moved.statuses.set(groupId, statusOf({ groupId, version: 1, members: group.members }));
  group.show();
  await expect.poll(() => group.members.find(({ brokerId }) => brokerId === b.brokerId)?.port).toBe(moved.port);
  expect(a.changes.at(-1)?.change).toEqual({ type: 'readdress', brokerId: b.brokerId, host: '127.0.0.1', port: moved.port });
});
