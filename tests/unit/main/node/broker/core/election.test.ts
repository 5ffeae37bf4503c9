import { describe, expect, test } from 'vitest';
import { encodeConfiguration, entryChecksum } from '../../../../../../src/main/node/broker/core/index.ts';
import type { ElectionRequest } from '../../../../../../src/main/node/broker/core/types.ts';
import { CoreGroup, CoreHost, configurationOf, diskOf, entriesOf, member } from '../../../../../helpers/core-group.ts';

const three = configurationOf('B-AAAAA', 'B-BBBBB', 'B-CCCCC');

function request(more: Partial<ElectionRequest>): ElectionRequest {
  const last = entriesOf([1, 1, 2]).at(-1) ?? { index: 0, term: 0, checksum: 0 };
  return { type: 'ELECTION_REQUEST', term: 3, last, preVote: false, transfer: false, receiverDurableIndex: 0, ...more };
}

const logs = { shorter: [1, 1], equal: [1, 1, 2], longer: [1, 1, 2, 2], newerTerm: [1, 3], olderTerm: [1, 1, 1, 1] };

describe('a voter with the log 1 1 2, in term 2, that hears no leader', () => {
  test.each<{ name: string; log: readonly number[]; more?: Partial<ElectionRequest>; granted: boolean }>([
    { name: 'an equal log', log: logs.equal, granted: true },
    { name: 'a longer log', log: logs.longer, granted: true },
    { name: 'a shorter log with a newer last term', log: logs.newerTerm, granted: true },
    { name: 'a shorter log', log: logs.shorter, granted: false },
    { name: 'a longer log with an older last term', log: logs.olderTerm, granted: false },
    { name: 'an older term', log: logs.longer, more: { term: 1 }, granted: false },
    { name: 'the term it is in, where it has not voted', log: logs.equal, more: { term: 2 }, granted: true },
    { name: 'a candidate who remembers more of its log than it has', log: logs.longer, more: { receiverDurableIndex: 4 }, granted: false },
    { name: 'a candidate who remembers as much as it has', log: logs.longer, more: { receiverDurableIndex: 3 }, granted: true },
  ])('answers $name with $granted, before the election and in it', ({ log, more, granted }) => {
    for (const preVote of [true, false]) {
      const host = new CoreHost('B-AAAAA', diskOf(three, [1, 1, 2]));
      host.receive('B-BBBBB', request({ ...more, preVote, last: entriesOf(log).at(-1) ?? request({}).last }));
      host.flush();
      expect(host.take('ELECTION_ANSWER').map(({ message }) => message.granted)).toEqual([granted]);
    }
  });

  test('gives one vote a term, also when it was started anew in between', () => {
    const host = new CoreHost('B-AAAAA', diskOf(three, [1]));
    host.receive('B-BBBBB', request({}));
    host.flush();
    expect(host.take('ELECTION_ANSWER')).toMatchObject([{ to: 'B-BBBBB', message: { granted: true, term: 3 } }]);
    host.restart();
    host.receive('B-CCCCC', request({}));
    host.receive('B-BBBBB', request({}));
    host.flush();
    expect(host.take('ELECTION_ANSWER')).toMatchObject([
      { to: 'B-CCCCC', message: { granted: false } },
      { to: 'B-BBBBB', message: { granted: true } },
    ]);
  });

  test('answers only when its vote is on the disk', () => {
    const host = new CoreHost('B-AAAAA', diskOf(three, [1]));
    host.diskHeld = true;
    host.receive('B-BBBBB', request({}));
    host.flush();
    expect(host.sent).toEqual([]);
    host.diskHeld = false;
    host.flush();
    expect(host.take('ELECTION_ANSWER')).toHaveLength(1);
  });

  test('changes neither term nor vote for a pre-vote', () => {
    const host = new CoreHost('B-AAAAA', diskOf(three, [1]));
    expect(host.receive('B-BBBBB', request({ preVote: true })).persist).toBeUndefined();
    expect(host.core.term).toBe(1);
  });
});

describe('a voter that hears its leader', () => {
  function following(): CoreHost {
    const host = new CoreHost('B-AAAAA', diskOf(three, [1]));
    host.receive('B-BBBBB', { type: 'HEARTBEAT', term: 2, commitIndex: 0, readRound: 1, durable: {} });
    host.flush();
    host.take('REPLICATE_ACK');
    return host;
  }

  test.each([
    { afterMs: 999, transfer: false, term: 2 },
    { afterMs: 1_000, transfer: false, term: 3 },
    { afterMs: 10, transfer: true, term: 3 },
  ])('$afterMs ms after a heartbeat, handed over $transfer: goes to term $term', ({ afterMs, transfer, term }) => {
    const host = following();
    host.nowMs = afterMs;
    host.receive('B-CCCCC', request({ transfer }));
    expect(host.core.term).toBe(term);
  });

  test('refuses a pre-vote, so that the one who asks knows', () => {
    const host = following();
    host.receive('B-CCCCC', request({ preVote: true }));
    expect(host.take('ELECTION_ANSWER')).toMatchObject([{ message: { granted: false, term: 2 } }]);
  });
});

describe('a group', () => {
  test('elects the lowest id among equals, and the next one when that is gone', () => {
    const group = new CoreGroup(three);
    expect(group.elect().brokerId).toBe('B-AAAAA');
    group.isolate('B-AAAAA');
    group.advance(4_000);
    expect(group.host('B-AAAAA').core.role).not.toBe('leader');
    expect(group.elect().brokerId).toBe('B-BBBBB');
  });

  test('passes over the lowest id when a majority has more', () => {
    const disks = { 'B-AAAAA': diskOf(three, [1]), 'B-BBBBB': diskOf(three, [1, 1]), 'B-CCCCC': diskOf(three, [1, 1]) };
    expect(new CoreGroup(three, [], {}, disks).elect().brokerId).toBe('B-BBBBB');
  });

  test('is not unseated by one that was cut off and comes back', () => {
    const group = new CoreGroup(three);
    group.elect();
    const { term } = group.host('B-AAAAA').core;
    group.isolate('B-CCCCC');
    group.advance(30_000);
    group.heal();
    group.advance(5_000);
    expect(group.leader?.core).toMatchObject({ role: 'leader', term });
  });

  test('has no leader without a quorum, and no answer to a read', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-AAAAA');
    leader.step({ type: 'read', readId: 7 });
    group.advance(2_500);
    expect(leader.core.role).toBe('follower');
    expect(leader.reads).toEqual([{ readId: 7, ok: false, code: 'NOT_LEADER' }]);
  });

  test('of one voter leads at once', () => {
    const host = new CoreHost('B-AAAAA', diskOf(configurationOf('B-AAAAA'), [1, 1]));
    host.step({ type: 'tick' });
    expect(host.core.role).not.toBe('leader');
    host.flush();
    expect(host.core).toMatchObject({ role: 'leader', ready: false });
    host.flush();
    expect(host.core).toMatchObject({ ready: true, commitIndex: 3 });
  });

  test('elects the leader that removed itself when nobody else has that entry, and is led by another once it is committed', () => {
    const group = new CoreGroup(configurationOf('B-AAAAA', 'B-BBBBB'));
    group.elect();
    group.advance(1_000);
    group.isolate('B-AAAAA');
    expect(group.change({ type: 'remove', brokerId: 'B-AAAAA' }, group.host('B-AAAAA'))).toMatchObject({ accepted: true });
    group.advance(5_000);
    expect(group.leader).toBeUndefined();
    group.heal();
    group.advance(10_000);
    expect(group.leader?.brokerId).toBe('B-BBBBB');
    expect(group.host('B-AAAAA').core.role).toBe('learner');
  });
});

describe('who does not stand', () => {
  test.each([
    { name: 'a learner', configuration: configurationOf(member('B-AAAAA', false), 'B-BBBBB'), guard: 1 },
    { name: 'a stranger', configuration: configurationOf('B-BBBBB'), guard: 1 },
    { name: 'a voter whose disk has lost entries', configuration: three, guard: 0 },
  ])('$name', ({ configuration, guard }) => {
    const disk = diskOf(configuration, [1, 1]);
    if (guard === 0) disk.restore({ ...disk.content, entries: disk.content.entries.slice(0, 1) });
    const host = new CoreHost('B-AAAAA', disk);
    for (let at = 0; at < 5; at++) {
      host.nowMs = host.wakeAtMs;
      host.step({ type: 'tick' });
    }
    expect(host.sent).toEqual([]);
    expect(host.core.status(host.nowMs).impaired).toBe(guard === 0);
  });
});

test('a voter whose disk has lost entries votes again when it has everything that its leader has committed', () => {
  const group = new CoreGroup(three);
  const leader = group.elect();
  for (let at = 0; at < 20; at++) group.propose(`${at}`);
  group.advance(1_000);
  const hurt = group.host('B-CCCCC');
  const entries = hurt.disk.content.entries.slice(0, 5);
  hurt.disk.restore({ ...hurt.disk.content, entries });
  hurt.restart();
  expect(hurt.core.status(0).impaired).toBe(true);
  leader.step({ type: 'connected', brokerId: 'B-CCCCC' });
  group.advance(1_000);
  expect(hurt.core.status(0)).toMatchObject({ impaired: false, durableIndex: leader.core.commitIndex });
  expect(hurt.recoveries).toBe(1);
});

test('the only voter of a group leads whatever its disk has lost, and is not impaired beside a second one', () => {
  const disk = diskOf(configurationOf('B-AAAAA'), [1, 1]);
  disk.restore({ ...disk.content, entries: disk.content.entries.slice(0, 1) });
  const group = new CoreGroup(configurationOf('B-AAAAA'), ['B-BBBBB'], {}, { 'B-AAAAA': disk });
  const leader = group.elect();
  expect(group.change({ type: 'addLearner', member: member('B-BBBBB') })).toMatchObject({ accepted: true });
  leader.step({ type: 'connected', brokerId: 'B-BBBBB' });
  group.advance(1_000);
  expect(group.change({ type: 'promote', brokerId: 'B-BBBBB' })).toMatchObject({ accepted: true });
  group.advance(1_000);
  expect(leader.core.status(0)).toMatchObject({ role: 'leader', impaired: false });
});

test('a candidate that is told of what its disk has lost is not elected by votes that it has asked for before', () => {
  const host = new CoreHost('B-AAAAA', diskOf(three, [1, 1]));
  const answer = (preVote: boolean) => ({ type: 'ELECTION_ANSWER' as const, term: 2, preVote, granted: true });
  while (host.core.status(0).role === 'follower') {
    host.nowMs = host.wakeAtMs;
    host.step({ type: 'tick' });
  }
  host.receive('B-CCCCC', answer(true));
  host.flush();
  expect(host.core.status(0)).toMatchObject({ role: 'candidate', term: 2, impaired: false });
  host.receive('B-BBBBB', {
    type: 'ELECTION_REQUEST',
    term: 2,
    last: { index: 3, term: 1, checksum: 0 },
    preVote: true,
    transfer: false,
    receiverDurableIndex: 3,
  });
  host.receive('B-CCCCC', answer(false));
  expect(host.core.status(0)).toMatchObject({ role: 'candidate', impaired: true });
});

test('the founder of a group that gets its log from the beginning again does not lead where it was the only voter', () => {
  const founded = configurationOf('B-AAAAA', member('B-BBBBB', false));
  const disk = diskOf({ ...three, version: 5 }, [1, 1, 1, 1, 1, 1]);
  disk.restartBehind({ index: 0, term: 0, checksum: 0 }, { ...three, version: 5 });
  const host = new CoreHost('B-AAAAA', disk, 0, { appliedIndex: 0 });
  const bare = { index: 1, term: 1, kind: 'configuration' as const, data: encodeConfiguration({ ...founded, version: 1 }) };
  const entry = { ...bare, checksum: entryChecksum(0, bare) };
  const previous = { index: 0, term: 0, checksum: 0 };
  host.receive('B-BBBBB', { type: 'REPLICATE', term: 2, previous, entries: [entry], commitIndex: 1, readRound: 1 });
  host.flush();
  expect(host.core.status(0)).toMatchObject({ role: 'follower', impaired: true, configuration: { version: 1 } });
  for (let at = 0; at < 5; at++) {
    host.nowMs = host.wakeAtMs;
    host.step({ type: 'tick' });
    host.flush();
  }
  expect(host.core.role).toBe('follower');
});

test('a leader tells a voter that it had more, where its own guard is lost too', () => {
  const host = new CoreHost('B-AAAAA', diskOf(three, [1, 1]));
  host.receive('B-BBBBB', { type: 'HEARTBEAT', term: 2, commitIndex: 5, readRound: 1, durable: { 'B-AAAAA': 3 } });
  expect(host.core.status(0).impaired).toBe(true);
});

test('a leader whose disk does not answer gives up, and lets others go first', () => {
  const group = new CoreGroup(three);
  const leader = group.elect();
  leader.diskHeld = true;
  group.propose('stuck');
  group.advance(2_500);
  expect(leader.core.role).toBe('follower');
  expect(group.elect().brokerId).toBe('B-BBBBB');
});

test('a broker whose disk refused a write takes part in nothing', () => {
  const host = new CoreHost('B-AAAAA', diskOf(configurationOf('B-AAAAA'), []));
  host.step({ type: 'diskFailed' });
  const output = host.step({ type: 'propose', proposalId: 1, data: new Uint8Array(1) });
  expect(output.proposals).toEqual([{ proposalId: 1, accepted: false, code: 'NOT_LEADER' }]);
  host.nowMs = 60_000;
  expect(host.step({ type: 'tick' })).toMatchObject({ persist: undefined, send: [] });
  expect(host.core.status(0).failed).toBe(true);
});
