/** Every operation of a client: the fields of its request and who may ask for it (docs/broker-protocol.md). */
import { z } from 'zod';
import { brokerIdPattern, groupIdPattern } from '../../../../common/contract/brokers.ts';
import { clientIdPattern, queueNamePattern, queueOptionsSchema } from '../../../../common/contract/queues.ts';
import { machineLimits } from '../machine/limits.ts';
import { protocolLimits } from './limits.ts';

const cluster_id = z.string().regex(groupIdPattern, 'G- and five of A to Z and 0 to 9');
/** Which queue: its id or name; with `cluster_id` where two groups have a queue of that name. */
const queue = { queue_name: z.string().min(1).max(128), cluster_id: cluster_id.optional() };
const broker_id = z.string().regex(brokerIdPattern, 'B- and five of A to Z and 0 to 9');
const client_id = z.string().regex(clientIdPattern, 'letters, digits, dot, dash, colon and underscore; 64 at most');
/** Up to 2^53-1: what JSON carries. */
const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const positive = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const level = z.enum(['linearizable', 'local']).default('linearizable');
const host = z.string().min(1).max(255);
const port = z.number().int().min(1).max(65_535);
const subscription_id = z.number().int().min(1).max(0xffff_ffff);
const file = z.string().min(1).max(4_096);
const producer = z.object({
  id: client_id,
  epoch: z.number().int().min(0).max(0x7fff_ffff),
  sequence: positive,
});

const { maxMessages, maxBytes, maxAgeMs, maxMessageBytes, overflow, readRole, appendRole } = queueOptionsSchema.shape;
/** Options of a queue under their names on the wire. */
export const wireOptionsSchema = z.strictObject({
  max_messages: maxMessages.optional(),
  max_bytes: maxBytes.optional(),
  max_age_ms: maxAgeMs.optional(),
  max_message_bytes: maxMessageBytes.optional(),
  overflow: overflow.optional(),
  read_role: readRole.optional(),
  append_role: appendRole.optional(),
});

/** A message to be appended, in JSON. */
export const newMessageSchema = z.object({
  data: z.unknown(),
  encoding: z.enum(['json', 'base64']).default('json'),
  key: z.string().max(machineLimits.keyCharacters).nullable().default(null),
  headers: z
    .record(z.string().min(1).max(machineLimits.headerNameCharacters), z.string().max(machineLimits.headerValueCharacters))
    .default({}),
});

/** A bounded count: above `most` it is lowered, and the answer says so (security.md row 32). */
const count = (fallback: number) => positive.default(fallback);

const request = {
  AUTH: z.object({ token: z.string().min(1).max(protocolLimits.tokenCharacters) }),
  PING: z.object({}),
  CLUSTER_QUERY: z.object({ cluster_id: cluster_id.optional(), detail: z.boolean().default(false) }),
  CREATE_QUEUE: z.object({
    queue_name: z.string().regex(queueNamePattern, 'letters, digits, dot, dash and underscore; 96 at most').optional(),
    cluster_id: cluster_id.optional(),
    options: wireOptionsSchema.default({}),
  }),
  APPEND: z.object({
    ...queue,
    client_id: client_id.optional(),
    producer: producer.optional(),
    producer_seq: positive.optional(),
  }),
  READ: z.object({
    ...queue,
    client_id,
    request_id: z.union([z.string(), z.number()]).optional(),
    max: positive.optional(),
    max_bytes: count(protocolLimits.answerBytes),
    preview_bytes: positive.optional(),
    wait_ms: sequence.default(0),
  }),
  PRODUCER: z.object({ ...queue, producer_id: client_id }),
  FETCH: z
    .object({
      ...queue,
      from: z.enum(['first', 'latest']).optional(),
      from_sequence: sequence.optional(),
      from_time_ms: sequence.optional(),
      to_sequence: sequence.optional(),
      direction: z.enum(['forward', 'backward']).optional(),
      max: count(50),
      max_bytes: count(protocolLimits.answerBytes),
      preview_bytes: positive.optional(),
      /** Of each message the bytes from there on, `preview_bytes` at most, in the place of its data. */
      data_offset: sequence.optional(),
      filter: z.string().max(protocolLimits.filterCharacters).default(''),
      level,
    })
    .refine(oneBeginning, 'name one of from, from_sequence and from_time_ms'),
  COMMIT: z.object({ ...queue, client_id, position: sequence }),
  SEEK: z.object({ ...queue, client_id, position: sequence }),
  POSITIONS: z.object({ ...queue, after: z.string().max(64).optional(), level }),
  FORGET_CLIENT: z.object({ ...queue, client_id }),
  SUBSCRIBE: z
    .object({
      ...queue,
      ack: z.enum(['none', 'auto', 'client']).default('none'),
      client_id: client_id.optional(),
      from: z.enum(['first', 'latest']).optional(),
      from_sequence: sequence.optional(),
      from_time_ms: sequence.optional(),
      credit: z.number().int().min(1).max(protocolLimits.credit),
      max_bytes: count(protocolLimits.answerBytes),
    })
    .refine(oneBeginning, 'name one of from, from_sequence and from_time_ms')
    .refine(({ ack, client_id: who }) => ack === 'none' || who !== undefined, 'client_id is needed unless ack is none'),
  CREDIT: z.object({ subscription_id, credit: z.number().int().min(1).max(protocolLimits.credit) }),
  UNSUBSCRIBE: z.object({ subscription_id }),
  QUEUE_LIST: z.object({ cluster_id: cluster_id.optional(), after: z.string().max(16).optional(), level }),
  QUEUE_STATS: z.object({ ...queue, level }),
  QUEUE_SERIES: z.object({ ...queue, minutes: z.number().int().min(1).max(60).default(15) }),
  CONFIGURE_QUEUE: z.object({ ...queue, options: wireOptionsSchema }),
  PURGE: z.object({ ...queue, up_to: sequence.optional() }),
  DELETE_QUEUE: z.object(queue),
  GROUP_LIST: z.object({}),
  GROUP_CREATE: z.object({}),
  GROUP_JOIN: z.object({
    cluster_id,
    address: z.string().max(300).optional(),
    members: z
      .array(z.object({ broker_id, node_id: z.string().max(64).nullable(), host, port }))
      .max(protocolLimits.members)
      .optional(),
    replaces: broker_id.optional(),
  }),
  JOIN_CLUSTER: z.object({ broker_id, host, port, cluster_id, node_id: z.string().max(64).nullable().default(null) }),
  LEAVE_CLUSTER: z.object({ cluster_id }),
  REMOVE_BROKER: z.object({ cluster_id, broker_id }),
  TRANSFER_LEADER: z.object({ cluster_id, to: broker_id.optional() }),
  BACKUP: z.object({ cluster_id, file: file.optional() }),
  RESTORE: z.object({ file }),
} as const;

function oneBeginning(fields: { readonly from?: unknown; readonly from_sequence?: unknown; readonly from_time_ms?: unknown }): boolean {
  return [fields.from, fields.from_sequence, fields.from_time_ms].filter((value) => value !== undefined).length <= 1;
}

export type OperationName = keyof typeof request;

/** Schemas of the requests, without what every request may have. */
export const operationSchemas: { readonly [Name in OperationName]: (typeof request)[Name] } = request;

/** The fields of a request once it has been checked. */
export type OperationFields<Name extends OperationName> = z.output<(typeof request)[Name]>;

/** Who may ask for it. `read` and `append`: what the queue's options say. */
export type OperationAccess = 'anyone' | 'viewer' | 'operator' | 'admin' | 'read' | 'readAsClient' | 'append';

interface OperationRule {
  readonly access: OperationAccess;
  /** Only the leader of the group answers it. */
  readonly leader: boolean;
}

const rule = (access: OperationAccess, leader: boolean): OperationRule => ({ access, leader });

/** Who may ask for what, and where. `readAsClient`: the queue's role for readers, and operator, because a position moves. */
export const operationRules: Readonly<Record<OperationName, OperationRule>> = {
  AUTH: rule('anyone', false),
  PING: rule('anyone', false),
  CLUSTER_QUERY: rule('viewer', false),
  CREATE_QUEUE: rule('operator', true),
  APPEND: rule('append', true),
  READ: rule('readAsClient', true),
  PRODUCER: rule('append', true),
  FETCH: rule('read', false),
  COMMIT: rule('readAsClient', true),
  SEEK: rule('admin', true),
  POSITIONS: rule('viewer', false),
  FORGET_CLIENT: rule('admin', true),
  SUBSCRIBE: rule('read', true),
  CREDIT: rule('anyone', false),
  UNSUBSCRIBE: rule('anyone', false),
  QUEUE_LIST: rule('viewer', false),
  QUEUE_STATS: rule('viewer', false),
  QUEUE_SERIES: rule('viewer', true),
  CONFIGURE_QUEUE: rule('admin', true),
  PURGE: rule('admin', true),
  DELETE_QUEUE: rule('admin', true),
  GROUP_LIST: rule('viewer', false),
  GROUP_CREATE: rule('admin', false),
  GROUP_JOIN: rule('admin', false),
  JOIN_CLUSTER: rule('admin', true),
  LEAVE_CLUSTER: rule('admin', false),
  REMOVE_BROKER: rule('admin', true),
  TRANSFER_LEADER: rule('operator', true),
  BACKUP: rule('admin', false),
  RESTORE: rule('admin', false),
};
