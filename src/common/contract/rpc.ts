import { z } from 'zod';
import { effects, roles } from '../roles.ts';
import { defineService } from './define.ts';

export const catalogueEntrySchema = z.object({
  method: z.string(),
  service: z.string(),
  help: z.string(),
  role: z.enum(roles),
  effect: z.enum(effects),
  aliases: z.array(z.string()),
  /** JSON Schema, draft 2020-12. */
  params: z.record(z.string(), z.unknown()),
  result: z.record(z.string(), z.unknown()),
  example: z.record(z.string(), z.unknown()).nullable(),
  secretParams: z.array(z.string()),
  allowed: z.boolean().describe('Whether the caller may call it'),
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

export const activityEntrySchema = z.object({
  id: z.number().int(),
  timestamp: z.number(),
  method: z.string(),
  user: z.string(),
  via: z.string(),
  node: z.string(),
  status: z.enum(['success', 'error']),
  code: z.string().nullable(),
  durationMs: z.number(),
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;

export const rpcContract = defineService({
  'rpc.catalogue': {
    params: z.strictObject({}),
    result: z.object({ methods: z.array(catalogueEntrySchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every method of the node with its JSON Schemas, role and effect.',
    quiet: true,
  },
  'rpc.activity': {
    params: z.strictObject({
      limit: z.number().int().min(1).max(500).default(100),
      method: z.string().max(128).optional().describe('Only this method'),
      errorsOnly: z.boolean().default(false),
    }),
    result: z.object({
      entries: z.array(activityEntrySchema),
      methods: z.array(
        z.object({
          method: z.string(),
          calls: z.number(),
          errors: z.number(),
          p50Ms: z.number().nullable(),
          p95Ms: z.number().nullable(),
          maxMs: z.number().nullable(),
        }),
      ),
      dropped: z.number().int().describe('Older entries no longer kept'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The latest calls and, for each method, how often, how fast and how many failed. Live: topic /cluster/rpc.',
    quiet: true,
  },
});
