/** What a queue keeps, as a form: three bounds, the largest message, what happens when it is full, who may use it. */
import type { QueueOptions } from '../../../../common/contract/queues.ts';
import { type Amount, amountOf, byteUnits, timeUnits, worthOf } from './amounts.ts';

export interface OptionsForm {
  readonly maxAge: Amount;
  readonly maxMessages: Amount;
  readonly maxBytes: Amount;
  readonly maxMessageBytes: Amount;
  readonly overflow: QueueOptions['overflow'];
  readonly readRole: QueueOptions['readRole'];
  readonly appendRole: QueueOptions['appendRole'];
}

/** What is counted has one unit. */
export const countUnits = [{ id: 'messages', factor: 1 }] as const;

const largestMessageBytes = 8_388_608;

/** What a new queue has when nobody says otherwise, before the node has said its own. */
export const emptyForm: OptionsForm = {
  maxAge: { text: '', unit: 'days' },
  maxMessages: { text: '', unit: 'messages' },
  maxBytes: { text: '', unit: 'GB' },
  maxMessageBytes: { text: '1', unit: 'MB' },
  overflow: 'dropOldest',
  readRole: 'viewer',
  appendRole: 'operator',
};

export function formOf(options: QueueOptions): OptionsForm {
  return {
    maxAge: amountOf(options.maxAgeMs, timeUnits, 'days'),
    maxMessages: amountOf(options.maxMessages, countUnits, 'messages'),
    maxBytes: amountOf(options.maxBytes, byteUnits, 'GB'),
    maxMessageBytes: amountOf(options.maxMessageBytes, byteUnits, 'MB'),
    overflow: options.overflow,
    readRole: options.readRole,
    appendRole: options.appendRole,
  };
}

export type AmountField = 'maxAge' | 'maxMessages' | 'maxBytes' | 'maxMessageBytes';

/** The options of a form, or the fields that cannot be read. */
export function optionsOf(form: OptionsForm): { readonly options: QueueOptions } | { readonly wrong: readonly AmountField[] } {
  const maxAgeMs = worthOf(form.maxAge, timeUnits);
  const maxMessages = worthOf(form.maxMessages, countUnits);
  const maxBytes = worthOf(form.maxBytes, byteUnits);
  const maxMessageBytes = worthOf(form.maxMessageBytes, byteUnits);
  const wrong: AmountField[] = [];
  if (maxAgeMs === undefined || (maxAgeMs !== null && (maxAgeMs < 1_000 || maxAgeMs > 1e12))) wrong.push('maxAge');
  if (maxMessages === undefined || (maxMessages !== null && maxMessages > 1e12)) wrong.push('maxMessages');
  if (maxBytes === undefined || (maxBytes !== null && maxBytes > 1e15)) wrong.push('maxBytes');
  if (maxMessageBytes == null || maxMessageBytes > largestMessageBytes) wrong.push('maxMessageBytes');
  if (wrong.length > 0 || maxAgeMs === undefined || maxMessages === undefined || maxBytes === undefined || maxMessageBytes == null)
    return { wrong };
  const { overflow, readRole, appendRole } = form;
  return { options: { maxAgeMs, maxMessages, maxBytes, maxMessageBytes, overflow, readRole, appendRole } };
}

/** Only what differs from what is in force. */
export function changedOptions(before: QueueOptions, after: QueueOptions): Partial<QueueOptions> {
  const keys = Object.keys(after) as (keyof QueueOptions)[];
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, after[key]]));
}

/** Messages that tighter bounds drop at once, as far as counts tell; undefined when only the node can know. */
export function droppedBy(
  changed: Partial<QueueOptions>,
  held: { readonly messages: number; readonly bytes: number; readonly oldestAgeMs: number | null },
): { readonly messages: number | undefined } | undefined {
  const { maxMessages, maxBytes, maxAgeMs } = changed;
  const byCount = maxMessages == null ? 0 : Math.max(0, held.messages - maxMessages);
  const byBytes = maxBytes != null && held.bytes > maxBytes;
  const byAge = maxAgeMs != null && held.oldestAgeMs !== null && held.oldestAgeMs > maxAgeMs;
  if (byBytes || byAge) return { messages: undefined };
  return byCount > 0 ? { messages: byCount } : undefined;
}
