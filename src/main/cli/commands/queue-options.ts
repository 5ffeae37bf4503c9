/** What a queue keeps and who may use it, as options of `queue create` and `queue configure`. */
import { type Command, Option } from 'commander';
import type { QueueOptions } from '../../../common/contract/queues.ts';
import { roles } from '../../../common/roles.ts';
import { formatDuration } from '../output.ts';
import { formatBytes, orNone, parseBytes, parseDurationMs } from '../quantities.ts';
import { positiveInteger } from './call.ts';

export interface QueueOptionFlags {
  readonly maxMessages?: number | 'none';
  readonly maxBytes?: number | 'none';
  readonly maxAge?: number | 'none';
  readonly maxMessageBytes?: number;
  readonly overflow?: QueueOptions['overflow'];
  readonly readRole?: QueueOptions['readRole'];
  readonly appendRole?: QueueOptions['appendRole'];
}

/** Adds them to a command. */
export function withQueueOptions(command: Command): Command {
  return command
    .option('--max-messages <n>', 'messages kept at most; none: no bound', orNone(positiveInteger))
    .option('--max-bytes <size>', 'bytes kept at most, such as 500MB; none: no bound', orNone(parseBytes))
    .option('--max-age <time>', 'how long a message is kept, such as 7d; none: until other bounds', orNone(parseDurationMs))
    .option('--max-message-bytes <size>', 'largest message it takes', parseBytes)
    .addOption(new Option('--overflow <way>', 'what happens when it is full').choices(['dropOldest', 'reject']))
    .addOption(new Option('--read-role <role>', 'the weakest role that may read it').choices(roles))
    .addOption(new Option('--append-role <role>', 'the weakest role that may append to it').choices(roles));
}

/** Those that were given. */
export function queueOptionsOf(flags: QueueOptionFlags): Partial<QueueOptions> {
  const { maxMessages, maxBytes, maxAge, maxMessageBytes, overflow, readRole, appendRole } = flags;
  return {
    ...(maxMessages !== undefined && { maxMessages: bound(maxMessages) }),
    ...(maxBytes !== undefined && { maxBytes: bound(maxBytes) }),
    ...(maxAge !== undefined && { maxAgeMs: bound(maxAge) }),
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    ...(overflow !== undefined && { overflow }),
    ...(readRole !== undefined && { readRole }),
    ...(appendRole !== undefined && { appendRole }),
  };
}

function bound(value: number | 'none'): number | null {
  return value === 'none' ? null : value;
}

/** What a queue keeps, in words. */
export function retentionOf({ maxMessages, maxBytes, maxAgeMs, overflow }: QueueOptions): string {
  const bounds = [
    ...(maxMessages === null ? [] : [`${maxMessages} messages`]),
    ...(maxBytes === null ? [] : [formatBytes(maxBytes)]),
    ...(maxAgeMs === null ? [] : [formatDuration(maxAgeMs)]),
  ];
  return bounds.length === 0 ? 'everything' : `${bounds.join(', ')}; then ${overflow === 'reject' ? 'it refuses' : 'the oldest go'}`;
}
