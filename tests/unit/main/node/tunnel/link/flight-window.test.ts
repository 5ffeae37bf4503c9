import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlightWindow } from '../../../../../../src/main/node/tunnel/link/flight-window.ts';
import { linkLimits } from '../../../../../../src/main/node/tunnel/link/limits.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const chunkBytes = 16_384;
const rttMs = 20;

/** A way that carries so many bytes a millisecond, with all that is on it. Ends when it has carried for `ms`. */
function carry(flight: FlightWindow, bytesPerMs: number, ms: number): { mostOnTheWayBytes: number } {
  const marks: { readonly payload: Uint8Array; readonly behindBytes: number; readonly sentAtMs: number }[] = [];
  let [sentBytes, carriedBytes, mostOnTheWayBytes] = [0, 0, 0];
  for (let passedMs = 0; passedMs < ms; passedMs++) {
    while (flight.hasRoom) {
      sentBytes += chunkBytes;
      const payload = flight.sent(chunkBytes);
      if (payload !== undefined) marks.push({ payload, behindBytes: sentBytes, sentAtMs: performance.now() });
    }
    mostOnTheWayBytes = Math.max(mostOnTheWayBytes, passedMs < ms / 2 ? 0 : sentBytes - carriedBytes);
    vi.advanceTimersByTime(1);
    carriedBytes = Math.min(sentBytes, carriedBytes + bytesPerMs);
    while (marks[0] !== undefined && marks[0].behindBytes <= carriedBytes && performance.now() - marks[0].sentAtMs >= rttMs)
      expect(flight.answered((marks.shift() as (typeof marks)[0]).payload, rttMs)).toBe(true);
  }
  return { mostOnTheWayBytes };
}

describe('what is on its way', () => {
  it('is held to the least on a slow way, whose buffers would take megabytes', () => {
    const flight = new FlightWindow();
    const { mostOnTheWayBytes } = carry(flight, 1_250, 5_000);
    expect(flight.limitBytes).toBe(linkLimits.leastFlightBytes);
    expect(mostOnTheWayBytes).toBeLessThan(linkLimits.leastFlightBytes + chunkBytes);
  });

  it('grows with what the way carries, and is never above the most', () => {
    const flight = new FlightWindow();
    carry(flight, 100_000, 1_000);
    expect(flight.limitBytes).toBeGreaterThan(100_000 * rttMs);
    const fast = new FlightWindow();
    carry(fast, 100_000_000, 1_000);
    expect(fast.limitBytes).toBe(linkLimits.mostFlightBytes);
  });

  it('takes the answers to its own pings alone, each once and in their order', () => {
    const flight = new FlightWindow();
    const first = flight.sent(linkLimits.flightMarkBytes) as Uint8Array;
    const second = flight.sent(linkLimits.firstFlightBytes) as Uint8Array;
    expect(flight.hasRoom).toBe(false);
    for (const payload of [second, new Uint8Array(4), new Uint8Array(8), new Uint8Array()]) expect(flight.answered(payload, 1)).toBe(false);
    expect(flight.answered(first, 1)).toBe(true);
    expect(flight.answered(first, 1)).toBe(false);
    expect(flight.hasRoom).toBe(false);
    expect(flight.answered(second, 1)).toBe(true);
    expect(flight.hasRoom).toBe(true);
  });
});
