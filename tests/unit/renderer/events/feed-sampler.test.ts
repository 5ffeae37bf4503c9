import { describe, expect, it } from 'vitest';
import { FeedSampler } from '../../../../src/renderer/state/feed-sampler.ts';

const beatMs = 100;

/** Runs beats of one kind; returns how many rows the last one gave. */
function run(
  sampler: FeedSampler,
  beats: number,
  beat: { received: number; announced?: number; matches?: (index: number) => boolean },
  fromMs = 0,
) {
  let rows = 0;
  for (let index = 0; index < beats; index++) {
    rows = sampler.choose({
      atMs: fromMs + index * beatMs,
      received: beat.received,
      announced: beat.announced ?? beat.received,
      matches: beat.matches ?? (() => true),
    }).length;
  }
  return rows;
}

describe('sampling', () => {
  it('shows every event up to 500 a second', () => {
    const sampler = new FeedSampler();
    expect(run(sampler, 20, { received: 50 })).toBe(50);
    expect(sampler.sampled).toBe(false);
  });

  it('shows the newest 50 of a beat above 500 a second, and says what it left out', () => {
    const sampler = new FeedSampler();
    run(sampler, 19, { received: 1_000, announced: 500 });
    const chosen = sampler.choose({ atMs: 1_900, received: 1_000, announced: 500, matches: () => true });
    expect(sampler.sampled).toBe(true);
    expect([chosen.length, chosen[0], chosen.at(-1)]).toEqual([50, 450, 499]);
    expect(sampler.rates(1_900)).toEqual({ received: 10_000, announced: 5_000, shown: 500 });
  });

  it('counts only what the filter lets through', () => {
    const sampler = new FeedSampler();
    const rows = run(sampler, 20, { received: 400, matches: (index) => index % 40 === 0 });
    // Not sampled: all headers are kept, so that clearing the filter finds them.
    expect([sampler.sampled, rows]).toEqual([false, 400]);
    expect(sampler.rates(1_900).shown).toBe(100);
  });

  it('reckons with the events that were merged when it judges a filter', () => {
    const sampler = new FeedSampler();
    run(sampler, 20, { received: 5_000, announced: 500, matches: (index) => index % 10 === 0 });
    expect(sampler.sampled).toBe(true);
  });

  it('does not flicker about the limit', () => {
    const sampler = new FeedSampler();
    run(sampler, 11, { received: 60 });
    expect(sampler.sampled).toBe(true);
    run(sampler, 11, { received: 45 }, 1_100);
    expect(sampler.sampled).toBe(true);
    run(sampler, 11, { received: 30 }, 2_200);
    expect(sampler.sampled).toBe(false);
  });
});
