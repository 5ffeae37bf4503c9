import { z } from 'zod';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';

/** Bytes of a message that a list shows; `queues.message` has it whole. */
export const previewBytes = 2_048;

const messageHead = z.object({
  sequence_num: z.number(),
  time_ms: z.number(),
  client_id: z.string(),
  size_bytes: z.number(),
  key: z.string().nullable().default(null),
  headers: z.record(z.string(), z.string()).default({}),
  encoding: z.enum(['json', 'base64']).default('json'),
  cut: z.boolean().default(false),
});

/** A message of an operation's answer as people see it. */
export const messageView = messageHead
  .extend({ data: z.unknown() })
  .transform(({ cut, data, ...head }): QueueMessageView => ({ ...toHead(head), data, cut }));

/** A part of a message's data. */
export const messagePart = messageHead
  .extend({ part: z.string() })
  .transform(({ cut, part, ...head }) => ({ ...toHead(head), part, more: cut }));

function toHead({ sequence_num, time_ms, client_id, size_bytes, ...head }: Omit<z.output<typeof messageHead>, 'cut'>) {
  return { ...head, sequence: sequence_num, at: time_ms, clientId: client_id, sizeBytes: size_bytes };
}
