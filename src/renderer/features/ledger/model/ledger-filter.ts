/** What the list of entries is narrowed to, as the address has it and as the node is asked. */
import type { ParamsOf } from '../../../../common/contract/index.ts';

export const outcomes = ['done', 'failed', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];

/** `range`: between two times that a person gave; the others go along with the clock. */
export const timeSpans = ['any', 'hour', 'day', 'week', 'range'] as const;
export type TimeSpan = (typeof timeSpans)[number];

export interface LedgerFilter {
  /** Beginning of the act. */
  readonly act: string;
  readonly actor: string;
  /** Part of the target. */
  readonly target: string;
  readonly outcome: Outcome | undefined;
  readonly time: TimeSpan;
  /** Of `range`: local times as a date field writes them, `2026-11-20T08:00`; empty: without an end. */
  readonly from: string;
  readonly to: string;
}

export const noFilter: LedgerFilter = { act: '', actor: '', target: '', outcome: undefined, time: 'any', from: '', to: '' };

const spanMs: Readonly<Record<'hour' | 'day' | 'week', number>> = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/** The filter as an address says it; what it does not know is left out. */
export function filterOf(query: URLSearchParams): LedgerFilter {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  return {
    act: query.get('act') ?? '',
    actor: query.get('actor') ?? '',
    target: query.get('target') ?? '',
    outcome: outcomes.find((known) => known === query.get('result')),
    time: timeSpans.find((known) => known === query.get('time')) ?? (from !== '' || to !== '' ? 'range' : 'any'),
    from,
    to,
  };
}

/** What of the address says the filter. */
export function queryOf(filter: LedgerFilter): Record<string, string> {
  const { act, actor, target, outcome, time, from, to } = filter;
  return {
    ...(act !== '' && { act }),
    ...(actor !== '' && { actor }),
    ...(target !== '' && { target }),
    ...(outcome !== undefined && { result: outcome }),
    ...(time !== 'any' && { time }),
    ...(time === 'range' && from !== '' && { from }),
    ...(time === 'range' && to !== '' && { to }),
  };
}

/** Whether anything is left out of the list. */
export function isNarrowed(filter: LedgerFilter): boolean {
  return Object.keys(queryOf(filter)).length > 0;
}

/**
 * What the node is asked for.
 *
 * @param chain node whose entries are wanted; undefined: those of all
 * @param nowMs what the last hour ends with
 */
export function listParams(chain: string | undefined, filter: LedgerFilter, nowMs: number): Partial<ParamsOf<'ledger.list'>> {
  const { act, actor, target, outcome } = filter;
  return {
    ...(chain !== undefined && { chain }),
    ...(act.trim() !== '' && { act: act.trim() }),
    ...(actor.trim() !== '' && { actor: actor.trim() }),
    ...(target.trim() !== '' && { target: target.trim() }),
    ...(outcome !== undefined && { outcome }),
    ...boundsOf(filter, nowMs),
  };
}

function boundsOf({ time, from, to }: LedgerFilter, nowMs: number): { readonly fromMs?: number; readonly toMs?: number } {
  if (time === 'any') return {};
  if (time !== 'range') return { fromMs: nowMs - spanMs[time] };
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  return { ...(!Number.isNaN(fromMs) && { fromMs }), ...(!Number.isNaN(toMs) && { toMs }) };
}

/** A moment as a date field writes it: local, to the second. @param atMs milliseconds since the epoch */
export function fieldTime(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
