import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogTail } from '../../../../../../src/main/node/broker/core/log-tail.ts';
import type { LogEntry, LogPosition } from '../../../../../../src/main/node/broker/core/types.ts';

const nowhere: LogPosition = { index: 0, term: 0, checksum: 0 };

/** The same as a plain list of all entries. */
class PlainLog {
  compacted = nowhere;
  entries: LogEntry[] = [];

  get last(): LogPosition {
    const { index, term, checksum } = this.entries.at(-1) ?? this.compacted;
    return { index, term, checksum };
  }

  termAt(index: number): number | undefined {
    if (index === this.compacted.index) return this.compacted.term;
    return this.entries.find((entry) => entry.index === index)?.term;
  }
}

const operation = fc.oneof(
  fc.record({ type: fc.constant('append' as const), newTerm: fc.boolean(), bytes: fc.nat(40) }),
  fc.record({ type: fc.constant('truncate' as const), at: fc.nat(30) }),
  fc.record({ type: fc.constant('compact' as const), at: fc.nat(30) }),
  fc.record({ type: fc.constant('evict' as const), durable: fc.nat(30), entries: fc.nat(10), bytes: fc.nat(1_000) }),
);

test('whatever is done to it, it knows what a plain list of entries knows', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const plain = new PlainLog();
      const tail = new LogTail(nowhere, nowhere, []);
      let term = 1;
      let checksum = 0;
      for (const one of operations) {
        const { last, compacted } = plain;
        if (one.type === 'append') {
          if (one.newTerm) term++;
          const data = new Uint8Array(one.bytes);
          const entry: LogEntry = { index: last.index + 1, term, kind: 'commands', data, checksum: ++checksum };
          plain.entries.push(entry);
          tail.append(entry);
        } else if (one.type === 'evict') {
          tail.evict(Math.min(last.index, one.durable), one.entries, one.bytes);
        } else {
          const entry = plain.entries.find(({ index }) => index === compacted.index + one.at);
          if (entry === undefined) continue;
          const to = { index: entry.index, term: entry.term, checksum: entry.checksum };
          if (one.type === 'truncate') {
            plain.entries = plain.entries.filter(({ index }) => index <= to.index);
            tail.truncate(to);
          } else {
            plain.entries = plain.entries.filter(({ index }) => index > to.index);
            plain.compacted = to;
            tail.compact(to);
          }
        }
        expect(tail.last).toEqual(plain.last);
        expect(tail.compacted).toEqual(plain.compacted);
        for (let index = 0; index <= plain.last.index + 1; index++) {
          expect(tail.termAt(index)).toBe(plain.termAt(index));
          const kept = tail.entryAt(index);
          if (kept !== undefined) expect(kept).toBe(plain.entries.find((entry) => entry.index === index));
        }
      }
    }),
  );
});

test('lets go of the oldest entries beyond its bounds, and of none that no disk has', () => {
  const tail = new LogTail(nowhere, nowhere, []);
  for (let index = 1; index <= 10; index++) tail.append({ index, term: 1, kind: 'commands', data: new Uint8Array(36), checksum: index });
  tail.evict(3, 2, 1_000_000);
  expect([tail.entryAt(3), tail.entryAt(4)?.index]).toEqual([undefined, 4]);
  tail.evict(10, 100, 350);
  expect([tail.entryAt(7), tail.entryAt(8)?.index]).toEqual([undefined, 8]);
  expect(tail.slice(8, 200)?.map((entry) => entry.index)).toEqual([8, 9]);
  expect(tail.slice(8, 1)?.map((entry) => entry.index)).toEqual([8]);
  expect(tail.slice(7, 200)).toBeUndefined();
});
