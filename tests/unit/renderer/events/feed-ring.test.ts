import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeedHeader, FeedRing } from '../../../../src/renderer/state/feed-ring.ts';

function header(id: number, part: Partial<FeedHeader> = {}): FeedHeader {
  return {
    id,
    epoch: 1,
    timestamp: 1_000 + id,
    topic: '/press/07/temp',
    origin: 'n1',
    sizeBytes: 46,
    status: 'data',
    preview: `{"c":${id}}`,
    ...part,
  };
}

const previews = (ring: FeedRing) => Array.from({ length: ring.count }, (_, index) => ring.previewOf(ring.first + index));

describe('the ring of event headers', () => {
  it('keeps the newest items when it is full, over several rounds', () => {
    const ring = new FeedRing({ maxItems: 3, maxBytes: 1_000_000 });
    for (let id = 1; id <= 8; id++) ring.push(header(id));
    expect(previews(ring)).toEqual(['{"c":6}', '{"c":7}', '{"c":8}']);
    expect([ring.first, ring.end]).toEqual([5, 8]);
    expect(ring.headerOf(4)).toBeUndefined();
    expect(ring.headerOf(7)).toEqual(header(8));
  });

  it('lets the oldest go when the bytes are used up, however few items it has', () => {
    const ring = new FeedRing({ maxItems: 100, maxBytes: 1_000 });
    for (let id = 1; id <= 5; id++) ring.push(header(id, { preview: 'x'.repeat(200) }));
    expect(ring.count).toBe(2);
    expect(ring.bytes).toBeLessThanOrEqual(1_000);
  });

  it('never holds more than its bounds, and what it holds is the newest of what came, in order', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 600, max: 8_000 }), (all, maxItems, maxBytes) => {
        const ring = new FeedRing({ maxItems, maxBytes });
        const pushed = all.map((length, id) => `${id}:${'x'.repeat(length)}`);
        for (const [id, preview] of pushed.entries()) {
          ring.push(header(id, { preview }));
          expect(ring.count).toBeLessThanOrEqual(maxItems);
          expect(ring.count === 1 || ring.bytes <= maxBytes).toBe(true);
        }
        expect(previews(ring)).toEqual(pushed.slice(pushed.length - ring.count));
      }),
    );
  });

  it('gives back every byte when it is cleared, and numbers on', () => {
    const ring = new FeedRing({ maxItems: 4, maxBytes: 100_000 });
    for (let id = 0; id < 6; id++) ring.push(header(id));
    ring.clear();
    expect([ring.count, ring.bytes, ring.first]).toEqual([0, 0, 6]);
    expect(ring.push(header(9))).toBe(6);
  });

  it('keeps a gap as a row of its own until it leaves the ring', () => {
    const ring = new FeedRing({ maxItems: 2, maxBytes: 100_000 });
    const gap = { reason: 'paused', fromMs: 1, toMs: 2, missing: 1_204 } as const;
    const sequence = ring.pushGap(gap);
    expect([ring.kindOf(sequence), ring.gapOf(sequence), ring.headerOf(sequence)]).toEqual(['gap', gap, undefined]);
    ring.push(header(1));
    ring.push(header(2));
    expect(ring.gapOf(sequence)).toBeUndefined();
  });

  it('finds the event before on the same topic', () => {
    const ring = new FeedRing({ maxItems: 10, maxBytes: 100_000 });
    ring.push(header(1));
    ring.push(header(2, { topic: '/other' }));
    ring.pushGap({ reason: 'merged', fromMs: 0, toMs: 0, missing: 1 });
    ring.push(header(3));
    expect(ring.previousOf(3)).toBe(0);
    expect(ring.previousOf(1)).toBeUndefined();
  });
});
