import { describe, expect, it } from 'vitest';
import { type HealthFacts, judge, missedHeartbeats } from '../../../../../../src/main/node/peers/health/health-rules.ts';

const service = { latencyMs: 10, recentLatencyMs: 10, latencyP95Ms: 20, successRate: 1, outcomes: 100 };
const well: HealthFacts = {
  isReachable: true,
  hasLeft: false,
  suspicion: { kind: 'none' },
  missedHeartbeats: 0,
  service,
  ways: 2,
  openCircuits: 0,
  reported: 'Healthy',
  isGraylisted: false,
};

describe('the health of a peer', () => {
  it('is good when nothing speaks against it', () => {
    expect(judge(well)).toEqual({ health: 'Healthy', reason: null });
  });

  it.each<[string, Partial<HealthFacts>, string, RegExp]>([
    ['it said good-bye', { hasLeft: true }, 'Offline', /good-bye/],
    ['nobody sees it', { suspicion: { kind: 'down', asked: 2 } }, 'Offline', /2 others that were asked do not see it/],
    ['nobody could be asked', { suspicion: { kind: 'down', asked: 0 } }, 'Offline', /no other node could be asked/],
    ['others are asked', { suspicion: { kind: 'asking' } }, 'Critical', /asked/],
    ['another sees it', { suspicion: { kind: 'elsewhere', seenBy: 'press-07' } }, 'Critical', /press-07 sees it/],
    ['it was never seen', { isReachable: false }, 'Offline', /No way/],
    ['every way is left alone', { openCircuits: 2 }, 'Critical', /any way/],
    ['half of what it is sent is lost', { service: { ...service, successRate: 0.4 } }, 'Critical', /40 % of the last 100/],
    ['it says so', { reported: 'Critical' }, 'Critical', /says of itself/],
    ['it is graylisted', { isGraylisted: true }, 'Warning', /behaved badly/],
    ['heartbeats are missing', { missedHeartbeats: 2 }, 'Warning', /2 heartbeats/],
    ['some of what it is sent is lost', { service: { ...service, successRate: 0.8 } }, 'Warning', /80 %/],
    ['one way is left alone', { openCircuits: 1 }, 'Warning', /1 of 2 ways/],
    [
      'it answers slower than before',
      { service: { ...service, latencyMs: 100, recentLatencyMs: 400 } },
      'Warning',
      /400 ms, usually in 100 ms/,
    ],
    ['some answers take long', { service: { ...service, latencyP95Ms: 2_500 } }, 'Warning', /1 of 20/],
    ['it says that it has a problem', { reported: 'Warning' }, 'Warning', /says of itself/],
  ])('when %s', (_when, facts, health, reason) => {
    expect(judge({ ...well, ...facts })).toEqual({ health, reason: expect.stringMatching(reason) });
  });

  it('is not told from too few messages, nor from a latency that nobody feels', () => {
    expect(judge({ ...well, service: { ...service, successRate: 0.2, outcomes: 5 } }).health).toBe('Healthy');
    expect(judge({ ...well, service: { ...service, latencyMs: 1, recentLatencyMs: 40 } }).health).toBe('Healthy');
  });

  it('is the worst of what applies', () => {
    expect(judge({ ...well, isGraylisted: true, openCircuits: 2, hasLeft: true }).health).toBe('Offline');
  });
});

describe('missing heartbeats', () => {
  it('are granted half an interval for jitter and travel', () => {
    expect([0, 30, 44, 45, 75, 104, 105].map((seconds) => missedHeartbeats(seconds * 1_000, 30_000))).toEqual([0, 0, 0, 1, 2, 2, 3]);
  });
});
