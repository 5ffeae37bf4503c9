import { z } from 'zod';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';

/** Bytes of a message that a list shows; `queues.message` has it whole. */
export const previewBytes = 2_048;

/** A message of an operation's answer as people see it. */
export const messageView = z
  .object({
    sequence_num: z.number(),
    time_ms: z.number(),
    client_id: z.string(),
    size_bytes: z.number(),
    key: z.string().nullable().default(null),
    headers: z.record(z.string(), z.string()).default({}),
    encoding: z.enum(['json', 'base64']).default('json'),
    cut: z.boolean().default(false),
    data: z.unknown(),
  })
  .transform(
    ({ sequence_num, time_ms, client_id, size_bytes, key, headers, encoding, cut, data }): QueueMessageView => ({
      sequence: sequence_num,
      at: time_ms,
      clientId: client_id,
      key,
      headers,
      encoding,
      sizeBytes: size_bytes,
      data,
      cut,
    }),
  );
