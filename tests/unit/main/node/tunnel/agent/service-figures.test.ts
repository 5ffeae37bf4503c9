import { expect, test } from 'vitest';
import { ServiceFigures } from '../../../../../../src/main/node/tunnel/agent/service-figures.ts';

const complete = { kind: 'complete' } as const;
const reset = (code: 'cancelled' | 'broken') => ({ kind: 'reset', code, reason: '' }) as const;

test('counts since the start, and times of the last minute alone', () => {
  let nowMs = 0;
  const figures = new ServiceFigures(() => nowMs);
  expect(figures.report()).toMatchObject({ requests: 0, p50Ms: null, errorRatio: null, service: null });
  for (let index = 0; index < 10; index += 1) {
    figures.exchangeBegan();
    figures.exchangeEnded(index, 200, complete);
  }
  nowMs = 30_000;
  figures.exchangeBegan();
  expect(figures.open).toBe(1);
  figures.exchangeEnded(1_000, 503, complete);
  expect(figures.report()).toMatchObject({ requests: 11, p50Ms: 5, p95Ms: 1_000, errorRatio: 1 / 11, requestsPerSecond: 11 / 30 });
  nowMs = 61_000;
  expect(figures.report()).toMatchObject({ requests: 11, p50Ms: 1_000, errorRatio: 1 });
  nowMs = 200_000;
  expect(figures.report()).toMatchObject({ requests: 11, p50Ms: null, errorRatio: null, requestsPerSecond: 0 });
});

test('a client that went away says nothing of the service, an answer that broke off does', () => {
  const figures = new ServiceFigures(() => 0);
  figures.exchangeEnded(1, 200, reset('cancelled'));
  figures.exchangeEnded(1, 200, reset('broken'));
  expect(figures.report().errorRatio).toBe(0.5);
});

test('keeps no more times than its bound, the newest', () => {
  const figures = new ServiceFigures(() => 0);
  for (let index = 0; index < 10_000; index += 1) figures.exchangeEnded(index < 5_000 ? 1 : 9, 200, complete);
  expect(figures.report()).toMatchObject({ requests: 10_000, p50Ms: 9 });
});
