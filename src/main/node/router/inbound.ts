import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import {
  cancelSchema,
  currentRequestSchema,
  legacyRequestSchema,
  type Profile,
  type RpcCancel,
  type RpcRequest,
  requestIdChars,
} from '../../../common/wire/messages.ts';
import { invalid } from './params.ts';

/** A message of a client, checked; or why it is refused, with its id where that could be read. */
export type Inbound =
  | { readonly kind: 'request'; readonly request: RpcRequest & { readonly method: string } }
  | { readonly kind: 'cancel'; readonly cancel: RpcCancel }
  | { readonly kind: 'refused'; readonly requestId: string | null; readonly error: SignalboxError };

/** Checks one message of a client against the wire schema of its profile. Never throws. */
export function readMessage(value: unknown, profile: Profile): Inbound {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(null, bad('A message must be an object.'));
  }
  const { type } = value as { readonly type?: unknown };
  const requestId = requestIdOf(value);
  if (type === 'rpc') return readRequest(value, requestId, profile);
  if (type === 'rpc_cancel' && profile === 'current') {
    const parsed = cancelSchema.safeParse(value);
    return parsed.success
      ? { kind: 'cancel', cancel: parsed.data }
      : refuse(requestId, invalid('The cancel message is not valid', parsed.error.issues));
  }
  return refuse(requestId, bad('A client sends messages of the types rpc and rpc_cancel.'));
}

/** The id of a message, however wrong the rest of it may be; null when it has none that can be answered. */
export function requestIdOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'requestid')) return null;
  const { requestid } = value as { readonly requestid?: unknown };
  return typeof requestid === 'string' && requestid.length > 0 && requestid.length <= requestIdChars ? requestid : null;
}

/**
 * The messages of a frame: one object, or up to 20 in an array (wire.md 1).
 *
 * @throws SignalboxError `BAD_REQUEST` for an empty array, `TOO_LARGE` for a long one
 */
export function messagesOf(frame: unknown): readonly unknown[] {
  if (!Array.isArray(frame)) return [frame];
  if (frame.length === 0) throw bad('The frame is an empty array.');
  if (frame.length > limits.batchRequests) {
    throw new SignalboxError('TOO_LARGE', `The frame has ${frame.length} requests; at most ${limits.batchRequests} are taken.`, {
      executed: 'no',
    });
  }
  return frame;
}

function readRequest(value: object, requestId: string | null, profile: Profile): Inbound {
  const parsed = (profile === 'current' ? currentRequestSchema : legacyRequestSchema).safeParse(value);
  if (!parsed.success) return refuse(requestId, invalid('The request is not valid', parsed.error.issues));
  const request: RpcRequest = parsed.data;
  const method = request.method ?? request.intent;
  if (method === undefined) return refuse(requestId, incomplete('it names no method'));
  if (request.intent !== undefined && request.intent !== method) return refuse(requestId, incomplete('method and intent differ'));
  if (request.target !== undefined && request.serviceId !== undefined && request.serviceId !== null) {
    return refuse(requestId, incomplete('it has both target and serviceId'));
  }
  return { kind: 'request', request: { ...request, method } };
}

function refuse(requestId: string | null, error: SignalboxError): Inbound {
  return { kind: 'refused', requestId, error };
}

function bad(message: string): SignalboxError {
  return new SignalboxError('BAD_REQUEST', message, { executed: 'no' });
}

function incomplete(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The request is not valid: ${why}.`, { executed: 'no' });
}
