import { describe, expect, test } from 'vitest';
import { entryChecksum } from '../../../../../../src/main/node/broker/core/checksum.ts';
import type { LogEntry, Replicate } from '../../../../../../src/main/node/broker/core/types.ts';
import { CoreGroup, CoreHost, configurationOf, diskOf, entriesOf, texts } from '../../../../../helpers/core-group.ts';

const three = configurationOf('B-AAAAA', 'B-BBBBB', 'B-CCCCC');
const nowhere = { index: 0, term: 0, checksum: 0 };

function replicate(terms: readonly number[], from: number, more: Partial<Replicate> = {}): Replicate {
  const entries = entriesOf(terms);
  const previous = entries[from - 2] ?? nowhere;
  const { index, term, checksum } = previous;
  return {
    type: 'REPLICATE',
    term: 9,
    previous: { index, term, checksum },
    entries: entries.slice(from - 1),
    commitIndex: 0,
    readRound: 0,
    ...more,
  };
}

describe('a follower', () => {
  test.each<{ name: string; own: readonly number[]; sent: Replicate; answer: object }>([
    { name: 'takes what follows its log', own: [1, 1], sent: replicate([1, 1, 2], 3), answer: { ok: true, matchIndex: 3 } },
    { name: 'takes the first of all', own: [], sent: replicate([1, 1], 1), answer: { ok: true, matchIndex: 2 } },
    { name: 'has it already', own: [1, 1, 2], sent: replicate([1, 1, 2], 2), answer: { ok: true, matchIndex: 3 } },
    { name: 'vouches only for what it was shown', own: [1, 1, 2], sent: replicate([1, 1], 2), answer: { ok: true, matchIndex: 2 } },
    { name: 'replaces what differs', own: [1, 1, 2, 2], sent: replicate([1, 1, 3], 3), answer: { ok: true, matchIndex: 3 } },
    {
      name: 'names its end when it has less',
      own: [1],
      sent: replicate([1, 1, 1, 1], 4),
      answer: { ok: false, conflict: { term: 0, index: 2 } },
    },
    {
      name: 'names the term that differs and where it begins',
      own: [1, 2, 2, 2],
      sent: replicate([1, 1, 1, 1, 3], 5),
      answer: { ok: false, conflict: { term: 2, index: 2 } },
    },
  ])('$name', ({ own, sent, answer }) => {
    const host = new CoreHost('B-BBBBB', diskOf(three, own));
    host.receive('B-AAAAA', sent);
    host.flush();
    expect(host.take('REPLICATE_ACK')).toMatchObject([{ to: 'B-AAAAA', message: answer }]);
  });

  test('answers for what is on its disk, once for all that one flush has brought there', () => {
    const host = new CoreHost('B-BBBBB', diskOf(three, []));
    host.diskHeld = true;
    for (let at = 1; at <= 5; at++) host.receive('B-AAAAA', replicate(new Array(at).fill(1), at));
    expect(host.take('REPLICATE_ACK')).toEqual([]);
    host.receive('B-AAAAA', { type: 'HEARTBEAT', term: 9, commitIndex: 0, readRound: 4, durable: {} });
    host.diskHeld = false;
    host.flush();
    expect(host.take('REPLICATE_ACK').map(({ message }) => message)).toMatchObject([
      { matchIndex: 0, receivedIndex: 5, readRound: 4 },
      { matchIndex: 5, receivedIndex: 5 },
    ]);
  });

  test('tells a leader of the past what term it is', () => {
    const host = new CoreHost('B-BBBBB', diskOf(three, [1], { term: 12, votedFor: null }));
    host.receive('B-AAAAA', replicate([1, 1], 2));
    expect(host.take('REPLICATE_ACK')).toMatchObject([{ message: { ok: false, term: 12 } }]);
  });

  test('gives out what is committed only up to what it was shown and has on its disk', () => {
    const host = new CoreHost('B-BBBBB', diskOf(three, []));
    host.diskHeld = true;
    host.receive('B-AAAAA', replicate([1, 1], 1, { commitIndex: 7 }));
    expect(host.committed).toEqual([]);
    host.diskHeld = false;
    host.flush();
    expect(host.committed.map((entry) => entry.index)).toEqual([1, 2]);
  });

  const damaged: readonly { name: string; change: (entry: LogEntry) => LogEntry }[] = [
    { name: 'other data', change: (entry) => ({ ...entry, data: new TextEncoder().encode('other') }) },
    { name: 'another checksum', change: (entry) => ({ ...entry, checksum: entry.checksum ^ 1 }) },
    { name: 'another kind', change: (entry) => ({ ...entry, kind: 'noop' }) },
    { name: 'a term after the leader’s', change: (entry) => ({ ...entry, term: 10 }) },
    { name: 'a place that does not follow', change: (entry) => ({ ...entry, index: entry.index + 1 }) },
  ];
  test.each(damaged)('refuses an entry with $name and asks for it again', ({ change }) => {
    const host = new CoreHost('B-BBBBB', diskOf(three, [1]));
    const whole = replicate([1, 1], 2);
    const output = host.receive('B-AAAAA', { ...whole, entries: whole.entries.map(change) });
    expect(output.faults).toMatchObject([{ code: 'CHECKSUM_MISMATCH', from: 'B-AAAAA' }]);
    expect(output.persist?.entries ?? []).toEqual([]);
    host.flush();
    expect(host.take('REPLICATE_ACK')).toMatchObject([{ message: { ok: false, conflict: { term: 0, index: 2 } } }]);
  });

  test('names a log that has another history under the same terms', () => {
    const host = new CoreHost('B-BBBBB', diskOf(three, [1, 1]));
    const sent = replicate([1, 1, 1], 3);
    const output = host.receive('B-AAAAA', { ...sent, previous: { ...sent.previous, checksum: 1 } });
    expect(output.faults).toEqual([{ code: 'LOG_DIVERGED', from: 'B-AAAAA', index: 2 }]);
  });

  test('refuses members that are none', () => {
    const host = new CoreHost('B-BBBBB', diskOf(three, []));
    const group = new CoreHost('B-AAAAA', diskOf(configurationOf('B-AAAAA'), []));
    group.step({ type: 'tick' });
    const [good] = entriesOf([1]);
    if (good === undefined) throw new Error('no entry');
    const { checksum } = rechained({ ...good, kind: 'configuration' });
    const output = host.receive('B-AAAAA', replicate([1], 1, { entries: [{ ...good, kind: 'configuration', checksum }] }));
    expect(output.faults).toMatchObject([{ code: 'CONFIGURATION_INVALID', index: 1 }]);
  });
});

describe('logs as in figure 7 of the paper', () => {
  const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  test.each([
    { name: 'a', log: [1, 1, 1, 4, 4, 5, 5, 6, 6] },
    { name: 'b', log: [1, 1, 1, 4] },
    { name: 'c', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6] },
    { name: 'd', log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7] },
    { name: 'e', log: [1, 1, 1, 4, 4, 4, 4] },
    { name: 'f', log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3] },
    { name: 'nothing', log: [] },
  ])('the follower $name gets the log of its leader', ({ log }) => {
    for (const messageBytes of [1, 1_000_000]) {
      const disks = {
        'B-AAAAA': diskOf(three, leaderLog, { term: 7, votedFor: null }),
        'B-BBBBB': diskOf(three, leaderLog, { term: 7, votedFor: null }),
        'B-CCCCC': diskOf(three, log, { term: 7, votedFor: null }),
      };
      const group = new CoreGroup(three, [], { limits: { messageBytes } }, disks);
      // So that it is not elected with more than the others have.
      group.isolate('B-CCCCC');
      group.elect();
      group.heal();
      group.advance(2_000);
      const { last } = group.host('B-AAAAA').core.status(0);
      expect(group.host('B-CCCCC').core.status(0)).toMatchObject({ last, durableIndex: last.index, commitIndex: last.index });
      expect(group.host('B-CCCCC').faults).toEqual([]);
      expect(group.host('B-CCCCC').committed.map((entry) => entry.term)).toEqual(
        group.host('B-AAAAA').committed.map((entry) => entry.term),
      );
    }
  });
});

describe('a leader', () => {
  test('commits on every broker, in one order', () => {
    const group = new CoreGroup(three);
    group.elect();
    for (let at = 0; at < 100; at++) expect(group.propose(`${at}`)).toMatchObject({ accepted: true });
    group.advance(1_000);
    for (const host of group.hosts.values()) expect(texts(host.committed)).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`));
  });

  test('sends before its own flush, and counts its own disk only when it has it', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-CCCCC');
    leader.diskHeld = true;
    group.propose('x');
    group.settle();
    expect(group.host('B-BBBBB').core.status(0).durableIndex).toBe(leader.core.status(0).last.index);
    expect(leader.core.commitIndex).toBe(leader.core.status(0).last.index - 1);
    leader.diskHeld = false;
    group.settle();
    expect(texts(leader.committed)).toEqual(['x']);
  });

  test('commits without its own disk when a majority of others has it, and gives it out when its own has it too', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    leader.diskHeld = true;
    group.propose('x');
    group.settle();
    expect(leader.core.commitIndex).toBe(leader.core.status(0).last.index);
    expect(texts(leader.committed)).toEqual([]);
    leader.diskHeld = false;
    group.settle();
    expect(texts(leader.committed)).toEqual(['x']);
  });

  test('is not slowed by one whose disk stands still, and sends it only so much', () => {
    const group = new CoreGroup(three, [], { limits: { inFlightMessages: 4 } });
    const leader = group.elect();
    group.host('B-CCCCC').diskHeld = true;
    for (let at = 0; at < 50; at++) {
      group.propose(`${at}`);
      group.settle();
    }
    expect(texts(leader.committed)).toHaveLength(50);
    const held = group.host('B-CCCCC').core.status(0);
    expect(held.last.index - held.durableIndex).toBe(4);
    group.host('B-CCCCC').diskHeld = false;
    group.advance(2_000);
    expect(texts(group.host('B-CCCCC').committed)).toHaveLength(50);
  });

  test('shows the same entries to its host once for all who are level', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.settle();
    group.propose('x', leader);
    const [one, other] = leader.take('REPLICATE').map(({ message }) => message.entries);
    expect(one).toHaveLength(1);
    expect(other).toBe(one);
  });

  test('brings from the disk what it no longer has in memory', () => {
    const group = new CoreGroup(three, [], { limits: { tailEntries: 4, messageBytes: 150 } });
    group.elect();
    group.isolate('B-CCCCC');
    for (let at = 0; at < 40; at++) group.propose(`${at}`);
    group.advance(1_000);
    group.heal();
    group.advance(3_000);
    expect(texts(group.host('B-CCCCC').committed)).toHaveLength(40);
  });

  test.each([
    { name: 'before its no-op is committed', code: 'NOT_READY' },
    { name: 'with more on the way than it may have', code: 'BUSY' },
    { name: 'when it is none', code: 'NOT_LEADER' },
  ] as const)('takes no proposal $name', ({ code }) => {
    const group = new CoreGroup(three, [], { limits: { uncommittedEntries: 3 } });
    const leader = group.elect();
    group.isolate('B-AAAAA');
    if (code === 'BUSY') for (let at = 0; at < 3; at++) group.propose('x', leader);
    if (code === 'NOT_READY') {
      const fresh = new CoreHost('B-AAAAA', diskOf(configurationOf('B-AAAAA'), []));
      fresh.step({ type: 'tick' });
      fresh.flush();
      expect(group.propose('y', fresh)).toMatchObject({ accepted: false, code });
      return;
    }
    expect(group.propose('y', code === 'BUSY' ? leader : group.host('B-BBBBB'))).toMatchObject({ accepted: false, code });
  });

  test('offers a snapshot to one that needs what its log no longer holds', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-CCCCC');
    for (let at = 0; at < 10; at++) group.propose(`${at}`);
    group.advance(500);
    const position = leader.core.positionAt(8);
    if (position === undefined) throw new Error('no entry 8');
    leader.disk.compact(position);
    leader.step({ type: 'compacted', position });
    group.heal();
    group.advance(1_000);
    expect(leader.snapshots).toEqual(['B-CCCCC']);
    const behind = group.host('B-CCCCC');
    expect(behind.core.acceptsSnapshot(position)).toBe(true);
    behind.disk.restart(position, three);
    behind.step({ type: 'snapshotInstalled', position, configuration: three });
    leader.step({ type: 'snapshotSent', to: 'B-CCCCC', position, ok: true });
    group.advance(1_000);
    expect(behind.core.status(0)).toMatchObject({ durableIndex: leader.core.commitIndex, commitIndex: leader.core.commitIndex });
  });

  test('offers a snapshot again when the first did not arrive', () => {
    const group = new CoreGroup(three);
    const leader = group.elect();
    group.isolate('B-CCCCC');
    for (let at = 0; at < 10; at++) group.propose(`${at}`);
    group.advance(500);
    const position = leader.core.positionAt(8) ?? nowhere;
    leader.step({ type: 'compacted', position });
    group.heal();
    group.advance(1_000);
    leader.step({ type: 'snapshotSent', to: 'B-CCCCC', position, ok: false });
    group.advance(1_000);
    expect(leader.snapshots).toEqual(['B-CCCCC', 'B-CCCCC']);
  });
});

test('a snapshot is refused at a place that the own log holds: what comes after it was acknowledged', () => {
  const host = new CoreHost('B-BBBBB', diskOf(three, [1, 1, 2]));
  const place = (index: number, term: number) => host.core.acceptsSnapshot({ index, term, checksum: 0 });
  expect([place(2, 1), place(3, 2), place(3, 3), place(4, 2)]).toEqual([false, false, true, true]);
});

test('a broker that starts anew gives out again what comes after its applied state, from its disk', () => {
  const group = new CoreGroup(three, [], { limits: { messageBytes: 200 } });
  group.elect();
  for (let at = 0; at < 30; at++) group.propose(`${at}`);
  group.advance(1_000);
  for (const host of group.hosts.values()) host.restart();
  group.elect();
  group.advance(1_000);
  for (const host of group.hosts.values()) expect(texts(host.committed)).toHaveLength(30);
});

function rechained(entry: LogEntry): LogEntry {
  return { ...entry, checksum: entryChecksum(0, entry) };
}
