/** The client protocol's messages (wire.md section 1). */
import { z } from 'zod';
import type { ErrorCode, Executed } from '../errors.ts';
import { limits } from '../limits.ts';

/** `current`: strict, with progress, cancel and targets. `legacy`: the first system's clients, base shapes only. */
export type Profile = 'current' | 'legacy';

/** Longest request id. */
export const requestIdChars = 128;
const requestId = z.string().min(1).max(requestIdChars);
const serviceId = z.string().min(1).max(128);

export const targetSchema = z.union([
  z.strictObject({ node: serviceId }),
  z.strictObject({ any: z.string().min(1).max(128) }),
  z.strictObject({ all: z.union([z.literal(true), z.string().min(1).max(128), z.array(serviceId).min(1).max(256)]) }),
]);
/** Where a call goes: one node, any node with a capability, or all of them (gathered). */
export type Target = z.infer<typeof targetSchema>;

/** Looks at the outside only: the method's own schema checks what is inside. */
const params = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'params must be an object',
);

const requestFields = {
  type: z.literal('rpc'),
  requestid: requestId,
  method: z.string().min(1).max(128).optional(),
  /** The first system's name of `method`. */
  intent: z.string().min(1).max(128).optional(),
  params: params.nullish(),
  serviceId: serviceId.nullish(),
  timeoutMs: z.number().int().min(1).max(limits.maxTimeoutMs).optional(),
};

/** A request of a current client: unknown fields are refused. */
export const currentRequestSchema = z.strictObject({
  ...requestFields,
  target: targetSchema.optional(),
  /** Same key, same user: the effect happens once and a repeat gets the stored answer. */
  idempotencyKey: z.string().min(8).max(128).optional(),
});
/** A request of the first system: unknown fields are ignored. */
export const legacyRequestSchema = z.object(requestFields);

export type RpcRequest = z.infer<typeof currentRequestSchema>;

export const cancelSchema = z.strictObject({ type: z.literal('rpc_cancel'), requestid: requestId });
export type RpcCancel = z.infer<typeof cancelSchema>;

/** What a client may send. */
export type ClientMessage = RpcRequest | RpcCancel;

export interface RpcSuccess {
  readonly type: 'rpc_response';
  readonly requestid: string | null;
  readonly status: 'success';
  readonly data: unknown;
  readonly timestamp: number;
  readonly serviceId: string;
}

export interface RpcFailure {
  readonly type: 'rpc_response';
  /** Null when the request's own id could not be read. */
  readonly requestid: string | null;
  readonly status: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly executed?: Executed;
  readonly data?: unknown;
  readonly timestamp: number;
  readonly serviceId: string;
}

export type RpcResponse = RpcSuccess | RpcFailure;

export interface RpcProgress {
  readonly type: 'rpc_progress';
  readonly requestid: string;
  readonly data: unknown;
}

export const eventNames = [
  'data_generated',
  'error_generated',
  'text_notification',
  'text_data_notification',
  'ui_update',
  'ping_generated',
] as const;
export type EventName = (typeof eventNames)[number];

export interface EventMessage {
  readonly type: 'event';
  readonly name: EventName;
  readonly status: 'data' | 'error';
  /** Local form with a leading slash, or `identity/topic` for an event of another node. */
  readonly topic: string;
  readonly data: unknown;
  readonly meta: {
    /** Node id of the publisher. */
    readonly identity: string;
    /** Counts up by one per topic and epoch: a jump is a loss. */
    readonly seq: number;
    /** Events this client lost on this subscription before this one, if any. */
    readonly dropped?: number;
    readonly [key: string]: unknown;
  };
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What a node may send. */
export type ServerMessage = RpcResponse | RpcProgress | EventMessage;

/** Final data of a gathered call (`target:{all:…}`). */
export interface GatheredResults {
  readonly results: readonly {
    readonly node: string;
    readonly status: 'success' | 'error';
    readonly data?: unknown;
    readonly error?: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean; readonly executed?: Executed };
  }[];
  /** Nodes that were asked and did not answer in time. */
  readonly missing: readonly string[];
}
