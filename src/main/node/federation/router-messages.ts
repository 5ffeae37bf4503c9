/** Router messages between nodes: those of clients (wire.md 1) with `originId` and `clientId` (wire.md 2). */
import { z } from 'zod';
import { limits } from '../../../common/limits.ts';
import { doors, roles } from '../../../common/roles.ts';
import { eventNames } from '../../../common/wire/messages.ts';
import { serviceIdPattern } from './topics.ts';

const requestId = z.string().min(1).max(128);
const serviceId = z.string().regex(serviceIdPattern);
const topic = z.string().min(2).max(limits.topicBytes).startsWith('/');
const executed = z.enum(['no', 'maybe', 'yes']);

const principalSchema = z.strictObject({
  user: z.string().min(1).max(256),
  roles: z.array(z.enum(roles)).max(roles.length),
  via: z.enum(doors),
});

/** Who sent it and for which of its clients. */
const origin = { originId: serviceId.optional(), clientId: z.string().max(128).nullish() };

// Unknown fields are dropped, not refused: the first system's nodes send some of their own.
const rpcSchema = z.object({
  type: z.literal('rpc'),
  requestid: requestId,
  method: z.string().min(1).max(128).optional(),
  intent: z.string().min(1).max(128).optional(),
  params: z.record(z.string(), z.unknown()).nullish(),
  serviceId: z.string().max(128).nullish(),
  timeoutMs: z.number().int().min(1).max(limits.maxTimeoutMs).optional(),
  idempotencyKey: z.string().min(8).max(128).optional(),
  principal: principalSchema.optional(),
  ...origin,
});

const successSchema = z.object({
  type: z.literal('rpc_response'),
  requestid: requestId,
  status: z.literal('success'),
  data: z.unknown().optional(),
  ...origin,
});

const failureSchema = z.object({
  type: z.literal('rpc_response'),
  requestid: requestId,
  status: z.literal('error'),
  code: z.string().max(64).optional(),
  message: z.string().max(4_096).optional(),
  retryable: z.boolean().optional(),
  executed: executed.optional(),
  data: z.unknown().optional(),
  ...origin,
});

const progressSchema = z.object({ type: z.literal('rpc_progress'), requestid: requestId, data: z.unknown().optional(), ...origin });
const cancelSchema = z.object({ type: z.literal('rpc_cancel'), requestid: requestId, ...origin });

const eventSchema = z.object({
  type: z.literal('event'),
  name: z.enum(eventNames),
  status: z.enum(['data', 'error']),
  topic,
  data: z.unknown().optional(),
  meta: z.looseObject({ identity: serviceId.optional(), seq: z.number().int().min(0).optional() }).optional(),
  timestamp: z.number().optional(),
  ...origin,
});

const subscribeSchema = z.object({ type: z.literal('subscribe'), requestid: requestId.optional(), topic, ...origin });
const unsubscribeSchema = z.object({ type: z.literal('unsubscribe'), requestid: requestId.optional(), topic, ...origin });

export const routerMessageSchema = z.union([
  z.discriminatedUnion('type', [rpcSchema, progressSchema, cancelSchema, eventSchema, subscribeSchema, unsubscribeSchema]),
  z.discriminatedUnion('status', [successSchema, failureSchema]),
]);

export type RouterMessage = z.infer<typeof routerMessageSchema>;
export type NodeRpc = z.infer<typeof rpcSchema>;
export type NodeResponse = z.infer<typeof successSchema> | z.infer<typeof failureSchema>;
export type NodeProgress = z.infer<typeof progressSchema>;
export type NodeCancel = z.infer<typeof cancelSchema>;
export type NodeEvent = z.infer<typeof eventSchema>;
export type NodeSubscribe = z.infer<typeof subscribeSchema>;
export type NodeUnsubscribe = z.infer<typeof unsubscribeSchema>;
