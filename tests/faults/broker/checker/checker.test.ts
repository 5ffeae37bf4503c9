/** The checker must find every kind of broken promise: bad histories by hand, one or more for each of its ten points. */
import { describe, expect, it } from 'vitest';
import { check } from './checker.ts';
import type { Answered, Asked, Entry, Evidence, Operation, Outcome, Point } from './evidence.ts';

/** An operation of `q`; times in milliseconds. */
function operation(
  process: number,
  [fromMs, toMs]: readonly [number, number],
  asked: Asked,
  answered: Answered = {},
  outcome: Outcome = 'ok',
): Operation {
  const completedNs = outcome === 'info' ? Number.POSITIVE_INFINITY : toMs * 1e6;
  return { process, asked, answered, outcome, invokedNs: fromMs * 1e6, completedNs, broker: 'B1' };
}

type When = readonly [number, number];
const append = (process: number, when: When, value: string, first: number, outcome: Outcome = 'ok') =>
  operation(process, when, { f: 'append', queue: 'q', values: [value] }, outcome === 'ok' ? { first } : {}, outcome);
const take = (process: number, when: When, entries: readonly Entry[], client = 'c1', max = 10) =>
  operation(process, when, { f: 'take', queue: 'q', client, max }, { entries, position: entries.at(-1)?.[0] ?? 0 });
const lostTake = (process: number, when: When, max: number) =>
  operation(process, when, { f: 'take', queue: 'q', client: 'c1', max }, {}, 'info');
const seek = (process: number, when: When, position: number) =>
  operation(process, when, { f: 'seek', queue: 'q', client: 'c1', position }, { position });
const positionIs = (process: number, when: When, position: number) =>
  operation(process, when, { f: 'commit', queue: 'q', client: 'c1', position: 0 }, { position });
const fetch = (process: number, when: When, entries: readonly Entry[], level: 'linearizable' | 'local' = 'linearizable', from = 1) =>
  operation(process, when, { f: 'fetch', queue: 'q', from, max: 10, level }, { entries });

const three: readonly Entry[] = [
  [1, 'p:0'],
  [2, 'p:1'],
  [3, 'p:2'],
];
const appends = [append(1, [0, 1], 'p:0', 1), append(1, [2, 3], 'p:1', 2), append(1, [4, 5], 'p:2', 3)];

function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    operations: [...appends, take(2, [6, 7], three)],
    finalReads: ['B1', 'B2', 'B3'].map((broker) => ({ broker, queue: 'q', entries: three })),
    leaders: [],
    replicas: [],
    faults: [],
    ...changes,
  };
}

const pointsOf = (changes: Partial<Evidence>): Point[] => [...new Set(check(evidence(changes)).map(({ point }) => point))];
const finalReads = (broken: readonly Entry[]) => [
  { broker: 'B1', queue: 'q', entries: three },
  { broker: 'B2', queue: 'q', entries: broken },
];

describe('histories in which nothing is wrong', () => {
  it('finds nothing where everything was acknowledged, seen and kept', () => {
    expect(check(evidence())).toEqual([]);
  });

  it('takes an unknown outcome for what it is: done or not', () => {
    const unknown = append(3, [1, 2], 'r:0', 0, 'info');
    expect(check(evidence({ operations: [...evidence().operations, unknown] }))).toEqual([]);
    const done: readonly Entry[] = [...three, [4, 'r:0']];
    const operations = [...appends, unknown, take(2, [6, 7], done)];
    expect(check(evidence({ operations, finalReads: finalReads(done).map((read) => ({ ...read, entries: done })) }))).toEqual([]);
  });

  it('lets a take without a known outcome have moved the position, by its max and no more', () => {
    const operations = [...appends, take(4, [6, 7], three, 'c2'), lostTake(2, [6, 7], 2), take(3, [8, 9], [[3, 'p:2']])];
    expect(check(evidence({ operations }))).toEqual([]);
    const tooFar = [...appends, take(4, [6, 7], three, 'c2'), lostTake(2, [6, 7], 1), take(3, [8, 9], [[3, 'p:2']])];
    expect(pointsOf({ operations: tooFar })).toEqual(['order', 'position']);
  });

  it('lets a replica end early, and a purge take what it was asked to', () => {
    const late = fetch(3, [6, 7], [[1, 'p:0']], 'local');
    expect(check(evidence({ operations: [...evidence().operations, late] }))).toEqual([]);
    const purge = operation(3, [8, 9], { f: 'purge', queue: 'q', upTo: 2 });
    const rest = [{ broker: 'B1', queue: 'q', entries: three.slice(2) }];
    expect(check(evidence({ operations: [...evidence().operations, purge], finalReads: rest }))).toEqual([]);
  });

  it('finds an order for takes that overlap', () => {
    const one = take(2, [6, 9], [[2, 'p:1']], 'c1', 1);
    const other = take(3, [6, 9], [[1, 'p:0']], 'c1', 1);
    const last = take(2, [10, 11], [[3, 'p:2']], 'c1', 1);
    expect(check(evidence({ operations: [...appends, one, other, last] }))).toEqual([]);
  });
});

describe('1 lost', () => {
  it('finds an acknowledged value that one replica does not have', () => {
    expect(pointsOf({ finalReads: finalReads(three.slice(0, 2)) })).toEqual(['lost']);
  });

  it('finds a queue that is gone', () => {
    expect(pointsOf({ finalReads: [] })).toEqual(['lost']);
  });
});

describe('2 phantom', () => {
  it('finds a value that nobody appended', () => {
    expect(pointsOf({ finalReads: finalReads([...three, [4, 'x:0']]) })).toEqual(['phantom']);
  });

  it('finds a value that was refused', () => {
    const operations = [...evidence().operations, append(3, [6, 7], 'r:0', 0, 'fail')];
    expect(pointsOf({ operations, finalReads: finalReads([...three, [4, 'r:0']]) })).toEqual(['phantom']);
  });

  it('finds a value that was read before it was appended', () => {
    const operations = [take(2, [0, 1], [[1, 'p:0']]), append(1, [2, 3], 'p:0', 1)];
    const entries: readonly Entry[] = [[1, 'p:0']];
    expect(pointsOf({ operations, finalReads: [{ broker: 'B1', queue: 'q', entries }] })).toEqual(['phantom']);
  });
});

describe('3 divergence', () => {
  it('finds two values at one sequence on two replicas', () => {
    const other: readonly Entry[] = [...three.slice(0, 2), [3, 'r:0']];
    const operations = [...evidence().operations, append(3, [0, 9], 'r:0', 0, 'info')];
    expect(pointsOf({ operations, finalReads: finalReads(other) })).toEqual(['lost', 'divergence']);
  });

  it('finds an acknowledgement that names a place where something else is', () => {
    const operations = [...evidence().operations, append(3, [0, 9], 'r:0', 3)];
    expect(pointsOf({ operations })).toContain('divergence');
  });
});

describe('4 duplicates', () => {
  it('finds a value that is there twice', () => {
    const twice: readonly Entry[] = [...three, [4, 'p:2']];
    expect(pointsOf({ finalReads: finalReads(twice) })).toContain('duplicate');
  });
});

describe('5 order', () => {
  it('finds an append that comes before one that was acknowledged before it was sent', () => {
    const swapped: readonly Entry[] = [
      [1, 'b:0'],
      [2, 'a:0'],
    ];
    const operations = [append(1, [0, 1], 'a:0', 2), append(2, [2, 3], 'b:0', 1), take(3, [4, 5], swapped)];
    expect(pointsOf({ operations, finalReads: [{ broker: 'B1', queue: 'q', entries: swapped }] })).toEqual(['order']);
  });

  it('finds it, too, where only the replica knows that the later one was done', () => {
    const swapped: readonly Entry[] = [
      [1, 'b:0'],
      [2, 'a:0'],
    ];
    const operations = [append(1, [0, 1], 'a:0', 2), append(2, [2, 3], 'b:0', 0, 'info'), take(3, [4, 5], swapped)];
    expect(pointsOf({ operations, finalReads: [{ broker: 'B1', queue: 'q', entries: swapped }] })).toEqual(['order']);
  });

  it('finds a gap inside an answer', () => {
    const [first, , third] = three as [Entry, Entry, Entry];
    const operations = [...evidence().operations, fetch(3, [6, 7], [first, third])];
    expect(pointsOf({ operations })).toEqual(['order']);
  });

  it('finds a message that a client gets again, and one that it never gets', () => {
    const again = [...evidence().operations, take(2, [8, 9], three.slice(2))];
    expect(pointsOf({ operations: again })).toEqual(['order', 'position']);
    const skipped = [...appends, take(3, [6, 7], three, 'c2'), take(2, [6, 7], three.slice(0, 1)), take(2, [8, 9], three.slice(2))];
    expect(pointsOf({ operations: skipped })).toContain('order');
  });
});

describe('6 unseen', () => {
  it('finds an acknowledged value that no consumer has had', () => {
    expect(pointsOf({ operations: [...appends, take(2, [2, 3], three.slice(0, 1))] })).toEqual(['unseen']);
  });

  it('takes what a lost answer may have had for seen, and what came before or after it not', () => {
    const operations = [...appends, lostTake(2, [6, 7], 2), take(3, [8, 9], three.slice(2))];
    expect(check(evidence({ operations }))).toEqual([]);
    const neverTaken = [...appends, take(2, [6, 7], three.slice(0, 1), 'c1', 1), lostTake(2, [8, 9], 2)];
    expect(pointsOf({ operations: neverTaken })).toEqual(['unseen']);
  });
});

describe('7 positions', () => {
  it('finds a position that goes back by itself', () => {
    const operations = [...evidence().operations, positionIs(3, [8, 9], 3), positionIs(3, [10, 11], 1)];
    expect(pointsOf({ operations })).toEqual(['position']);
  });

  it('finds a seek that had no effect', () => {
    const operations = [...evidence().operations, seek(3, [8, 9], 0), positionIs(3, [10, 11], 3)];
    expect(pointsOf({ operations })).toEqual(['position']);
  });

  it('finds two takes of one client that got the same', () => {
    const operations = [...evidence().operations, take(3, [6, 8], three)];
    expect(pointsOf({ operations })).toEqual(['position']);
  });

  it('finds a stale look, and a take that says there is nothing', () => {
    const stale = [...evidence().operations, fetch(3, [8, 9], three.slice(0, 2))];
    expect(pointsOf({ operations: stale })).toEqual(['position']);
    const nothing = [...evidence().operations, take(3, [8, 9], [], 'c2')];
    expect(pointsOf({ operations: nothing })).toEqual(['position']);
  });
});

describe('8 leaders', () => {
  const claim = (broker: string, term: number) => ({ broker, group: 'g', term });

  it('finds two leaders of one term', () => {
    expect(pointsOf({ leaders: [claim('B1', 1), claim('B2', 2), claim('B3', 2)] })).toEqual(['leader']);
  });

  it('finds a term that falls on a broker', () => {
    expect(pointsOf({ leaders: [claim('B1', 3), claim('B1', 2)] })).toEqual(['leader']);
  });

  it('finds a log index with two terms', () => {
    const [first, second, third] = appends as [Operation, Operation, Operation];
    const named = { ...first, answered: { ...first.answered, index: 5, term: 1 } };
    const other = { ...second, answered: { ...second.answered, index: 5, term: 2 } };
    expect(pointsOf({ operations: [named, other, third, take(2, [6, 7], three)] })).toEqual(['leader']);
  });
});

describe('9 replica agreement', () => {
  const image = (broker: string, checksum: number, state: string) => ({
    broker,
    group: 'g',
    checksums: new Map([[7, checksum]]),
    appliedIndex: 7,
    state,
  });

  it('finds logs that differ at an index', () => {
    expect(pointsOf({ replicas: [image('B1', 1, 's'), image('B2', 2, 's')] })).toEqual(['replica']);
  });

  it('finds states that differ at an applied index', () => {
    expect(pointsOf({ replicas: [image('B1', 1, 's'), image('B2', 1, 't')] })).toEqual(['replica']);
  });
});

describe('10 availability', () => {
  it('finds a fault after whose end nothing is acknowledged', () => {
    expect(pointsOf({ faults: [{ fault: 'kill', fromNs: 1e6, toNs: 10e6 }] })).toEqual(['availability']);
    expect(pointsOf({ faults: [{ fault: 'kill', fromNs: 1e6, toNs: 2e6 }] })).toEqual([]);
  });
});
