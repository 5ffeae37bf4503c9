import { describe, expect, it } from 'vitest';
import {
  fieldTime,
  filterOf,
  isNarrowed,
  listParams,
  noFilter,
  queryOf,
} from '../../../../src/renderer/features/ledger/model/ledger-filter.ts';
import { now } from './samples.ts';

describe('the filter of the ledger', () => {
  it('goes into the address and comes back', () => {
    const filter = { ...noFilter, actor: 'alice', target: 'orders', outcome: 'refused', time: 'range', from: '2026-11-20T08:00' } as const;
    expect(filterOf(new URLSearchParams(queryOf(filter)))).toEqual(filter);
    expect(queryOf(noFilter)).toEqual({});
    expect([isNarrowed(noFilter), isNarrowed(filter), isNarrowed({ ...noFilter, time: 'day' })]).toEqual([false, true, true]);
  });

  it('reads an address with times alone as a range, and leaves out what it does not know', () => {
    expect(filterOf(new URLSearchParams('to=2026-11-20T08:00&result=perhaps&time=ever'))).toEqual({
      ...noFilter,
      time: 'range',
      to: '2026-11-20T08:00',
    });
  });

  it('asks the node for no more than what is set', () => {
    expect(listParams(undefined, noFilter, now)).toEqual({});
    expect(listParams('press-07', { ...noFilter, act: ' queues. ', time: 'hour' }, now)).toEqual({
      chain: 'press-07',
      act: 'queues.',
      fromMs: now - 3_600_000,
    });
    const range = { ...noFilter, time: 'range', from: '2026-11-20T08:00', to: 'soon' } as const;
    expect(listParams(undefined, range, now)).toEqual({ fromMs: new Date(2026, 10, 20, 8).getTime() });
  });

  it('writes a moment as the field reads it', () => {
    const atMs = new Date(2026, 10, 20, 8, 0, 5).getTime();
    expect(fieldTime(atMs)).toBe('2026-11-20T08:00:05');
    expect(Date.parse(fieldTime(atMs))).toBe(atMs);
  });
});
