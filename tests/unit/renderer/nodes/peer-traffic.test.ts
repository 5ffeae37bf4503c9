import { describe, expect, test } from 'vitest';
import type { ResultOf } from '../../../../src/common/contract/index.ts';
import { hasPassed, namedCounts, trafficCounts } from '../../../../src/renderer/features/nodes/peers/model/traffic.ts';

const backlog = { messages: 0, sizeBytes: 0, oldestMs: 0 };
const statistics: ResultOf<'peers.statistics'> = {
  peers: { Healthy: 1, Warning: 0, Critical: 0, Offline: 0 },
  queued: { Low: backlog, Medium: backlog, High: backlog, Critical: backlog },
  durable: { messages: 0, sizeBytes: 0 },
  sent: { Low: 0, Medium: 0, High: 0, Critical: 0 },
  taken: 4,
  received: 0,
  repeated: 0,
  expired: 2,
  dropped: 0,
  refused: { GRAYLISTED: 1, TOO_LARGE: 3 },
  demoted: 0,
  batches: 1,
  deadLetters: 0,
  openWays: 0,
  recoveries: {},
};

describe('the traffic with all peers', () => {
  test('adds refusals of every code up, and marks what is worth a look', () => {
    const counts = trafficCounts(statistics);
    expect(counts.find(({ id }) => id === 'refused')).toEqual({ id: 'refused', value: 4, trouble: true });
    expect(counts.filter(({ value, trouble }) => trouble && value > 0).map(({ id }) => id)).toEqual(['refused', 'expired']);
    expect(counts.find(({ id }) => id === 'taken')).toEqual({ id: 'taken', value: 4, trouble: false });
  });

  test('is none before anything was sent or came', () => {
    expect(hasPassed(statistics)).toBe(false);
    expect(hasPassed({ ...statistics, received: 1 })).toBe(true);
    expect(hasPassed({ ...statistics, sent: { ...statistics.sent, Low: 1 } })).toBe(true);
  });

  test('names the most frequent first and leaves out what never happened', () => {
    expect(namedCounts({ B: 1, A: 1, C: 7, D: 0 })).toEqual([
      ['C', 7],
      ['A', 1],
      ['B', 1],
    ]);
  });
});
