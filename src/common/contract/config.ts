import { z } from 'zod';
import { defineService } from './define.ts';

const values = z.record(z.string(), z.unknown());
const issue = z.object({ key: z.string(), message: z.string() });

export const settingSchema = z.object({
  key: z.string(),
  group: z.string(),
  title: z.string(),
  help: z.string(),
  /** JSON Schema of the value. */
  schema: z.record(z.string(), z.unknown()),
  default: z.unknown(),
  value: z.unknown().describe('In force'),
  saved: z.unknown().describe('In force after the next start; differs from value while a restart is pending'),
  changed: z.boolean().describe('Differs from the default'),
  live: z.boolean().describe('Takes effect at once; otherwise after a restart'),
  pendingRestart: z.boolean().describe('Saved, but the running node still uses the old value'),
  source: z.enum(['default', 'file', 'option']).describe('option: given on the command line, wins until the next start'),
});
export type Setting = z.infer<typeof settingSchema>;

export const configContract = defineService({
  'config.get': {
    params: z.strictObject({ keys: z.array(z.string().max(128)).max(200).optional().describe('Only these; all when absent') }),
    result: z.object({ values }),
    role: 'viewer',
    effect: 'read',
    help: 'Settings of the node, as they are in force.',
  },
  'config.set': {
    params: z.strictObject({ values: values.describe('Setting key and new value; null puts the default back') }),
    result: z.object({ applied: z.array(z.string()), restartNeeded: z.array(z.string()) }),
    role: 'admin',
    effect: 'write',
    help: 'Changes settings, all or none. Says which need a restart.',
    example: { values: { 'node.name': 'press-07' } },
  },
  'config.schema': {
    params: z.strictObject({}),
    result: z.object({ settings: z.array(settingSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every setting with title, help, JSON Schema, default and value.',
  },
  'config.validate': {
    params: z.strictObject({ values }),
    result: z.object({ valid: z.boolean(), issues: z.array(issue), restartNeeded: z.array(z.string()) }),
    role: 'viewer',
    effect: 'read',
    help: 'Checks settings without saving them.',
  },
});
