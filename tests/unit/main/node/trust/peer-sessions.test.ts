import { expect, test } from 'vitest';
import { PeerSessions } from '../../../../../src/main/node/trust/session/index.ts';
import { alice, bob, clusterId, keys, refusedAs, startMs, text } from './people.ts';

const clock = { nowMs: startMs };
const aliceSide = (epoch = 1) => new PeerSessions({ identity: alice, clusterId, peer: bob.publicKey, epoch }, keys);
const bobSide = (epoch = 1) => new PeerSessions({ identity: bob, clusterId, peer: alice.publicKey, epoch }, keys);

function say(from: PeerSessions, to: PeerSessions, words = 'hello'): void {
  const message = from.seal('sealed', text(words), startMs, 60);
  expect(Buffer.from(to.open(message, clock)).toString()).toBe(words);
}

function agree(one: PeerSessions, other: PeerSessions): void {
  one.complete(other.accept(one.offer(startMs), startMs), startMs);
}

test('after offer and answer the offering side speaks first, then both do', () => {
  const [a, b] = [aliceSide(), bobSide()];
  expect([a.isOpen, a.isDue(startMs)]).toEqual([false, true]);
  expect(() => a.seal('sealed', text('x'), startMs, 60)).toThrow(refusedAs('NODE_UNREACHABLE'));
  agree(a, b);
  expect([a.isOpen, b.isOpen, a.isDue(startMs)]).toEqual([true, false, false]);
  say(a, b);
  say(b, a);
  expect(a.isDue(startMs + 3_600_000)).toBe(true);
});

test('keys are renewed while messages flow; what is on its way under the old ones is still read', () => {
  const [a, b] = [aliceSide(), bobSide()];
  agree(a, b);
  say(a, b);
  const late = [a.seal('sealed', text('late'), startMs, 60), b.seal('sealed', text('late'), startMs, 60)] as const;
  agree(a, b);
  say(a, b);
  b.open(late[0], clock);
  a.open(late[1], clock);
  expect(() => b.open(late[0], clock)).toThrow(refusedAs('REPLAYED'));
  for (let times = 0; times < 2; times++) {
    agree(a, b);
    say(a, b);
  }
  expect(() => a.open(late[1], clock)).toThrow(refusedAs('DECRYPT'));
});

test('both offer at once', () => {
  const [a, b] = [aliceSide(), bobSide()];
  const offers = [a.offer(startMs), b.offer(startMs)] as const;
  const answers = [a.accept(offers[1], startMs), b.accept(offers[0], startMs)] as const;
  a.complete(answers[1], startMs);
  b.complete(answers[0], startMs);
  for (let times = 0; times < 3; times++) {
    say(a, b);
    say(b, a);
  }
});

test('row 42: repeated offers and answers neither end a session nor make one', () => {
  const [a, b] = [aliceSide(), bobSide()];
  const offer = a.offer(startMs);
  const answer = b.accept(offer, startMs);
  expect(b.accept(offer, startMs)).toEqual(answer);
  a.complete(answer, startMs);
  say(a, b);
  let unasked = answer;
  for (let times = 0; times < 5; times++) {
    b.accept(offer, startMs);
    unasked = b.accept(aliceSide().offer(startMs), startMs);
  }
  // The same answer comes twice when an offer is repeated on a slow way: it changes nothing. Another one was not asked for.
  expect(a.complete(answer, startMs)).toBe(false);
  expect(() => a.complete(unasked, startMs)).toThrow(refusedAs('INVALID_PARAMS'));
  say(a, b);
  say(b, a);
});

test('a restarted node is spoken to with new keys, and offers of its earlier start are refused', () => {
  const [a, b] = [aliceSide(1), bobSide(1)];
  const old = a.offer(startMs);
  agree(a, b);
  say(a, b);
  const restarted = aliceSide(2);
  agree(restarted, b);
  expect(b.isOpen).toBe(false);
  say(restarted, b);
  say(b, restarted);
  expect(() => b.accept(old, startMs)).toThrow(refusedAs('REPLAYED'));
  expect(() => b.open(a.seal('sealed', text('x'), startMs, 60), clock)).toThrow(refusedAs('DECRYPT'));
  say(restarted, b);
});
