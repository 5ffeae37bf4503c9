import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../../../../../src/main/node/router/latency-histogram.ts';
import { estimateBytes } from '../../../../../src/main/node/router/plain-size.ts';
import { previewJson } from '../../../../../src/main/node/router/preview-json.ts';
import { RateWindow } from '../../../../../src/main/node/router/rate-window.ts';
import { RouterMetrics } from '../../../../../src/main/node/router/router-metrics.ts';
import { encodeTextFrames } from '../../../../../src/main/node/router/transports/web-socket-frame.ts';

describe('estimateBytes', () => {
  test('is never far below the JSON text, for ASCII', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true } as never), (value) => {
        const text = JSON.stringify(value) ?? '';
        fc.pre(/^[ -~]*$/.test(text));
        expect((estimateBytes(value, Number.POSITIVE_INFINITY) ?? 0) * 3 + 4).toBeGreaterThanOrEqual(text.length);
      }),
    );
  });

  test('stops early in a value that is too large', () => {
    const item = 'x'.repeat(1_000);
    const large = Array.from({ length: 1_000_000 }, () => item);
    expect(estimateBytes(large, 10_000)).toBeLessThan(12_000);
  });

  test('knows what is no plain data: a function, a bigint, a cycle', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(estimateBytes({ f: () => 0 }, 1_000)).toBeUndefined();
    expect(estimateBytes([1n], 1_000)).toBeUndefined();
    expect(estimateBytes(cycle, 1_000)).toBeUndefined();
  });
});

describe('previewJson', () => {
  test('begins as the JSON text does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 60 }), (value, maxChars) => {
        const preview = previewJson(value, maxChars);
        const text = JSON.stringify(value) ?? 'null';
        expect(preview.length).toBeLessThanOrEqual(maxChars);
        if (text.length <= maxChars) expect(preview).toBe(text);
      }),
    );
  });

  test('does not make the whole text of a large value', () => {
    let read = 0;
    const items = new Proxy(
      Array.from({ length: 1_000_000 }, () => 1),
      {
        get: (target, key, receiver) => {
          read++;
          return Reflect.get(target, key, receiver);
        },
      },
    );
    expect(previewJson(items, 9)).toBe('[1,1,1,1,');
    expect(read).toBeLessThan(100);
  });
});

describe('RateWindow', () => {
  test('averages whole seconds and forgets old ones', () => {
    const rate = new RateWindow(5);
    for (let second = 0; second < 5; second++) rate.add(second * 1_000 + 500, 10);
    expect(rate.perSecond(4_900)).toBe(8);
    expect(rate.perSecond(5_000)).toBe(10);
    expect(rate.perSecond(7_000)).toBe(6);
    expect(rate.perSecond(60_000)).toBe(0);
  });

  test('a clock that goes back loses nothing', () => {
    const rate = new RateWindow(5);
    rate.add(10_000);
    rate.add(4_000);
    expect(rate.perSecond(11_000)).toBe(0.4);
  });
});

describe('LatencyHistogram', () => {
  test('gives quantiles within a tenth, whatever the durations', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 }), (durations) => {
        const histogram = new LatencyHistogram();
        for (const duration of durations) histogram.add(duration);
        const sorted = [...durations].sort((a, b) => a - b);
        for (const q of [0.5, 0.95]) {
          const exact = sorted[Math.ceil(q * sorted.length) - 1] as number;
          const found = histogram.quantileMs(q) as number;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.1 + 0.001);
        }
      }),
    );
  });

  test('counts cumulatively for Prometheus', () => {
    const histogram = new LatencyHistogram();
    for (const duration of [0.005, 0.1, 1, 10, 10_000_000]) histogram.add(duration);
    const buckets = histogram.cumulative();
    expect(buckets.map(({ count }) => count)).toEqual([...buckets.map(({ count }) => count)].sort((a, b) => a - b));
    expect(buckets.find(({ leMs }) => leMs > 10)?.count).toBe(4);
    expect(histogram.count).toBe(5);
    expect(new LatencyHistogram().quantileMs(0.5)).toBeNull();
  });

  test('of buckets that were told is as the one they came from; what is no bucket changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1 }), (values) => {
        const here = new LatencyHistogram();
        for (const value of values) here.add(value);
        const told = new LatencyHistogram();
        told.addBuckets(here.buckets(), here.maxMs);
        told.addBuckets([-1, 3, LatencyHistogram.size, 3, 0.5, 3, 7, -2, 7, Number.NaN, 9], 1e9);
        expect(told.count).toBe(here.count);
        for (const q of [0.05, 0.5, 0.95, 1]) expect(told.quantileMs(q)).toBe(here.quantileMs(q));
      }),
    );
  });
});

describe('encodeTextFrames', () => {
  test('writes whole text frames of every length class', () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const frame = encodeTextFrames(['a'.repeat(length), 'é']);
      expect(encodeTextFrames(['a'.repeat(length)]).equals(frame.subarray(0, -4))).toBe(true);
      expect(frame[0]).toBe(0x81);
      const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
      const written = length < 126 ? (frame[1] as number) : length < 65_536 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
      expect(written).toBe(length);
      expect(frame.length).toBe(headerLength + length + 2 + 2);
      expect(frame.subarray(headerLength + length).toString('latin1')).toBe('\x81\x02\xc3\xa9');
    }
  });
});

test('an answer that was held back on purpose counts as a call, and not in the latencies', () => {
  const metrics = new RouterMetrics(() => 0);
  metrics.called(false, 4);
  metrics.called(false, undefined);
  expect(metrics.snapshot().rpc).toMatchObject({ total: 2, p95Ms: expect.closeTo(4, 0) });
});
