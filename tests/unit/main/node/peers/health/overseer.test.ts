import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { GraylistProblems } from '../../../../../../src/main/node/peers/health/graylist-problems.ts';
import { Heartbeats } from '../../../../../../src/main/node/peers/health/heartbeats.ts';
import { Overseer } from '../../../../../../src/main/node/peers/health/overseer.ts';
import type { PeerWatch } from '../../../../../../src/main/node/peers/health/peer-watch.ts';
import { Reputation } from '../../../../../../src/main/node/peers/health/reputation.ts';
import type { PeerObservation, PeerPlace } from '../../../../../../src/main/node/peers/oversight.ts';
import { Recoveries } from '../../../../../../src/main/node/peers/recovery/index.ts';
import type { PeerMessage, SendOptions } from '../../../../../../src/main/node/peers/types.ts';
import { Problems } from '../../../../../../src/main/node/telemetry/index.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';

function setUp(place: PeerPlace = 'peer') {
  const clock = { nowMs: 0 };
  const problems = new Problems();
  const graylistProblems = new GraylistProblems(problems);
  const reputation = new Reputation({
    monotonicMs: () => clock.nowMs,
    members: () => 7,
    onGraylisted: (nodeId, forMs, why) => graylistProblems.raise({ nodeId, name: 'press-07' }, forMs, why),
  });
  const seen: PeerObservation[] = [];
  const watch = {
    place: () => place,
    all: () => [{ nodeId: 'b' }],
    observe: (_nodeId: string, observation: PeerObservation) => void seen.push(observation),
  } as unknown as PeerWatch;
  const recoveries = new Recoveries({ problems, nameOf: () => 'press-07', monotonicMs: () => clock.nowMs });
  return { clock, problems, graylistProblems, reputation, recoveries, seen, overseer: new Overseer({ watch, reputation, recoveries }) };
}

describe('what is taken from a peer', () => {
  it('is everything, as long as nothing speaks against it', () => {
    expect(setUp().overseer.refusal('b', 'Block')).toBeUndefined();
  });

  it('is only signs of life of one that a person removed, and it gets no broadcast', () => {
    const { overseer } = setUp('removed');
    expect(overseer.refusal('b', 'Block')).toMatchObject({ code: 'FORBIDDEN' });
    expect(overseer.refusal('b', 'HealthReport')).toBeUndefined();
    expect(overseer.peers()).toEqual([]);
  });

  it('is nothing that it says of others once it told too much that was wrong', () => {
    const { overseer } = setUp();
    for (let count = 0; count < 6; count++) overseer.observe('b', { kind: 'refused', code: 'INVALID_PARAMS', type: 'Block' });
    expect(overseer.refusal('b', 'Block')).toMatchObject({ code: 'FORBIDDEN' });
    expect(overseer.refusal('b', 'StorageRequest')).toBeUndefined();
  });

  it('is control traffic alone of one that is graylisted, which is told when to come again', () => {
    const { overseer, clock, problems, graylistProblems, reputation } = setUp();
    for (let count = 0; count < 8; count++) overseer.conduct('b', 'invalid', 'it sent a block that is not valid');
    expect(overseer.refusal('b', 'StorageRequest')).toMatchObject({ code: 'OVERLOADED', data: { retryAfterMs: 300_000 } });
    expect(overseer.refusal('b', 'PeerQuery')).toBeUndefined();
    expect(problems.list()).toMatchObject([{ title: 'press-07 behaves badly', detail: expect.stringContaining('for 5 min') }]);
    graylistProblems.maintain(reputation);
    expect(problems.list()).toHaveLength(1);
    clock.nowMs = 300_000;
    graylistProblems.maintain(reputation);
    expect([problems.list(), overseer.refusal('b', 'StorageRequest')]).toEqual([[], undefined]);
  });
});

describe('what a peer did', () => {
  it('counts for it when it took a message, and against it when it did not, or sent what is wrong', () => {
    const { overseer, reputation, seen } = setUp();
    overseer.observe('b', { kind: 'settled', outcome: 'taken', latencyMs: 3, way: 'link' });
    overseer.observe('b', { kind: 'settled', outcome: 'timeout', way: 'link' });
    // Of a message that another passes on nobody knows who lost it.
    overseer.observe('b', { kind: 'settled', outcome: 'timeout', way: 'relay' });
    overseer.observe('b', { kind: 'refused', code: 'INVALID_PARAMS', type: 'Block' });
    overseer.observe('b', { kind: 'refused', code: 'EXPIRED', type: 'Block' });
    expect(reputation.standingOf('b')).toMatchObject({ useful: 1, timeouts: 1, invalid: 1 });
    expect(seen).toHaveLength(5);
  });

  it('is no fault of it when the disk here is full', () => {
    const { overseer, reputation, recoveries } = setUp();
    overseer.observe('b', { kind: 'refused', code: 'STORAGE_FULL', type: 'Transaction' });
    expect([reputation.score('b'), recoveries.counts]).toEqual([0, { StorageError: 1 }]);
  });

  it('is recovered from by the table', () => {
    const { overseer } = setUp();
    expect(overseer.recover('b', new SignalboxError('PIN', 'Another key.'), 1)).toEqual({ action: 'rest', forMs: 300_000 });
  });
});

describe('heartbeats', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('go to every peer each half minute, a tenth earlier or later, and replace one that still waits', async () => {
    const sent: [string, PeerMessage, SendOptions][] = [];
    const logger = recordingLogger();
    const heartbeats = new Heartbeats({
      communicator: {
        send: (nodeId, message, options) => {
          sent.push([nodeId, message, options]);
          return Promise.reject(new SignalboxError('NOT_FOUND', 'It has gone.'));
        },
      },
      receivers: () => ['b', 'c'],
      report: () => ({ type: 'HealthReport', status: 'Healthy', load: 2, degree: 3 }),
      heartbeatMs: 30_000,
      logger,
      random: () => 1,
    });
    heartbeats.start();
    expect(sent.map(([nodeId]) => nodeId)).toEqual(['b', 'c']);
    expect(sent[0]?.[2]).toEqual({ priority: 'Low', ttlSeconds: 60, supersedes: 'HealthReport' });
    await vi.advanceTimersByTimeAsync(32_999);
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(4);
    heartbeats.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(4);
  });
});
