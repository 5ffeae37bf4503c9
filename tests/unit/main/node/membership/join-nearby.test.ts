import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { Address } from '../../../../../src/main/node/membership/contacts.ts';
import { type AskAt, joinNearby, type NearbyDoors } from '../../../../../src/main/node/membership/join-nearby.ts';
import { membershipLimits } from '../../../../../src/main/node/membership/limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const at = (host: string): Address => ({ host, port: 7_422 });
const refuse = (code: 'INVITE_INVALID' | 'NODE_UNREACHABLE' | 'CLOCK') => new SignalboxError(code, code);
const silent = () => new Promise<never>(() => undefined);

/** A network on which nodes are found one after the other. */
function network(...hosts: readonly string[]) {
  const found = hosts.map(at);
  const listeners = new Set<() => void>();
  const doors: NearbyDoors = {
    list: () => found,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    doors,
    listeners,
    find: (host: string) => {
      found.push(at(host));
      for (const listener of listeners) listener();
    },
  };
}

function run<T>(doors: NearbyDoors, ask: AskAt<T>, signal = new AbortController().signal) {
  return joinNearby(doors, signal, ask);
}

test('row 59: one that refuses and one that is silent hold up nobody, and are given up when another lets in', async () => {
  const { doors, listeners } = network('fake', 'silent', 'hub');
  const given: string[] = [];
  const joined = await run(doors, ({ host }, signal) => {
    if (host === 'fake') throw refuse('INVITE_INVALID');
    signal.addEventListener('abort', () => given.push(host));
    return host === 'hub' ? Promise.resolve('joined') : silent();
  });
  expect(joined).toBe('joined');
  expect(given).toEqual(['silent', 'hub']);
  expect(listeners.size).toBe(0);
});

test('a node that is found meanwhile is asked too, each once', async () => {
  const { doors, find } = network('fake');
  const asked: string[] = [];
  const joining = run(doors, async ({ host }) => {
    asked.push(host);
    if (host === 'fake') throw refuse('INVITE_INVALID');
    return 'joined';
  });
  find('hub');
  expect(await joining).toBe('joined');
  expect(asked).toEqual(['fake', 'hub']);
});

test('what all answered is told in the words that help most; a cancelled call ends at once', async () => {
  const failing = async (errors: Record<string, SignalboxError>) => {
    const outcome = run(network(...Object.keys(errors)).doors, ({ host }) => Promise.reject(errors[host])).catch(({ code }) => code);
    await vi.advanceTimersByTimeAsync(membershipLimits.nearbySettleMs);
    return outcome;
  };
  expect(await failing({ a: refuse('NODE_UNREACHABLE'), b: refuse('INVITE_INVALID') })).toBe('INVITE_INVALID');
  expect(await failing({ a: refuse('INVITE_INVALID'), b: refuse('CLOCK') })).toBe('CLOCK');
  const cancel = new AbortController();
  const joining = run(network('silent').doors, silent, cancel.signal);
  cancel.abort();
  await expect(joining).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('ten seconds is all there is, unless an admin is to decide', async () => {
  const outcomeOf = (doors: NearbyDoors, ask: AskAt<never>) => run(doors, ask).catch(({ code }) => code);
  const nobody = outcomeOf(network().doors, silent);
  const mute = outcomeOf(network('silent').doors, silent);
  const isOver = vi.fn();
  const waits = run(network('hub').doors, (_address, _signal, extend) => {
    extend(2 * membershipLimits.joinNearbyMs);
    return silent();
  });
  waits.catch(isOver);
  await vi.advanceTimersByTimeAsync(membershipLimits.joinNearbyMs);
  expect([await nobody, await mute]).toEqual(['NODE_UNREACHABLE', 'TIMEOUT']);
  expect(isOver).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(membershipLimits.joinNearbyMs);
  await expect(waits).rejects.toMatchObject({ code: 'TIMEOUT' });
});
