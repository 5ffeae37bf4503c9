/** Router messages between nodes: those of clients (wire.md 1) with `originId` and `clientId` (wire.md 2). */
import type { Executed } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { doors, type Principal, roles } from '../../../common/roles.ts';
import { type EventName, eventNames } from '../../../common/wire/messages.ts';
import { hasOnly, isOneOf, isPlainObject, isServiceId, isText, isWhole, type PlainObject } from './plain-checks.ts';

/** Who sent it and for which of its clients. */
interface Origin {
  readonly originId?: string;
  readonly clientId?: string | null;
}

export interface NodeRpc extends Origin {
  readonly type: 'rpc';
  readonly requestid: string;
  readonly method?: string;
  readonly intent?: string;
  readonly params?: PlainObject | null;
  readonly serviceId?: string | null;
  readonly timeoutMs?: number;
  readonly idempotencyKey?: string;
  readonly principal?: Principal;
}

export type NodeResponse = Origin & { readonly type: 'rpc_response'; readonly requestid: string; readonly data?: unknown } & (
    | { readonly status: 'success' }
    | {
        readonly status: 'error';
        readonly code?: string;
        readonly message?: string;
        readonly retryable?: boolean;
        readonly executed?: Executed;
      }
  );

export interface NodeProgress extends Origin {
  readonly type: 'rpc_progress';
  readonly requestid: string;
  readonly data?: unknown;
}

export interface NodeCancel extends Origin {
  readonly type: 'rpc_cancel';
  readonly requestid: string;
}

export interface NodeEvent extends Origin {
  readonly type: 'event';
  readonly name: EventName;
  readonly status: 'data' | 'error';
  readonly topic: string;
  readonly data?: unknown;
  readonly meta?: { readonly identity?: string; readonly seq?: number; readonly [field: string]: unknown };
  readonly timestamp?: number;
}

export interface NodeSubscribe extends Origin {
  readonly type: 'subscribe' | 'unsubscribe';
  readonly requestid?: string;
  readonly topic: string;
}

export type RouterMessage = NodeRpc | NodeResponse | NodeProgress | NodeCancel | NodeEvent | NodeSubscribe;

const requestIdLength = 128;
const methodLength = 128;
const executedWords: readonly Executed[] = ['no', 'maybe', 'yes'];
const principalFields: ReadonlySet<string> = new Set(['user', 'roles', 'via'] satisfies (keyof Principal)[]);

/**
 * Checks a router message, parsed from JSON. Fields that are not known are let through and read by nobody: the first
 * system's nodes send some of their own.
 */
export function isRouterMessage(value: unknown): value is RouterMessage {
  if (!isPlainObject(value)) return false;
  const { type, requestid, originId, clientId } = value;
  if (originId !== undefined && !isServiceId(originId)) return false;
  if (clientId !== undefined && clientId !== null && !isText(clientId, 128, 0)) return false;
  if (type === 'event') return isEvent(value);
  if (type === 'subscribe' || type === 'unsubscribe')
    return (requestid === undefined || isText(requestid, requestIdLength)) && isTopic(value.topic);
  if (!isText(requestid, requestIdLength)) return false;
  if (type === 'rpc') return isRpc(value);
  if (type === 'rpc_response') return value.status === 'success' || (value.status === 'error' && isFailure(value));
  return type === 'rpc_progress' || type === 'rpc_cancel';
}

function isRpc({ method, intent, params, serviceId, timeoutMs, idempotencyKey, principal }: PlainObject): boolean {
  return (
    (method === undefined || isText(method, methodLength)) &&
    (intent === undefined || isText(intent, methodLength)) &&
    (params === undefined || params === null || isPlainObject(params)) &&
    (serviceId === undefined || serviceId === null || isText(serviceId, 128, 0)) &&
    (timeoutMs === undefined || isWhole(timeoutMs, 1, limits.maxTimeoutMs)) &&
    (idempotencyKey === undefined || isText(idempotencyKey, 128, 8)) &&
    (principal === undefined || isPrincipal(principal))
  );
}

function isPrincipal(value: unknown): boolean {
  if (!isPlainObject(value) || !hasOnly(value, principalFields)) return false;
  const { user, roles: held, via } = value;
  if (!isText(user, 256) || !isOneOf(via, doors)) return false;
  return Array.isArray(held) && held.length <= roles.length && held.every((role) => isOneOf(role, roles));
}

function isFailure({ code, message, retryable, executed }: PlainObject): boolean {
  return (
    (code === undefined || isText(code, 64, 0)) &&
    // Cut where it is read: an answer that is refused leaves its caller waiting.
    (message === undefined || typeof message === 'string') &&
    (retryable === undefined || typeof retryable === 'boolean') &&
    (executed === undefined || isOneOf(executed, executedWords))
  );
}

function isEvent({ name, status, topic, meta, timestamp }: PlainObject): boolean {
  return (
    isOneOf(name, eventNames) &&
    (status === 'data' || status === 'error') &&
    isTopic(topic) &&
    (timestamp === undefined || typeof timestamp === 'number') &&
    (meta === undefined ||
      (isPlainObject(meta) &&
        (meta.identity === undefined || isServiceId(meta.identity)) &&
        (meta.seq === undefined || isWhole(meta.seq, 0, Number.MAX_SAFE_INTEGER))))
  );
}

function isTopic(value: unknown): boolean {
  return isText(value, limits.topicBytes, 2) && value.startsWith('/');
}
