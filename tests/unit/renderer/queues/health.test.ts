import { describe, expect, it } from 'vitest';
import {
  barShare,
  behindForMs,
  groupHealth,
  lagTrend,
  memberState,
  newestIndex,
  orderedMembers,
  queueHealth,
} from '../../../../src/renderer/features/shared/queues/health.ts';
import { group, member, observedAt, queue } from './samples.ts';

const leader = member('B-HUB01', { role: 'leader' });
const away = member('B-HUB02', { status: 'inactive', lag: 5, lagSince: observedAt - 60_000 });
const late = member('B-PRE07', { lag: 40, matchIndex: 60, lagSince: observedAt - 4_000 });
const justLate = member('B-PRE08', { lag: 2, matchIndex: 98, lagSince: observedAt - 200 });
const learner = member('B-NEW01', { role: 'learner', matchIndex: null, lag: null, snapshot: 0.42 });

describe('how a group is', () => {
  it('is well while replicas are behind for a moment only, and while a learner catches up', () => {
    expect(groupHealth(group([leader, justLate, learner]))).toBe('ok');
  });

  it('is behind once that lasts, degraded when one is away or impaired, and not writable before all', () => {
    expect(groupHealth(group([leader, late]))).toBe('behind');
    expect(groupHealth(group([leader, late, away]))).toBe('degraded');
    expect(groupHealth(group([leader, member('B-X', { impaired: true })]))).toBe('degraded');
    expect(groupHealth(group([leader, away], { writable: false }))).toBe('unwritable');
  });

  it('says of a queue whose group nobody sees that it is not seen, whatever the old figures say', () => {
    const orders = queue('orders', { writable: false });
    expect(queueHealth(orders, undefined, new Set(['G-XYZ78']))).toBe('unseen');
    expect(queueHealth(orders, group([leader], { writable: false }), new Set(['G-XYZ78']))).toBe('unwritable');
    expect(queueHealth(orders, undefined, new Set())).toBe('unwritable');
    expect(queueHealth(queue('orders'), undefined, new Set())).toBe('ok');
    expect(queueHealth(queue('orders'), group([leader, late]), new Set())).toBe('behind');
  });
});

describe('a replica', () => {
  it('is told by what matters most', () => {
    const all = group([leader, away, late, justLate, learner]);
    expect(all.members.map((one) => memberState(one, all))).toEqual(['leader', 'inactive', 'behind', 'inSync', 'copying']);
    expect(memberState(member('B-Y', { lag: null }), all)).toBe('unknown');
    expect(memberState(member('B-Z', { role: 'learner', lag: 3 }), all)).toBe('catchingUp');
  });

  it('has been behind for as long as the clock of the node that tells says', () => {
    expect(behindForMs(late, { observedAt })).toBe(4_000);
    expect(behindForMs(leader, { observedAt })).toBe(0);
  });

  it('has a bar that is not full while something has been missing for long', () => {
    expect(barShare(leader, 100, false)).toBe(1);
    expect(barShare(late, 100, true)).toBe(0.6);
    expect(barShare(member('B-A', { matchIndex: 999_999 }), 1_000_000, true)).toBeLessThan(0.99);
    expect(barShare(member('B-A', { matchIndex: 999_999 }), 1_000_000, false)).toBeGreaterThan(0.99);
    expect(barShare(learner, 100, false)).toBe(0.42);
    expect(barShare(member('B-B', { matchIndex: null }), 100, false)).toBe(0);
    expect(barShare(member('B-C', { matchIndex: 0 }), 0, false)).toBe(1);
  });

  it('has a lag that grows or shrinks, once enough time has passed to tell', () => {
    const first = lagTrend(undefined, { lag: 10, at: 0 });
    expect(first).toEqual({ keep: { lag: 10, at: 0 }, trend: undefined });
    expect(lagTrend(first.keep, { lag: 90, at: 1_000 })).toEqual({ keep: first.keep, trend: undefined });
    expect(lagTrend(first.keep, { lag: 90, at: 6_000 }).trend).toBe('growing');
    expect(lagTrend(first.keep, { lag: 4, at: 6_000 }).trend).toBe('shrinking');
    expect(lagTrend(first.keep, { lag: 90, at: 12_000 }).keep).toEqual({ lag: 90, at: 12_000 });
  });

  it('keeps its place: the leader first, learners last', () => {
    const all = group([learner, justLate, leader]);
    expect(orderedMembers(all).map(({ brokerId }) => brokerId)).toEqual(['B-HUB01', 'B-PRE08', 'B-NEW01']);
    expect(newestIndex(group([member('B-D', { matchIndex: 130 })]))).toBe(130);
  });
});
