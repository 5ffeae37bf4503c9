/** Where a person begins to look at messages, as the address has it and as the node is asked. */
import type { ParamsOf } from '../../../../common/contract/index.ts';

export type Start =
  | { readonly kind: 'latest' | 'first' }
  | { readonly kind: 'sequence'; readonly sequence: number }
  | { readonly kind: 'time'; readonly atMs: number };
export type StartKind = Start['kind'];
export const startKinds = ['latest', 'first', 'sequence', 'time'] as const satisfies readonly StartKind[];

/** `latest`, `first`, `88119` or `#88119`, `@1763719200000`; what cannot be read is `latest`. */
export function startOf(text: string): Start {
  if (text === 'first') return { kind: 'first' };
  const number = /^#?(\d{1,15})$/.exec(text);
  if (number !== null) return { kind: 'sequence', sequence: Number(number[1]) };
  const time = /^@(\d{1,15})$/.exec(text);
  if (time !== null) return { kind: 'time', atMs: Number(time[1]) };
  return { kind: 'latest' };
}

export function startText(start: Start): string {
  switch (start.kind) {
    case 'sequence':
      return String(start.sequence);
    case 'time':
      return `@${start.atMs}`;
    default:
      return start.kind;
  }
}

type Browse = ParamsOf<'queues.browse'>;

/** The newest come first when there is no other beginning. */
export function directionOf(start: Start): 'forward' | 'backward' {
  return start.kind === 'latest' ? 'backward' : 'forward';
}

export function browseFrom(start: Start): NonNullable<Browse['from']> {
  switch (start.kind) {
    case 'sequence':
      return { sequence: start.sequence };
    case 'time':
      return { at: start.atMs };
    default:
      return start.kind;
  }
}

/** `88,119`, `#88119`, ` 88119 `: a sequence as people write it; undefined when it is none. */
export function parseSequence(text: string): number | undefined {
  const plain = text.replaceAll(/[\s,#]/g, '');
  if (!/^\d{1,15}$/.test(plain)) return undefined;
  return Number(plain);
}

/**
 * A time as people write it: `12:01`, `12:01:30` of today, `2026-11-21 12:01`, or ISO 8601; undefined when it is none.
 *
 * @returns milliseconds since the epoch, local time unless a zone is written
 */
export function parseTime(text: string, nowMs: number): number | undefined {
  const plain = text.trim();
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(plain);
  if (clock !== null) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
    return new Date(nowMs).setHours(hours, minutes, seconds, 0);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(plain)) return undefined;
  const parsed = new Date(plain.length === 10 ? `${plain}T00:00` : plain.replace(' ', 'T')).getTime();
  return Number.isNaN(parsed) || parsed < 0 ? undefined : parsed;
}
