import { z } from 'zod';
import { defineService } from './define.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logEntrySchema = z.object({
  timestamp: z.number(),
  level: z.enum(logLevels),
  log: z.string().describe('Name of the log, for example router'),
  /** Stable name of the line, so that a report leads to one place in the source. */
  event: z.string().nullable(),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const logsContract = defineService({
  'logs.list': {
    params: z.strictObject({}),
    result: z.array(z.object({ name: z.string(), topic: z.string(), level: z.enum(logLevels), lines: z.number().int() })),
    role: 'viewer',
    effect: 'read',
    help: 'The logs of the node, with the topic that carries each live.',
  },
  'logs.tail': {
    params: z.strictObject({
      name: z.string().min(1).max(64).describe('A log of logs.list, or "all"'),
      lines: z.number().int().min(1).max(2_000).default(200).describe('Most lines, newest last'),
      level: z.enum(logLevels).optional().describe('Only this level and above'),
    }),
    result: z.object({ entries: z.array(logEntrySchema), dropped: z.number().int() }),
    role: 'viewer',
    effect: 'read',
    help: 'The last lines of a log. Live: topic /logging/{name}.',
    example: { name: 'router', lines: 50 },
  },
  'logs.setLevel': {
    params: z.strictObject({
      name: z.string().min(1).max(64).default('all').describe('A log of logs.list, or "all"'),
      level: z.enum(logLevels),
    }),
    result: z.object({ changed: z.array(z.string()) }),
    role: 'operator',
    effect: 'write',
    help: 'Changes how much a log says, until the node restarts.',
    example: { name: 'router', level: 'debug' },
  },
});
