import { z } from 'zod';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';

/** Characters of a message that a list shows; `queues.message` has it whole. */
const previewCharacters = 2_048;

/** A message of an operation's answer. */
export const wireMessage = z.object({
  sequence_num: z.number(),
  time_ms: z.number(),
  client_id: z.string(),
  key: z.string().nullable().default(null),
  headers: z.record(z.string(), z.string()).default({}),
  encoding: z.enum(['json', 'base64']).default('json'),
  data: z.unknown(),
});
export type WireMessage = z.output<typeof wireMessage>;

/** The message whole. */
export function wholeMessage(wire: WireMessage): QueueMessageView {
  return view(wire, sizeOf(wire, textOf(wire)), wire.data, false);
}

/** The message as a list shows it: of a long one the beginning. */
export function messagePreview(wire: WireMessage): QueueMessageView {
  const text = textOf(wire);
  const cut = text.length > previewCharacters;
  return view(wire, sizeOf(wire, text), cut ? beginningOf(text) : wire.data, cut);
}

function view(wire: WireMessage, sizeBytes: number, data: unknown, cut: boolean): QueueMessageView {
  const { sequence_num, time_ms, client_id, key, headers, encoding } = wire;
  return { sequence: sequence_num, at: time_ms, clientId: client_id, key, headers, encoding, sizeBytes, data, cut };
}

/** Never half of a character. */
function beginningOf(text: string): string {
  return text.slice(0, previewCharacters).replace(/[\uD800-\uDBFF]$/, '');
}

function textOf({ encoding, data }: WireMessage): string {
  return encoding === 'base64' ? String(data) : (JSON.stringify(data) ?? 'null');
}

function sizeOf({ encoding }: WireMessage, text: string): number {
  return encoding === 'base64' ? Buffer.byteLength(text, 'base64') : Buffer.byteLength(text);
}
