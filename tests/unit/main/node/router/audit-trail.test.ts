import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { FoldedRecords } from '../../../../../src/main/node/router/folded-records.ts';
import type { AuditRecord } from '../../../../../src/main/node/router/index.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { connectRecorded, createRouterFixture, principalWith } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a burst in the audit table', () => {
  function start() {
    const fixture = createRouterFixture();
    fixture.router.register(createEventsService({ router: fixture.router }));
    const viewer = connectRecorded(fixture.router, { role: 'viewer' });
    const operator = connectRecorded(fixture.router, { role: 'operator' });
    const publish = (client: typeof viewer, times: number, topic = '/site/x') => {
      for (let n = 0; n < times; n++) client.request({ requestid: `p${n}`, method: 'events.publish', params: { topic, data: 1 } });
    };
    return {
      ...fixture,
      publish,
      operator,
      refuse: (times: number) => publish(viewer, times),
      act: (times: number) => publish(operator, times),
    };
  }

  test('that ends inside its ten seconds leaves a closing line with the count', () => {
    const { audits, refuse, act } = start();
    refuse(5);
    act(100);
    expect(audits.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
    vi.advanceTimersByTime(10_000);
    expect(audits.slice(2)).toMatchObject([
      { act: 'events.publish', outcome: 'refused', code: 'FORBIDDEN', detail: expect.stringContaining('4 more times'), params: null },
      { act: 'events.publish', outcome: 'done', detail: expect.stringContaining('99 more times'), params: null },
    ]);
    vi.advanceTimersByTime(60_000);
    expect(audits).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps its target where all that is folded acted on the same, and names none where it did not', () => {
    const { audits, publish, operator } = start();
    publish(operator, 5);
    vi.advanceTimersByTime(10_000);
    publish(operator, 5, '/site/x');
    publish(operator, 5, '/site/y');
    vi.advanceTimersByTime(10_000);
    expect(audits.map(({ target }) => target)).toEqual([null, '/site/x', null]);
  });

  test('that goes on writes one line in ten seconds', () => {
    const { audits, act } = start();
    for (let second = 0; second < 30; second++) {
      act(10);
      vi.advanceTimersByTime(1_000);
    }
    expect(audits.map(({ detail }) => detail)).toEqual([null, ...[99, 100, 100].map((n) => `Done ${n} more times before this line.`)]);
  });

  test('of one needs no timer', () => {
    const { act } = start();
    act(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is counted before the node stops', async () => {
    const { router, audits, refuse } = start();
    refuse(3);
    await router.stop();
    expect(audits[1]?.detail).toContain('2 more times');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is counted when newer ones take its place', () => {
    const audits: AuditRecord[] = [];
    const records = new FoldedRecords({
      sink: { record: (record) => void audits.push(record) },
      nowMs: Date.now,
      closing: ({ act }, heldBack) => `${act}: ${heldBack}`,
    });
    const add = (act: string) =>
      records.add(act, null, () => ({
        principal: principalWith('viewer'),
        act,
        target: null,
        params: {},
        outcome: 'refused',
        code: 'FORBIDDEN',
        detail: null,
        durationMs: null,
      }));
    for (let n = 0; n < 3; n++) add('first');
    for (let n = 0; n < nodeLimits.logRepeatKeys; n++) add(`other-${n}`);
    expect(audits.flatMap(({ detail }) => detail ?? [])).toEqual(['first: 2']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
