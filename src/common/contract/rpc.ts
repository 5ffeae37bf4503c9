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

/** Buckets of equal ratio, eight an octave from 10 microseconds, so that another node can add them to its own. */
const durations = z.array(z.number().int()).describe('Histogram buckets that are not empty: index and count in turn');

export const methodActivitySchema = z.object({
  method: z.string(),
  quiet: z.boolean().describe('Called by consoles by themselves: counted, not listed'),
  calls: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
  here: z
    .object({
      calls: z.number(),
      errors: z.number(),
      perSecond: z.number().describe('Over the last 5 s'),
      maxMs: z.number().nullable(),
      durations,
    })
    .describe('The same without the calls that another node ran and counts'),
});
export type MethodActivity = z.infer<typeof methodActivitySchema>;

export const activityTotalsSchema = z.object({
  calls: z.number(),
  errors: z.number(),
  perSecond: z.number().describe('Over the last 5 s'),
  errorsPerSecond: z.number(),
  inFlight: z.number().int(),
  durations: durations.describe('Of the last 10 to 20 s; buckets as those of the methods'),
});
export type ActivityTotals = z.infer<typeof activityTotalsSchema>;

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
      slowest: z.array(activityEntrySchema).describe('At most 20 of the calls still kept that ended here, the slowest first'),
      methods: z.array(methodActivitySchema).describe('Since the start of the node'),
      totals: activityTotalsSchema.describe('Listed calls, without those that another node ran and counts'),
      dropped: z.number().int().describe('Older entries no longer kept'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The latest calls and, for each method, how often, how fast and how many failed. Live: topic /cluster/rpc.',
    quiet: true,
  },
});
