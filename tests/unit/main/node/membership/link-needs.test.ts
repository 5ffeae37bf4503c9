import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { linkDegree } from '../../../../../src/main/node/membership/limits.ts';
import { LinkNeeds } from '../../../../../src/main/node/membership/link-needs.ts';
import { LinkUse } from '../../../../../src/main/node/membership/link-use.ts';

const nameOf = (number: number) => createHash('sha256').update(`member ${number}`).digest('hex');

/** A node in a cluster of 40, linked with nobody yet. */
function newNeeds(size = 40) {
  const linked = new Set<string>();
  const clock = { ms: 0 };
  const used: string[] = [];
  const needs = new LinkNeeds({
    self: nameOf(0),
    isLinked: (member) => linked.has(member),
    isDialable: () => true,
    isTrusted: () => true,
    used: () => used,
    monotonicMs: () => clock.ms,
  });
  const members = Array.from({ length: size - 1 }, (_, number) => nameOf(number + 1));
  needs.follow(members);
  const ring = () => [...needs.plan()].flatMap(([member, need]) => (need === 'ring' ? [member] : []));
  const strangers = () => members.filter((member) => !needs.plan().has(member));
  return { needs, linked, clock, used, members, ring, strangers };
}

describe('the links that a node needs', () => {
  it('refuses a member once it is full but for its ring, and lets neighbours in the ring in', () => {
    const { needs, linked, ring, strangers } = newNeeds();
    expect(ring()).toHaveLength(2 * linkDegree.ringEachSide);
    for (const member of strangers()) {
      if (needs.admit(member) === false) break;
      linked.add(member);
    }
    expect(linked.size).toBe(linkDegree.most - 2 * linkDegree.ringEachSide);
    for (const member of ring()) {
      expect(needs.admit(member)).toEqual({ instead: undefined });
      linked.add(member);
    }
    expect(linked.size).toBe(linkDegree.most);
    expect(needs.admit(strangers()[0] as string)).toBe(false);
  });

  it('makes room for a neighbour in the ring among the links that it does not need', () => {
    const { needs, linked, ring, strangers } = newNeeds();
    for (const member of strangers().slice(0, linkDegree.most)) linked.add(member);
    const admission = needs.admit(ring()[0] as string);
    expect(admission).not.toBe(false);
    expect(linked.has((admission as { instead: string }).instead)).toBe(true);
  });

  it('puts others in the place of members that fail, tries those again, and forgets failures after a while', () => {
    const { needs, clock, ring } = newNeeds();
    const before = ring();
    needs.failed(before[0] as string);
    expect(ring()).toEqual(expect.arrayContaining(before));
    expect(ring()).toHaveLength(before.length + 1);
    clock.ms += linkDegree.forgetFailureMs + 1;
    expect(ring()).toEqual(before);
    needs.failed(before[0] as string);
    needs.hope(before[0] as string);
    expect(ring()).toEqual(before);
  });

  it('lets go of what neither end has needed for long, one at a time, and only above the wanted number', () => {
    const { needs, linked, clock, strangers } = newNeeds();
    const surplus = () => needs.surplus(needs.plan());
    for (const member of strangers().slice(0, linkDegree.wanted)) linked.add(member);
    for (const member of linked) needs.said(member, false);
    surplus();
    clock.ms += linkDegree.unneededMs;
    expect(surplus()).toBeUndefined();
    const further = strangers().filter((member) => !linked.has(member));
    for (const member of further.slice(0, 2)) linked.add(member);
    const gone = surplus() as string;
    expect(linked.delete(gone)).toBe(true);
    needs.ended(gone);
    // Those two have said nothing yet, and stay.
    expect(surplus()).not.toBe(further[0]);
  });

  it('keeps a link that the other end needs, or says nothing about', () => {
    const { needs, linked, clock, strangers } = newNeeds();
    for (const member of strangers().slice(0, linkDegree.most)) linked.add(member);
    const [needed] = linked;
    needs.said(needed as string, true);
    needs.surplus(needs.plan());
    clock.ms += linkDegree.unneededMs;
    expect(needs.surplus(needs.plan())).toBeUndefined();
  });

  it('does not dial, for want of room, whom it would have to refuse', () => {
    const { needs, linked, strangers, ring } = newNeeds();
    for (const member of [...ring(), ...strangers()].slice(0, linkDegree.most)) linked.add(member);
    const plan = needs.plan();
    const further = [...plan].filter(([member, need]) => need === 'far' && !linked.has(member));
    expect(further.length).toBeGreaterThan(0);
    expect(further.some(([member]) => needs.affordable(plan).has(member))).toBe(false);
  });
});

describe('who much is sent to', () => {
  it('is there above a rate, and stays until it is clearly less', () => {
    let nowMs = 0;
    const use = new LinkUse(() => nowMs);
    const send = (member: string, times: number) => {
      for (let time = 0; time < times; time++) use.sent(member);
    };
    send('bo', linkDegree.usedFromPerMinute - 1);
    expect(use.used()).toEqual([]);
    send('bo', 1);
    send('cy', 2 * linkDegree.usedFromPerMinute);
    expect(use.used()).toEqual(['cy', 'bo']);
    nowMs += 60_000;
    expect(use.used()).toEqual(['cy', 'bo']);
    nowMs += 60_000;
    expect(use.used()).toEqual(['cy']);
    nowMs += 600_000;
    expect(use.used()).toEqual([]);
  });
});
