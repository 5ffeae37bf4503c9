import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeedRing } from '../../../../src/renderer/state/feed-ring.ts';
import { FeedView } from '../../../../src/renderer/state/feed-view.ts';

function push(ring: FeedRing, id: number): void {
  ring.push({ id, epoch: 1, timestamp: id, topic: `/t/${id % 3}`, origin: '', sizeBytes: 1, status: 'data', preview: '' });
}

const shown = (view: FeedView) => Array.from({ length: view.count }, (_, index) => view.sequenceAt(index));

describe('the view over a ring', () => {
  it('is the ring itself without a predicate', () => {
    const ring = new FeedRing({ maxItems: 3, maxBytes: 1e6 });
    const view = new FeedView(ring);
    for (let id = 0; id < 5; id++) push(ring, id);
    expect(shown(view)).toEqual([2, 3, 4]);
    expect(view.dropped).toBe(2);
  });

  it('shows exactly the rows of the ring that pass, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (bursts, maxItems) => {
        const ring = new FeedRing({ maxItems, maxBytes: 1e6 });
        const view = new FeedView(ring);
        const passes = (sequence: number) => ring.topicOf(sequence) === '/t/1';
        view.setPredicate(passes);
        let id = 0;
        for (const burst of bursts) {
          for (let count = 0; count < burst; count++) push(ring, id++);
          view.refresh();
          const expected = Array.from({ length: ring.count }, (_, index) => ring.first + index).filter(passes);
          expect(shown(view)).toEqual(expected);
          for (const sequence of expected) expect(view.indexOf(sequence)).toBe(expected.indexOf(sequence));
        }
      }),
    );
  });

  it('counts the shown rows that have left, so that a reader can stay where he is', () => {
    const ring = new FeedRing({ maxItems: 6, maxBytes: 1e6 });
    const view = new FeedView(ring);
    view.setPredicate((sequence) => ring.topicOf(sequence) === '/t/0');
    for (let id = 0; id < 6; id++) push(ring, id);
    view.refresh();
    expect([view.count, view.dropped]).toEqual([2, 0]);
    for (let id = 6; id < 10; id++) push(ring, id);
    view.refresh();
    expect([shown(view), view.dropped]).toEqual([[6, 9], 2]);
  });

  it('looks at all rows again when the predicate changes', () => {
    const ring = new FeedRing({ maxItems: 9, maxBytes: 1e6 });
    const view = new FeedView(ring);
    for (let id = 0; id < 9; id++) push(ring, id);
    view.setPredicate((sequence) => sequence > 6);
    expect(shown(view)).toEqual([7, 8]);
    expect(view.indexOf(3)).toBe(-1);
    view.setPredicate(undefined);
    expect(view.count).toBe(9);
  });
});
