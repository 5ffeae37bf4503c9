import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignalboxError } from '../../../../../../src/common/errors.ts';
import { secureLimits } from '../../../../../../src/main/node/federation/secure/index.ts';
import { trustLimits } from '../../../../../../src/main/node/trust/index.ts';
import { type Carried, clusterOf, deliver, type End, nowMs, openEnd, personOf } from './people.ts';

const ada = personOf(1);
const bo = personOf(2);
const cy = personOf(3);

let carried: Carried[];
let view: ReturnType<typeof clusterOf>;
let near: End;
let far: End;

beforeEach(() => {
  vi.useFakeTimers();
  carried = [];
  view = clusterOf([ada, bo]);
  near = openEnd(ada, view, carried);
  far = openEnd(bo, view, carried);
});
afterEach(() => void vi.useRealTimers());

const say = (from: End, to: End, text: string, unsent: (error: SignalboxError) => void = () => undefined) =>
  from.sessions.send(to.nodeId, { text, ttlSeconds: 60, confirmed: false, unsent: [unsent] });
const run = () => deliver(carried, [near, far]);

describe('a session with a member', () => {
  it('is agreed on when something is to be said, and used both ways', () => {
    say(near, far, 'one');
    say(near, far, 'two');
    // The offer alone: nothing leaves unsealed.
    expect(carried.map(({ bytes }) => bytes.subarray(0, 16).toString())).toEqual(['SGBX/s-offer/v1\0']);
    run();
    say(far, near, 'three');
    run();
    expect([far.texts(), near.texts(), near.refused, far.refused]).toEqual([['one', 'two'], ['three'], [], []]);
    expect([near.sessions.open, far.sessions.open]).toEqual([1, 1]);
  });

  it('lets the other end speak at once, also when nothing waited', () => {
    say(near, far, 'one');
    run();
    far.heard.length = 0;
    say(far, near, 'two');
    expect(carried).toHaveLength(1);
  });

  it('is found when both begin at the same time', () => {
    say(near, far, 'one');
    say(far, near, 'two');
    run();
    say(near, far, 'three');
    say(far, near, 'four');
    run();
    expect([far.texts(), near.texts(), near.refused, far.refused]).toEqual([['one', 'three'], ['two', 'four'], [], []]);
  });

  it('is offered again while the broker loses the offer, and given up in the end', () => {
    const errors: SignalboxError[] = [];
    say(near, far, 'one', (error) => errors.push(error));
    carried.length = 0;
    vi.advanceTimersByTime(secureLimits.offerAgainMs);
    expect(carried).toHaveLength(1);
    run();
    expect(far.texts()).toEqual(['one']);

    const lost = openEnd(ada, view, []);
    lost.sessions.send(far.nodeId, { text: 'two', ttlSeconds: 60, confirmed: false, unsent: [(error) => errors.push(error)] });
    vi.advanceTimersByTime(secureLimits.agreementMs);
    expect(errors).toMatchObject([{ code: 'NODE_UNREACHABLE', executed: 'no' }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a second answer for what it is when the first was so late that the offer was repeated', () => {
    say(near, far, 'one');
    vi.advanceTimersByTime(secureLimits.offerAgainMs);
    expect(carried).toHaveLength(2);
    run();
    say(near, far, 'two');
    run();
    expect([far.texts(), near.refused, far.refused]).toEqual([['one', 'two'], [], []]);
  });

  it('gets new keys after an hour, while messages flow under the old ones', () => {
    let atMs = nowMs;
    near = openEnd(ada, view, carried, { nowMs: () => atMs });
    far = openEnd(bo, view, carried, { nowMs: () => atMs });
    say(near, far, 'one');
    run();
    const keyIds = () => new Set(carried.filter(({ bytes }) => bytes[0] === 2).map(({ bytes }) => bytes.toString('hex', 1, 9)));
    say(near, far, 'two');
    const [before] = keyIds();
    run();
    atMs += trustLimits.sessionKeyMs;
    vi.advanceTimersByTime(trustLimits.sessionKeyMs);
    say(near, far, 'three');
    expect([...keyIds()]).toEqual([before]);
    run();
    say(near, far, 'four');
    expect([...keyIds()]).not.toEqual([before]);
    run();
    expect([far.texts(), far.refused]).toEqual([['one', 'two', 'three', 'four'], []]);
  });

  it('counts the time a message waited for its keys', () => {
    let atMs = nowMs;
    near = openEnd(ada, view, carried, { nowMs: () => atMs });
    say(near, far, 'one');
    const offer = carried.splice(0);
    atMs += 3_000;
    carried.push(...offer);
    run();
    expect(far.heard).toMatchObject([{ text: 'one', sentMs: nowMs }]);
  });

  it('keeps what waits for it within bounds', () => {
    for (let index = 0; index < secureLimits.waitingMessages; index++) say(near, far, `${index}`);
    expect(() => say(near, far, 'more')).toThrow(expect.objectContaining({ code: 'OVERLOADED', executed: 'no' }));
    run();
    expect(far.texts()).toHaveLength(secureLimits.waitingMessages);
  });

  it('takes each message once, unaltered, and of its own end alone (rows 41, 42)', () => {
    say(near, far, 'one');
    run();
    say(near, far, 'two');
    const [message] = carried;
    if (message === undefined) throw new Error('nothing was sent');
    run();
    far.take(message.bytes);
    near.take(message.bytes);
    for (let bit = 0; bit < message.bytes.length * 8; bit++) {
      const altered = Buffer.from(message.bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      far.take(altered);
    }
    expect(far.texts()).toEqual(['one', 'two']);
    expect([far.refused[0]?.code, near.refused[0]?.code]).toEqual(['REPLAYED', 'DECRYPT']);
    expect(far.refused).toHaveLength(1 + message.bytes.length * 8);
  });
});

describe('after a start of the other end', () => {
  it('goes on with new keys that it offers to whom it does not know', () => {
    say(near, far, 'one');
    run();
    far = openEnd(bo, view, carried, { epoch: 2, online: () => [ada.nodeId] });
    say(near, far, 'lost with the keys');
    run();
    say(near, far, 'two');
    run();
    expect(far.refused).toMatchObject([{ code: 'DECRYPT', data: { reason: 'missingKey' } }]);
    expect(far.texts()).toEqual(['two']);
  });

  it('offers once for a flood of messages under keys that nobody has', () => {
    for (let index = 0; index < 100; index++) {
      const junk = Buffer.alloc(80, index + 1);
      junk[0] = 2;
      junk.fill(0, 9, 29);
      junk[16] = 1;
      near = index === 0 ? openEnd(ada, view, carried, { online: () => [bo.nodeId] }) : near;
      near.take(junk);
    }
    expect(carried).toHaveLength(1);
    near.sessions.forgetAll(near.refused[0] as SignalboxError);
  });
});

describe('who is no member', () => {
  it('gets no keys, and is told why when it was removed', () => {
    const errors: SignalboxError[] = [];
    view.removed.add(bo.nodeId);
    // It does not know yet.
    const thief = openEnd(bo, clusterOf([ada, bo]), carried);
    thief.sessions.send(ada.nodeId, { text: 'one', ttlSeconds: 60, confirmed: false, unsent: [(error) => errors.push(error)] });
    deliver(carried, [near, thief]);
    expect(near.refused).toMatchObject([{ code: 'REVOKED' }]);
    expect(errors).toMatchObject([
      { code: 'REVOKED', executed: 'no', message: expect.stringContaining('was removed from the cluster by ada') },
    ]);
    expect([near.texts(), near.sessions.open]).toEqual([[], 0]);
  });

  it('cannot turn another away, or speak for it (row 45)', () => {
    const errors: SignalboxError[] = [];
    say(near, far, 'one', (error) => errors.push(error));
    const offer = carried.splice(0)[0]?.bytes;
    if (offer === undefined) throw new Error('no offer');
    const attacker = openEnd(cy, clusterOf([ada, cy]), carried);
    attacker.take(offer);
    // The refusal of somebody else, renamed.
    const forged = Buffer.concat([Buffer.from('SGBX/s-refuse/v1'), offer.subarray(16)]);
    near.take(forged);
    const renamed = Buffer.from(offer);
    renamed.set(bo.publicKey, 48);
    renamed.set(ada.publicKey, 80);
    near.take(renamed);
    expect([errors, near.sessions.open]).toEqual([[], 0]);
    expect(near.refused.length).toBeGreaterThanOrEqual(2);
    far.take(offer);
    run();
    expect(far.texts()).toEqual(['one']);
  });

  it('costs next to nothing, however often it tries (row 51)', () => {
    const looked = vi.spyOn(view, 'memberOf');
    const stranger = openEnd(cy, clusterOf([ada, cy]), carried);
    stranger.sessions.send(ada.nodeId, { text: 'one', ttlSeconds: 60, confirmed: false, unsent: [] });
    const offer = carried.splice(0)[0]?.bytes;
    if (offer === undefined) throw new Error('no offer');
    for (let index = 0; index < 20_000; index++) near.take(offer);
    expect(looked).toHaveBeenCalled();
    const answered = carried.filter(({ to }) => to === cy.nodeId).length;
    expect(answered).toBeLessThanOrEqual(secureLimits.agreementBurst + secureLimits.agreementsPerSecond);
    expect(near.refused.filter(({ code }) => code === 'OVERLOADED').length).toBeGreaterThan(19_000);
  });
});
