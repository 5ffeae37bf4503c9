/** Mistakes that are built into brokers must be found by the check of what their clients saw. */
import { describe, expect, it } from 'vitest';
import type { Mistake } from '../../helpers/broker-mistakes.ts';
import type { Point } from './checker/evidence.ts';
import { type Fault, freezeLeader, isolateLeader, killAll, killFollower, killLeader, severLeader } from './nemesis.ts';
import { run } from './run.ts';

/** Which faults bring a mistake to light, and at which of the ten points any of which it must show. */
const cases: Readonly<Record<Mistake, { readonly faults: readonly Fault[]; readonly shows: readonly Point[] }>> = {
  acknowledgesBeforeFlush: { faults: [killAll, killAll], shows: ['lost', 'leader', 'divergence'] },
  acknowledgesWithoutMajority: { faults: [isolateLeader, killFollower, isolateLeader], shows: ['lost', 'divergence', 'position'] },
  ignoresPreviousTerm: { faults: [severLeader, severLeader, severLeader, severLeader], shows: ['divergence', 'lost', 'replica'] },
  forgetsVotes: { faults: [killLeader, killAll, killLeader, killAll], shows: ['leader'] },
  readsStale: { faults: [freezeLeader, isolateLeader], shows: ['position'] },
  appendsTwice: { faults: [killLeader, freezeLeader, killLeader], shows: ['duplicate'] },
  takesTwice: { faults: [killLeader, freezeLeader, killLeader], shows: ['order', 'unseen'] },
};

describe.each(Object.entries(cases))('%s', (mistake, { faults, shows }) => {
  it('is found', { timeout: 300_000 }, async () => {
    const { violations } = await run({
      brokers: 3,
      queues: ['orders'],
      producers: { stamped: 4, plain: 2 },
      producerPauseMs: 2,
      holdMs: [2_000, 3_500],
      faults: faults.values(),
      patienceMs: 20_000,
      mistake: mistake as Mistake,
    });
    console.log(mistake, violations.length, violations[0]);
    expect(violations.some(({ point }) => shows.includes(point))).toBe(true);
  });
});
