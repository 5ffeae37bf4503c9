import { z } from 'zod';
import { carrierKinds } from '../carrier-kinds.ts';
import { defineService } from './define.ts';

export { type CarrierKind, carrierKinds } from '../carrier-kinds.ts';

/** How the answering node reaches another one. */
export const reachFields = {
  via: z.enum(carrierKinds).nullable().describe('Way that calls to it take now; null: none, or the answering node itself'),
  secure: z.boolean().describe('What passes between the two is proven to be of a member, and nobody in between can read or change it'),
};

export const nodeInfoSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  self: z.boolean().describe('The node that answers'),
  status: z.enum(['online', 'offline', 'unknown']).describe('unknown: the answering node has lost the broker'),
  version: z.string(),
  capabilities: z.array(z.string()),
  health: z.enum(['ok', 'warn', 'crit']),
  load: z.number().int().describe('Calls running there, as last announced'),
  since: z.number().nullable().describe('When it came on line, milliseconds since the epoch, by its own clock'),
  lastSeenAt: z.number().nullable().describe('When its status last came, milliseconds since the epoch'),
  epoch: z.number().int().describe('Starts of the node'),
  clockOffsetMs: z.number().nullable().describe('How far its clock is ahead of the answering node; null until measured'),
  rttMs: z.number().nullable().describe('Round trip of that measurement'),
  pendingCalls: z.number().int().describe('Calls of the answering node that wait for it'),
  ...reachFields,
  circuit: z
    .enum(['closed', 'open', 'halfOpen'])
    .describe('open: it did not answer the last calls and is left alone for a while; halfOpen: one call tries whether it answers'),
  circuitOpenMs: z.number().describe('How long it is left alone yet; 0 while calls pass'),
});
export type NodeInfo = z.infer<typeof nodeInfoSchema>;

const node = z.string().min(1).max(128).describe('Node id or unique name');

export const nodesContract = defineService({
  'nodes.list': {
    params: z.strictObject({ onlineOnly: z.boolean().default(false) }),
    result: z.object({ nodes: z.array(nodeInfoSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every node of the cluster that this one knows, itself first. Live: topic /cluster/nodes.',
    quiet: true,
  },
  'nodes.get': {
    params: z.strictObject({ node }),
    result: nodeInfoSchema,
    role: 'viewer',
    effect: 'read',
    help: 'One node of the cluster, as this one sees it.',
    example: { node: 'press-07' },
    quiet: true,
  },
  'nodes.ping': {
    params: z.strictObject({ node, count: z.number().int().min(1).max(20).default(3).describe('Round trips to measure') }),
    result: z.object({
      nodeId: z.string(),
      name: z.string(),
      rttMs: z.number().describe('The shortest round trip'),
      roundTripsMs: z.array(z.number()),
      clockOffsetMs: z.number().describe('How far its clock is ahead of this one'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Measures the way to another node and how far its clock is off.',
    example: { node: 'press-07' },
  },
  'nodes.clock': {
    params: z.strictObject({}),
    result: z.object({ nowMs: z.number().describe('Milliseconds since the epoch') }),
    role: 'viewer',
    effect: 'read',
    help: 'The time by the clock of the node.',
    quiet: true,
  },
});
