import { describe, expect, it } from 'vitest';
import { HealthHistory } from '../../../../../../src/main/node/peers/health/health-history.ts';
import { healthLimits } from '../../../../../../src/main/node/peers/health/limits.ts';
import { PeerEvents } from '../../../../../../src/main/node/peers/health/peer-events.ts';
import { ServiceRecord } from '../../../../../../src/main/node/peers/health/service-record.ts';

describe('the record of a peer’s service', () => {
  it('knows nothing at first', () => {
    const record = new ServiceRecord();
    expect([record.latencyMs, record.latencyP95Ms, record.successRate, record.outcomes]).toEqual([null, null, null, 0]);
  });

  it('tells the median, the tail and the share that was taken', () => {
    const record = new ServiceRecord();
    for (let ms = 1; ms <= 60; ms++) record.taken(ms);
    for (let count = 0; count < 20; count++) record.failed();
    expect([record.latencyMs, record.latencyP95Ms, record.successRate]).toEqual([31, 58, 0.75]);
    expect(record.recentLatencyMs).toBe(57);
  });

  it('remembers the last hundred outcomes alone', () => {
    const record = new ServiceRecord();
    for (let count = 0; count < 100; count++) record.failed();
    for (let count = 0; count < 100; count++) record.taken(5);
    expect([record.successRate, record.outcomes]).toEqual([1, 100]);
    record.forget();
    expect(record.successRate).toBeNull();
  });
});

describe('the history of a peer’s health', () => {
  it('holds six hours, oldest first, and tells what was not known apart from nought', () => {
    const history = new HealthHistory();
    for (let at = 1; at <= healthLimits.samples + 3; at++)
      history.add({ at, health: 'Warning', latencyMs: at % 2 === 0 ? null : 0, successRate: 0.5, score: -1 });
    const samples = history.samples();
    expect(samples).toHaveLength(healthLimits.samples);
    expect(samples[0]).toEqual({ at: 4, health: 'Warning', latencyMs: null, successRate: 0.5, score: -1 });
    expect(samples.at(-1)).toMatchObject({ at: healthLimits.samples + 3, latencyMs: 0 });
  });
});

describe('what happened to a peer', () => {
  it('is kept newest first, and no more than so much of it', () => {
    const events = new PeerEvents();
    for (let at = 0; at < healthLimits.events + 5; at++) events.add('appeared', `${at} `.repeat(100), at);
    expect(events.list()).toHaveLength(healthLimits.events);
    expect(events.list()[0]).toMatchObject({ at: healthLimits.events + 4, kind: 'appeared' });
    expect(events.list()[0]?.detail).toHaveLength(healthLimits.eventDetail);
  });

  it('is told once when the same happens again and again', () => {
    const events = new PeerEvents();
    events.add('appeared', 'It is there.', 1);
    for (let at = 2; at < 50; at++) events.add('refused', 'This node refused a Block of it.', at);
    expect(events.list()).toEqual([
      { at: 49, kind: 'refused', detail: 'This node refused a Block of it.' },
      { at: 1, kind: 'appeared', detail: 'It is there.' },
    ]);
  });
});
