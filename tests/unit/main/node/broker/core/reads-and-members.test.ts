import { describe, expect, test } from 'vitest';
import type { MembershipChange } from '../../../../../../src/main/node/broker/core/types.ts';
import { CoreGroup, CoreHost, configurationOf, diskOf, member, texts } from '../../../../../helpers/core-group.ts';

const three = configurationOf('B-AAAAA', 'B-BBBBB', 'B-CCCCC');

describe('a read', () => {
  test('is answered when a majority has answered a heartbeat sent after it', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.settle();
    leader.nowMs = group.nowMs;
    leader.step({ type: 'read', readId: 1 });
    expect(leader.reads).toEqual([]);
    group.settle();
    expect(leader.reads).toEqual([{ readId: 1, ok: true, index: leader.core.commitIndex }]);
  });

  test('shares its round with all that came while the one before was on the way', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.settle();
    leader.nowMs = group.nowMs;
    for (let readId = 1; readId <= 100; readId++) leader.step({ type: 'read', readId });
    expect(leader.sent.filter(({ message }) => message.type === 'HEARTBEAT')).toHaveLength(2);
    group.settle();
    expect(leader.reads).toHaveLength(100);
  });

  test('that comes before the no-op is committed waits for it', () => {
    const host = new CoreHost('B-AAAAA', diskOf(configurationOf('B-AAAAA'), [1]));
    host.step({ type: 'tick' });
    host.flush();
    host.step({ type: 'read', readId: 1 });
    expect(host.reads).toEqual([]);
    host.flush();
    expect(host.reads).toEqual([{ readId: 1, ok: true, index: 2 }]);
  });

  test('is refused by a follower', () => {
    const host = new CoreHost('B-AAAAA', diskOf(three, []));
    host.step({ type: 'read', readId: 1 });
    expect(host.reads).toEqual([{ readId: 1, ok: false, code: 'NOT_LEADER' }]);
  });
});

describe('members', () => {
  test.each<{ name: string; change: MembershipChange; outcome: object }>([
    { name: 'a new learner', change: { type: 'addLearner', member: member('B-DDDDD') }, outcome: { accepted: true } },
    { name: 'one that is there', change: { type: 'addLearner', member: member('B-BBBBB') }, outcome: { code: 'INVALID_PARAMS' } },
    { name: 'an id that is none', change: { type: 'addLearner', member: member('bad') }, outcome: { code: 'INVALID_PARAMS' } },
    { name: 'a promotion of a stranger', change: { type: 'promote', brokerId: 'B-DDDDD' }, outcome: { code: 'INVALID_PARAMS' } },
    { name: 'a promotion of a voter', change: { type: 'promote', brokerId: 'B-BBBBB' }, outcome: { code: 'INVALID_PARAMS' } },
    { name: 'a removal', change: { type: 'remove', brokerId: 'B-BBBBB' }, outcome: { accepted: true } },
    { name: 'a removal of a stranger', change: { type: 'remove', brokerId: 'B-DDDDD' }, outcome: { code: 'INVALID_PARAMS' } },
    { name: 'another address', change: { type: 'readdress', brokerId: 'B-BBBBB', host: 'x', port: 1 }, outcome: { accepted: true } },
    {
      name: 'an address that is none',
      change: { type: 'readdress', brokerId: 'B-BBBBB', host: '', port: 1 },
      outcome: { code: 'INVALID_PARAMS' },
    },
  ])('change by $name', ({ change, outcome }) => {
    const group = new CoreGroup(three);
    group.elect();
    expect(group.change(change)).toMatchObject(outcome);
  });

  test('a learner gets the log, becomes a voter, and counts from then on', () => {
    const group = new CoreGroup(configurationOf('B-AAAAA'), ['B-BBBBB']);
    group.elect();
    for (let at = 0; at < 20; at++) group.propose(`${at}`);
    group.advance(500);
    expect(group.change({ type: 'addLearner', member: member('B-BBBBB') })).toMatchObject({ accepted: true });
    expect(group.change({ type: 'promote', brokerId: 'B-BBBBB' })).toMatchObject({ accepted: false, code: 'CHANGE_PENDING' });
    group.advance(1_000);
    expect(group.host('B-BBBBB').core.role).toBe('learner');
    expect(texts(group.host('B-BBBBB').committed)).toHaveLength(20);
    expect(group.change({ type: 'promote', brokerId: 'B-BBBBB' })).toMatchObject({ accepted: true });
    group.advance(1_000);
    group.isolate('B-BBBBB');
    group.propose('alone');
    group.advance(500);
    expect(texts(group.host('B-AAAAA').committed)).not.toContain('alone');
  });

  test('a learner that is not there is not promoted', () => {
    const group = new CoreGroup(three);
    group.elect();
    group.change({ type: 'addLearner', member: member('B-DDDDD') });
    group.advance(1_000);
    expect(group.change({ type: 'promote', brokerId: 'B-DDDDD' })).toMatchObject({ accepted: false, code: 'NOT_READY' });
  });

  test('the last voter stays', () => {
    const group = new CoreGroup(configurationOf('B-AAAAA'));
    group.elect();
    expect(group.change({ type: 'remove', brokerId: 'B-AAAAA' })).toMatchObject({ code: 'INVALID_PARAMS' });
  });

  test('a leader that was removed leads until that is committed', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.change({ type: 'remove', brokerId: 'B-AAAAA' });
    expect(leader.core.role).toBe('leader');
    group.advance(5_000);
    expect(leader.core.role).toBe('learner');
    expect(group.leader?.brokerId).toBe('B-BBBBB');
  });

  test('a change that is cut off is undone', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-AAAAA');
    group.change({ type: 'remove', brokerId: 'B-CCCCC' });
    expect(leader.core.status(0).configuration.members).toHaveLength(2);
    group.advance(6_000);
    group.heal();
    group.advance(2_000);
    expect(leader.core.status(0).configuration).toEqual(three);
  });
});

describe('handing over', () => {
  test('makes the chosen one leader, and takes no proposal meanwhile', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.advance(500);
    leader.step({ type: 'transfer', to: 'B-CCCCC' });
    expect(group.propose('x', leader)).toMatchObject({ accepted: false, code: 'BUSY' });
    group.settle();
    expect(group.leader?.brokerId).toBe('B-CCCCC');
  });

  test('waits for one that is behind', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.host('B-CCCCC').diskHeld = true;
    group.propose('x');
    group.settle();
    leader.step({ type: 'transfer', to: 'B-CCCCC' });
    group.settle();
    expect(group.leader?.brokerId).toBe('B-AAAAA');
    group.host('B-CCCCC').diskHeld = false;
    group.settle();
    expect(group.leader?.brokerId).toBe('B-CCCCC');
  });

  test('is given up after an election timeout', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-CCCCC');
    leader.nowMs = group.nowMs;
    leader.step({ type: 'transfer', to: 'B-CCCCC' });
    expect(leader.core.status(0).transferringTo).toBe('B-CCCCC');
    group.advance(2_500);
    expect(leader.core.status(0)).toMatchObject({ role: 'leader', transferringTo: null });
    expect(group.propose('x', leader)).toMatchObject({ accepted: true });
  });

  test('is not done to a learner or a stranger', () => {
    const group = new CoreGroup(configurationOf('B-AAAAA', member('B-BBBBB', false)));
    const leader = group.elect();
    for (const to of ['B-BBBBB', 'B-XXXXX', 'B-AAAAA']) leader.step({ type: 'transfer', to });
    expect(leader.core.status(0).transferringTo).toBeNull();
  });
});
