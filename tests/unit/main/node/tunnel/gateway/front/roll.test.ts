import { describe, expect, test } from 'vitest';
import { Roll } from '../../../../../../../src/main/node/tunnel/gateway/front/roll.ts';

describe('a roll', () => {
  test('has its members once each, and loses those that go', () => {
    const roll = new Roll<{ name: string }>();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name })) as [{ name: string }, { name: string }, { name: string }];
    for (const member of [a, b, c, b]) roll.add(member);
    expect(roll.size).toBe(3);
    expect([roll.delete(a), roll.delete(a)]).toEqual([true, false]);
    expect(new Set(roll)).toEqual(new Set([b, c]));
    roll.add(a);
    expect([roll.delete(c), roll.delete(b), roll.delete(a), roll.size]).toEqual([true, true, true, 0]);
  });

  test('may lose members while it is gone through, and shares them with other rolls', () => {
    const [one, other] = [new Roll<object>(), new Roll<object>()];
    for (let index = 0; index < 5; index += 1) {
      const member = {};
      one.add(member);
      other.add(member);
    }
    let seen = 0;
    for (const member of one) {
      seen += 1;
      one.delete(member);
    }
    expect([seen, one.size, other.size]).toEqual([5, 0, 5]);
  });
});
