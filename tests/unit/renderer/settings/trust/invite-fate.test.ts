import { describe, expect, test } from 'vitest';
import { fateOf, type Invite } from '../../../../../src/renderer/features/settings/trust/model/invite-fate.ts';

const made = { inviteId: 'i1', expiresAt: 1_000 };
const listed = (change: Partial<Invite>): readonly Invite[] => [
  { inviteId: 'i1', roles: ['peer'], createdAt: 0, expiresAt: 1_000, state: 'open', usesLeft: 1, failures: 0, ...change },
];
const before = 500;

describe('what has become of an invitation', () => {
  test('open until somebody proves it wrong, uses it or burns it', () => {
    expect(fateOf(made, listed({}), 0, true, before)).toBe('open');
    expect(fateOf(made, listed({ failures: 2 }), 0, true, before)).toBe('tried');
    expect(fateOf(made, listed({ state: 'used' }), 1, true, before)).toBe('used');
    expect(fateOf(made, listed({ state: 'burned' }), 0, true, before)).toBe('burned');
  });

  test('a list that does not have it yet says nothing; one that had it and has it no more says that it was withdrawn', () => {
    expect(fateOf(made, undefined, 0, false, before)).toBe('open');
    expect(fateOf(made, [], 0, false, before)).toBe('open');
    expect(fateOf(made, [], 0, true, before)).toBe('withdrawn');
  });

  test('its time is over by the clock of the console too, whoever has joined by then', () => {
    expect(fateOf(made, listed({}), 0, true, 1_000)).toBe('expired');
    expect(fateOf(made, [], 0, true, 1_000)).toBe('expired');
    expect(fateOf(made, listed({}), 2, true, 1_000)).toBe('used');
  });
});
