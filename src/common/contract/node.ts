import { z } from 'zod';
import { defineService } from './define.ts';

export const problemSchema = z.object({
  id: z.string().describe('Stable name of the kind of problem'),
  severity: z.enum(['warn', 'crit']),
  title: z.string().describe('What is wrong, with the number'),
  detail: z.string().describe('What it means and what to do'),
  sinceMs: z.number().describe('When it began, milliseconds since the epoch'),
  view: z.string().nullable().describe('Console path that shows it'),
});
export type Problem = z.infer<typeof problemSchema>;

export const listenerSchema = z.object({
  name: z.string(),
  address: z.string().nullable(),
  port: z.number().int().nullable(),
  state: z.enum(['listening', 'off', 'failed']),
  detail: z.string().nullable(),
  tls: z
    .object({
      source: z.enum(['own', 'files']).describe('The node’s own certificate, or files that a person gave'),
      fingerprint: z.string().describe('SHA-256 of the public key, which clients pin: 64 hex digits'),
      certificateFingerprint: z.string().describe('SHA-256 of the whole certificate, as browsers show it: 64 hex digits'),
      validFromMs: z.number().describe('Milliseconds since the epoch'),
      validUntilMs: z.number().describe('Milliseconds since the epoch'),
    })
    .optional()
    .describe('The certificate that people and programs compare; absent: no TLS, or no certificate that anybody looks at'),
});

export const nodeStatusSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  version: z.string(),
  mode: z.enum(['desktop', 'headless']),
  state: z.enum(['ok', 'warn', 'crit']),
  problems: z.array(problemSchema),
  startedAt: z.number().describe('Milliseconds since the epoch'),
  uptimeMs: z.number(),
  dataFolder: z.string(),
  capabilities: z.array(z.string()),
  listeners: z.array(listenerSchema),
  clients: z.object({ ipc: z.number(), ws: z.number(), cli: z.number(), local: z.number() }),
  rpc: z.object({
    total: z.number(),
    errors: z.number(),
    inFlight: z.number(),
    perSecond: z.number(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
  }),
  events: z.object({
    published: z.number(),
    delivered: z.number(),
    dropped: z.number(),
    perSecond: z.number(),
    topics: z.number(),
    subscriptions: z.number(),
  }),
  environment: z.enum(['none', 'dev', 'stage', 'prod']),
});
export type NodeStatus = z.infer<typeof nodeStatusSchema>;

export const nodeContract = defineService({
  'node.status': {
    params: z.strictObject({}),
    result: nodeStatusSchema,
    role: 'viewer',
    effect: 'read',
    help: 'Name, health, problems, listeners, clients and traffic of the node.',
    quiet: true,
  },
  'node.restart': {
    params: z.strictObject({ reason: z.string().max(200).optional().describe('Kept in the audit record') }),
    result: z.object({ accepted: z.literal(true) }),
    role: 'admin',
    effect: 'destructive',
    help: 'Stops the node cleanly and starts it again. Clients are disconnected for some seconds.',
  },
});
