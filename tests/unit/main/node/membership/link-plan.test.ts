import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carrierLimits } from '../../../../../src/main/node/federation/carriers/limits.ts';
import { linkDegree } from '../../../../../src/main/node/membership/limits.ts';
import { planLinks } from '../../../../../src/main/node/membership/link-plan.ts';
import { SimulatedLinks } from '../../../../helpers/simulated-links.ts';

/** A message passes so many links: one more than relays. */
const reachedLinks = carrierLimits.relayHops + 1;

function clusterOf(size: number): SimulatedLinks {
  const cluster = new SimulatedLinks();
  for (let number = 0; number < size; number++) cluster.join(number);
  return cluster;
}

function expectSound(cluster: SimulatedLinks): void {
  expect(cluster.diameter()).toBeLessThanOrEqual(reachedLinks);
  expect(Math.max(...cluster.degrees())).toBeLessThanOrEqual(linkDegree.most);
  const living = cluster.degrees().length;
  expect(Math.min(...cluster.degrees())).toBeGreaterThanOrEqual(Math.min(linkDegree.least, living - 1));
}

interface ClusterEvent {
  readonly kind: 'join' | 'off' | 'on' | 'remove' | 'block';
  readonly a: number;
  readonly b: number;
}

/** What would leave fewer than two nodes, or the few of a small cluster without any way, does not happen. */
function happen(cluster: SimulatedLinks, { kind, a, b }: ClusterEvent, newcomer: number): void {
  const { ids } = cluster;
  const [one, other] = [ids[a % ids.length] as string, ids[b % ids.length] as string];
  if (kind === 'join') cluster.join(newcomer);
  else if (kind === 'on') cluster.on(one);
  else if (kind === 'block' && one !== other && ids.length > linkDegree.fullMembers) cluster.block(one, other);
  else if (kind === 'remove' && ids.length > 2) cluster.remove(one);
  else if (kind === 'off' && cluster.degrees().length > 2) cluster.off(one);
}

describe('which members a node is linked with', () => {
  it('is everybody in a small cluster', () => {
    const cluster = clusterOf(linkDegree.fullMembers);
    cluster.run(2);
    expect(cluster.degrees().every((degree) => degree === linkDegree.fullMembers - 1)).toBe(true);
  });

  it('leaves nobody further than four relays in a cluster of 200, with about eight links each', () => {
    const cluster = clusterOf(200);
    cluster.run(4);
    expectSound(cluster);
    expect(cluster.diameter()).toBeLessThanOrEqual(4);
    const degrees = cluster.degrees();
    expect(degrees.reduce((sum, degree) => sum + degree, 0) / degrees.length).toBeLessThan(linkDegree.wanted + 1);
    const { changes } = cluster;
    cluster.run(3);
    expect(cluster.changes).toBe(changes);
  });

  it('keeps the rest in one piece when every other node of 100 is switched off, and takes them in again', () => {
    const cluster = clusterOf(100);
    cluster.run(3);
    const odd = [...cluster.ids].sort().filter((_, at) => at % 2 === 1);
    for (const id of odd) cluster.off(id);
    cluster.run(6);
    expectSound(cluster);
    for (const id of odd) cluster.on(id);
    cluster.run(6);
    expectSound(cluster);
  });

  it('is one piece within bounds after any joins, leaves and failures, and nothing flaps once nothing changes', () => {
    const event: fc.Arbitrary<ClusterEvent> = fc.record({
      kind: fc.constantFrom('join', 'off', 'on', 'remove', 'block'),
      a: fc.nat(),
      b: fc.nat(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.array(event, { maxLength: 25 }), (size, events) => {
        const cluster = clusterOf(size);
        let joined = size;
        cluster.run(2);
        for (const event of events) {
          happen(cluster, event, joined++);
          cluster.run(1);
        }
        // Enough for links that nobody needs to be let go of.
        cluster.run(30);
        if (cluster.ids.length > linkDegree.fullMembers) {
          expect(cluster.diameter()).toBeLessThanOrEqual(reachedLinks);
          expect(Math.max(...cluster.degrees())).toBeLessThanOrEqual(linkDegree.most);
        }
        const { changes } = cluster;
        cluster.run(25);
        expect(cluster.changes).toBe(changes);
      }),
      { numRuns: 40 },
    );
  });

  it('gives whom much is sent to a link, and members of bad standing no part in the short ways', () => {
    const ids = [...clusterOf(60).ids];
    const self = ids[0] as string;
    const others = ids.slice(1);
    const base = { self, others, isLinked: () => false, hasFailed: () => false, used: [] as readonly string[] };
    const usual = planLinks({ ...base, isTrusted: () => true });
    const far = [...usual].filter(([, need]) => need === 'far').map(([member]) => member);
    const distrusting = planLinks({ ...base, isTrusted: (member) => !far.includes(member) });
    expect(far.some((member) => distrusting.has(member))).toBe(false);
    expect([...distrusting].filter(([, need]) => need === 'ring')).toEqual([...usual].filter(([, need]) => need === 'ring'));
    const busy = others.find((member) => !usual.has(member)) as string;
    expect(planLinks({ ...base, isTrusted: () => true, used: [busy] }).get(busy)).toBe('use');
  });
});
