import { z } from 'zod';
import { defineService } from './define.ts';

export const auditEntrySchema = z.object({
  id: z.number().int(),
  timestamp: z.number(),
  node: z.string(),
  user: z.string(),
  roles: z.array(z.string()),
  via: z.string(),
  act: z.string().describe('The method, or sign-in, connect and the like'),
  target: z.string().nullable().describe('Node or object it acted on'),
  params: z.unknown().describe('Without secrets'),
  outcome: z.enum(['done', 'failed', 'refused']),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  durationMs: z.number().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditContract = defineService({
  'audit.list': {
    params: z.strictObject({
      beforeId: z.number().int().min(1).optional().describe('Only entries older than this one'),
      limit: z.number().int().min(1).max(500).default(100),
      outcome: z.enum(['done', 'failed', 'refused']).optional(),
      user: z.string().max(128).optional(),
      act: z.string().max(128).optional().describe('Beginning of the act, for example users.'),
    }),
    result: z.object({ entries: z.array(auditEntrySchema), total: z.number().int() }),
    role: 'admin',
    effect: 'read',
    help: 'Who changed what and who was refused, newest first. Entries can be added, never edited.',
    quiet: true,
  },
});
