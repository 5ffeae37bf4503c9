import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { Reputation } from '../../../../../../src/main/node/peers/health/reputation.ts';
import type { ConductKind } from '../../../../../../src/main/node/peers/types.ts';

function setUp(members = 8) {
  const clock = { nowMs: 0 };
  const graylisted: [string, number][] = [];
  const reputation = new Reputation({
    monotonicMs: () => clock.nowMs,
    members: () => members,
    onGraylisted: (nodeId, forMs) => graylisted.push([nodeId, forMs]),
  });
  const note = (kind: ConductKind, times = 1) => {
    for (let count = 0; count < times; count++) reputation.conduct('b', kind, 'a test');
  };
  return { clock, reputation, note, graylisted };
}

describe('the score of a peer', () => {
  it('follows the formula of security.md 2.7', () => {
    const { reputation, note } = setUp();
    note('useful', 20);
    expect(reputation.score('b')).toBeCloseTo(2);
    note('useful', 100);
    expect(reputation.score('b')).toBeCloseTo(5);
    note('timeout', 4);
    expect(reputation.score('b')).toBeCloseTo(3);
    note('invalid', 3);
    expect(reputation.score('b')).toBeCloseTo(-6);
    note('behaviour', 2);
    expect(reputation.score('b')).toBeCloseTo(-14);
  });

  it('is forgotten by a tenth every ten seconds, and wholly below a tenth', () => {
    const { clock, reputation, note } = setUp();
    note('invalid', 4);
    clock.nowMs = 9_999;
    expect(reputation.score('b')).toBe(-16);
    clock.nowMs = 10_000;
    expect(reputation.score('b')).toBeCloseTo(-((4 * 0.9) ** 2));
    clock.nowMs = 400_000;
    expect(reputation.score('b')).toBe(0);
  });

  it('decides what a peer is used for', () => {
    const { reputation, note } = setUp();
    note('invalid', 3);
    expect(reputation.mayRelay('b')).toBe(true);
    note('invalid');
    expect([reputation.mayRelay('b'), reputation.mayGossip('b')]).toEqual([false, true]);
    note('invalid', 2);
    expect([reputation.mayGossip('b'), reputation.isGraylisted('b')]).toEqual([false, false]);
    note('invalid', 2);
    expect(reputation.isGraylisted('b')).toBe(true);
    expect(reputation.standingOf('b')).toMatchObject({ level: 'graylisted', graylistedMs: 300_000 });
  });

  it('is that of a stranger after a person forgave', () => {
    const { reputation, note } = setUp();
    note('invalid', 9);
    reputation.forgive('b');
    expect(reputation.standingOf('b')).toMatchObject({ score: 0, level: 'neutral', graylistedMs: 0 });
  });

  it('is forgotten whole once nothing is left to know', () => {
    const { clock, reputation, note } = setUp();
    note('invalid', 9);
    clock.nowMs = 3 * 3_600_000;
    reputation.maintain();
    expect(reputation.score('b')).toBe(0);
  });
});

describe('graylisting', () => {
  it('lasts five minutes, then twice as long each time up to an hour', () => {
    const { clock, note, graylisted, reputation } = setUp();
    for (let round = 0; round < 6; round++) {
      note('invalid', 9);
      clock.nowMs += graylisted.at(-1)?.[1] ?? 0;
      expect(reputation.isGraylisted('b')).toBe(false);
    }
    expect(graylisted.map(([, forMs]) => forMs / 60_000)).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it('begins small again after two hours without', () => {
    const { clock, note, graylisted } = setUp();
    note('invalid', 9);
    clock.nowMs += 300_000 + 7_200_000;
    note('invalid', 9);
    expect(graylisted.map(([, forMs]) => forMs)).toEqual([300_000, 300_000]);
  });

  it('is only said, and once, in a cluster of fewer than five', () => {
    const { clock, note, graylisted, reputation } = setUp(4);
    note('invalid', 12);
    expect(graylisted).toEqual([['b', 0]]);
    expect(reputation.isGraylisted('b')).toBe(false);
    expect(reputation.standingOf('b').level).toBe('noGossip');
    clock.nowMs = 600_000;
    reputation.maintain();
    note('invalid', 9);
    expect(graylisted).toHaveLength(2);
  });
});

describe('a refusal', () => {
  const refusal = (code: ConstructorParameters<typeof SignalboxError>[0], data?: unknown) => new SignalboxError(code, 'Refused.', { data });

  it('counts against who sent it when an honest node never does it', () => {
    const { reputation } = setUp();
    for (const code of ['BAD_SIGNATURE', 'INVALID_PARAMS', 'TOO_LARGE'] as const) reputation.refused('b', refusal(code));
    expect(reputation.standingOf('b').invalid).toBe(3);
  });

  it('costs nothing when it is late, repeated, of a newer version, or a fault of this node', () => {
    const { reputation } = setUp();
    for (const code of ['EXPIRED', 'FUTURE', 'OVERLOADED', 'VERSION', 'BAD_REQUEST', 'FORBIDDEN', 'STORAGE_FULL'] as const)
      reputation.refused('b', refusal(code));
    reputation.refused('b', refusal('REPLAYED', { reason: 'epoch' }));
    reputation.refused('b', new TypeError('ours'));
    expect(reputation.standingOf('b').invalid).toBe(0);
  });
});

describe('a peer that a person removed', () => {
  it('is given no work of others, and is believed as before', () => {
    const reputation = new Reputation({ monotonicMs: () => 0, members: () => 8, isRemoved: (nodeId) => nodeId === 'b' });
    expect(['b', 'c'].map((nodeId) => reputation.mayRelay(nodeId))).toEqual([false, true]);
    expect(reputation.mayGossip('b')).toBe(true);
  });
});
