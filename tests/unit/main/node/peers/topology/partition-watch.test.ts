import { describe, expect, it } from 'vitest';
import { PartitionWatch, type Sighting } from '../../../../../../src/main/node/peers/topology/partition-watch.ts';

const limits = { settleMs: 15_000, togetherMs: 60_000, recentMs: 86_400_000 };

/** Sees members by name: those of `reached`, and the rest of `all` not. */
function sights(all: readonly string[], reached: readonly string[], provenMs: number | undefined = 0): readonly Sighting[] {
  return all.map((nodeId) => ({ nodeId, isReached: reached.includes(nodeId), provenMs }));
}

const five = ['b', 'c', 'd', 'e'];

describe('whether a cluster is in parts', () => {
  it('says nothing while everybody is reached', () => {
    const watch = new PartitionWatch(limits);
    expect(watch.observe(sights(five, five), 0)).toEqual({ doubtful: [], returned: undefined, isFirstContact: false });
    expect(watch.judge(0)).toBeNull();
  });

  it('takes one node that is missing for off', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, ['b', 'c', 'd']), 1_000);
    expect(watch.observe(sights(five, ['b', 'c', 'd']), 20_000).doubtful).toEqual(['e']);
    expect(watch.judge(20_000)).toBeNull();
  });

  it('takes several that were lost together for another part, and tells which side is the majority', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, ['b', 'c']), 1_000);
    expect(watch.judge(5_000)).toBeNull();
    watch.observe(sights(five, ['b', 'c']), 16_000);
    expect(watch.judge(16_000)).toEqual({ sinceMs: 1_000, missing: ['d', 'e'], isMinority: false, isAlone: false });
  });

  it('holds no majority with half of them', () => {
    const watch = new PartitionWatch(limits);
    const four = ['b', 'c', 'd'];
    watch.observe(sights(four, four), 0);
    watch.observe(sights(four, ['b']), 1_000);
    watch.observe(sights(four, ['b']), 16_000);
    expect(watch.judge(16_000)?.isMinority).toBe(true);
  });

  it('knows that it is alone, and when the first comes back', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, []), 1_000);
    watch.observe(sights(five, []), 16_000);
    expect(watch.judge(16_000)).toMatchObject({ isAlone: true, isMinority: true, missing: five });
    expect(watch.observe(sights(five, ['c']), 17_000)).toMatchObject({
      returned: { nodeIds: ['c'], sinceMs: 1_000 },
      isFirstContact: true,
    });
    expect(watch.judge(17_000)).toMatchObject({ sinceMs: 1_000, missing: ['b', 'd', 'e'], isAlone: false });
    // The last one alone is no other part any more, and is told of all the same when it is back.
    watch.observe(sights(five, ['b', 'c', 'd']), 18_000);
    expect(watch.judge(18_000)).toBeNull();
    expect(watch.observe(sights(five, five), 19_000).returned).toEqual({ nodeIds: ['e'], sinceMs: 1_000 });
    expect(watch.observe(sights(five, five), 20_000).returned).toBeUndefined();
  });

  it('misses nobody who said that it leaves, until it is back', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.left('d');
    watch.left('e');
    // For a moment its connections stand yet.
    watch.observe(sights(five, five), 500);
    watch.observe(sights(five, ['b', 'c']), 1_000);
    expect(watch.observe(sights(five, ['b', 'c']), 60_000).doubtful).toEqual([]);
    watch.observe(sights(five, five), 61_000);
    watch.observe(sights(five, ['b', 'c']), 62_000);
    expect(watch.observe(sights(five, ['b', 'c']), 80_000).doubtful).toEqual(['d', 'e']);
  });

  it('does not call those another part that others reach', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, ['b', 'c']), 1_000);
    watch.observe(sights(five, ['b', 'c']), 16_000);
    watch.testified('d', 'b');
    expect(watch.judge(16_000)).toBeNull();
    expect(watch.hidden()).toEqual([{ nodeId: 'd', by: 'b' }]);
    watch.asking(['d', 'e']);
    expect(watch.judge(17_000)?.missing).toEqual(['d', 'e']);
  });

  it('does not miss what was gone for long, or never came', () => {
    const watch = new PartitionWatch(limits);
    const day = limits.recentMs;
    watch.observe(sights(five, [], undefined), 2 * day);
    expect(watch.observe(sights(five, [], undefined), 2 * day + 20_000).doubtful).toEqual([]);
    const other = new PartitionWatch(limits);
    other.observe(sights(five, [], day / 2), 2 * day);
    expect(other.observe(sights(five, [], day / 2), 2 * day + 20_000).doubtful).toEqual([]);
  });

  it('takes nodes that are switched off one after the other for off', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, ['b', 'c', 'd']), 1_000);
    watch.observe(sights(five, ['b', 'c']), 101_000);
    watch.observe(sights(five, ['b', 'c']), 200_000);
    expect(watch.judge(200_000)).toBeNull();
  });

  it('forgets who is no member any more', () => {
    const watch = new PartitionWatch(limits);
    watch.observe(sights(five, five), 0);
    watch.observe(sights(five, ['b', 'c']), 1_000);
    watch.observe(sights(five, ['b', 'c']), 16_000);
    watch.judge(16_000);
    watch.observe(sights(['b', 'c', 'd'], ['b', 'c']), 17_000);
    expect(watch.judge(17_000)).toBeNull();
  });
});
