import type { RequestRecord } from './request-record.ts';

/** How a number of a filter may be written. */
interface NumberForm {
  /** By unit; the empty one for a number alone. */
  readonly factors: Readonly<Record<string, number>>;
  /** `5xx` stands for 500 to 599. */
  readonly classes: boolean;
  /** For people, after "is no number". */
  readonly hint: string;
}

/** What of a request a condition is about. */
export type RequestField =
  | { readonly kind: 'number'; readonly of: (record: RequestRecord) => number | null; readonly form: NumberForm }
  | { readonly kind: 'text'; readonly of: (record: RequestRecord) => string }
  | { readonly kind: 'body' };

const statuses: NumberForm = { factors: { '': 1 }, classes: true, hint: '; write 404 or 5xx' };
const times: NumberForm = { factors: { '': 1, ms: 1, s: 1_000, min: 60_000 }, classes: false, hint: '; write 200, 200ms or 2s' };
const sizes: NumberForm = {
  factors: { '': 1, B: 1, kB: 1_000, KiB: 1_024, MB: 1_000_000, MiB: 1_048_576 },
  classes: false,
  hint: '; write 500, 10kB or 2MiB',
};

/** Fields by the name that a filter uses. */
export const requestFields: ReadonlyMap<string, RequestField> = new Map<string, RequestField>([
  ['status', { kind: 'number', of: ({ status }) => status, form: statuses }],
  ['duration', { kind: 'number', of: ({ durationMs }) => durationMs, form: times }],
  ['wait', { kind: 'number', of: ({ waitMs }) => waitMs, form: times }],
  ['sent', { kind: 'number', of: ({ requestBytes }) => requestBytes, form: sizes }],
  ['size', { kind: 'number', of: ({ responseBytes }) => responseBytes, form: sizes }],
  ['method', { kind: 'text', of: ({ method }) => method }],
  ['host', { kind: 'text', of: ({ host }) => host }],
  ['path', { kind: 'text', of: ({ path }) => path }],
  ['error', { kind: 'text', of: ({ error }) => error ?? '' }],
  ['kind', { kind: 'text', of: ({ kind }) => kind }],
  ['from', { kind: 'text', of: ({ remoteAddress }) => remoteAddress ?? '' }],
  ['tunnel', { kind: 'text', of: ({ tunnel }) => tunnel.agentId }],
  ['replay', { kind: 'text', of: ({ replayOf }) => replayOf ?? '' }],
  ['body', { kind: 'body' }],
]);

/** Whether what was kept of either body holds these bytes, as they were sent (a compressed body holds no text). */
export function bodyContains({ requestBody, responseBody }: RequestRecord, wanted: Buffer): boolean {
  return [requestBody, responseBody].some((body) => body?.bytes().includes(wanted) === true);
}
