import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gateway, type GatewayOptions } from '../../../../../src/main/node/federation/gateway.ts';
import { federationLimits } from '../../../../../src/main/node/federation/limits.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { noStanding } from '../../../../../src/main/node/peers/oversight.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A gateway that tells whose subscriptions here it ended. */
function open() {
  const ended: string[] = [];
  const directory = new NodeDirectory(Date.now);
  const relay = { follow: () => undefined, lost: (origin: string) => ended.push(origin) };
  const gateway = new Gateway({
    nodeId: 'me',
    topics: new FederationTopics('c'),
    directory,
    link: { connected: true, unsentBytes: 0 },
    circuits: { forget: () => undefined },
    standing: noStanding,
    reach: { best: () => undefined, isCongested: () => false },
    outgoing: { send: () => undefined },
    here: () => ({ relay, clients: { lost: () => undefined }, lastValues: () => [], checkFilter: () => undefined }),
    nowMs: Date.now,
  } as unknown as GatewayOptions);
  const ask = (origin: string) => gateway.receive({ type: 'subscribe', topic: '/a' }, { origin, form: 'bare', ageMs: 0, via: 'inbox' });
  return { ended, directory, gateway, ask };
}

const online = (serviceId: string) => presenceSchema.parse({ serviceId, status: 'online' });

it('a sender without a status follows topics for a while after it asked last', () => {
  const { ended, ask } = open();
  ask('person');
  vi.advanceTimersByTime(federationLimits.strangerFollowMs - 1);
  ask('person');
  vi.advanceTimersByTime(federationLimits.strangerFollowMs - 1);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toEqual(['person']);
});

it('a node that is there follows them until it is lost, also when it asked before its status came', () => {
  const { ended, directory, ask, gateway } = open();
  directory.apply(online('early'));
  ask('early');
  ask('late');
  directory.apply(online('late'));
  vi.advanceTimersByTime(2 * federationLimits.strangerFollowMs);
  expect(ended).toEqual([]);
  ask('person');
  gateway.stop();
  expect(vi.getTimerCount()).toBe(0);
});
