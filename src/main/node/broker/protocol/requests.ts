/** From a frame to an operation with checked fields. */
import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { machineLimits } from '../machine/limits.ts';
import { checkBatch, encodeMessages } from '../machine/records.ts';
import type { MessageBatch, NewMessage } from '../machine/types.ts';
import { type BinaryFrame, frameTypes } from './binary-frame.ts';
import type { IncomingFrame } from './connection-reader.ts';
import { jsonItems, jsonMembers } from './json-members.ts';
import { protocolLimits } from './limits.ts';
import { newMessageSchema, type OperationFields, type OperationName, operationSchemas } from './operations.ts';

/** An operation with its fields under their names on the wire; `APPEND` holds its messages as records. */
export type Operation = {
  readonly [Name in OperationName]: Readonly<OperationFields<Name>> & {
    readonly operation: Name;
  } & (Name extends 'APPEND' ? { readonly batch: MessageBatch } : unknown);
}[OperationName];

export type OperationOf<Name extends OperationName> = Extract<Operation, { readonly operation: Name }>;

/** What every request may have. */
const envelopeSchema = z.object({
  operation: z.string().max(64),
  request_id: z.union([z.string().min(1).max(protocolLimits.requestIdCharacters), z.number().int().min(0)]).optional(),
  client_id: z.string().max(64).optional(),
  auth: z.string().min(1).max(protocolLimits.tokenCharacters).optional(),
  timeout_ms: z.number().int().min(0).default(protocolLimits.defaultTimeoutMs),
});

export interface ClientRequest {
  readonly operation: Operation;
  /** Comes back in the answer. */
  readonly requestId: string | number | undefined;
  readonly auth: string | undefined;
  readonly timeoutMs: number;
  /** What was lowered to its bound; the answer says so. */
  readonly clamped: Readonly<Record<string, number>> | undefined;
}

/**
 * The id of a request that cannot be read otherwise, so that its error finds its way.
 *
 * @param value a parsed frame or header
 */
export function requestIdOf(value: unknown): string | number | undefined {
  const id = typeof value === 'object' && value !== null ? (value as { readonly request_id?: unknown }).request_id : undefined;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  return typeof id === 'string' && id.length <= protocolLimits.requestIdCharacters ? id : undefined;
}

/** A request that is not valid, with its id: the connection goes on. */
export class RequestError extends SignalboxError {
  readonly requestId: string | number | undefined;

  constructor(cause: SignalboxError, requestId: string | number | undefined) {
    super(cause.code, cause.message, { executed: 'no', data: cause.data, cause });
    this.name = 'RequestError';
    this.requestId = requestId;
  }
}

/**
 * Reads the request of a client.
 *
 * @throws RequestError `BAD_REQUEST`, `INVALID_PARAMS`, `METHOD_NOT_FOUND`, `TOO_LARGE`; nothing was done
 */
export function readRequest(frame: IncomingFrame): ClientRequest {
  if (frame.form === 'binary') return readBinaryRequest(frame.frame, frame.error);
  let value: unknown;
  return withId(
    () => requestIdOf(value),
    () => {
      value = parseGuarded(frame.text, { depth: protocolLimits.jsonDepth, keys: protocolLimits.jsonKeys });
      return readFields(value, (fields) => batchOfJson(fields, frame.text));
    },
  );
}

/** Appends by their header, read and checked before: the next with the same header brings other messages only. */
const knownAppends = new WeakMap<object, ClientRequest>();
const noMessages: MessageBatch = { count: 0, data: new Uint8Array(0) };

function readBinaryRequest({ type, header, payload }: BinaryFrame, error: SignalboxError | undefined): ClientRequest {
  return withId(
    () => requestIdOf(header),
    () => {
      if (error !== undefined) throw error;
      if (type !== frameTypes.request) throw new SignalboxError('BAD_REQUEST', `A client sends frames of type 1, not ${type}.`);
      if (header.operation === 'APPEND') return readBinaryAppend(header, payload);
      if (payload.byteLength > 0) throw new SignalboxError('INVALID_PARAMS', `${String(header.operation).slice(0, 64)} takes no payload.`);
      return readFields(header, () => checkBatch(payload));
    },
  );
}

function readBinaryAppend(header: BinaryFrame['header'], payload: Buffer): ClientRequest {
  const batch = checkBatch(payload);
  const known = knownAppends.get(header);
  if (known !== undefined) return { ...known, operation: { ...known.operation, batch } as Operation };
  const request = readFields(header, () => batch);
  // Without the messages, which nobody may keep for its sake.
  knownAppends.set(header, { ...request, operation: { ...request.operation, batch: noMessages } as Operation });
  return request;
}

/**
 * Reads a request that was never a frame: of the process itself. Data of messages are JSON values, base64 text, or a whole `batch` already.
 *
 * @throws RequestError
 */
export function readRequestObject(value: unknown): ClientRequest {
  return withId(
    () => requestIdOf(value),
    () => readFields(value, (fields) => batchOfJson(fields, undefined)),
  );
}

function withId<Value>(requestId: () => string | number | undefined, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SignalboxError ? new RequestError(error, requestId()) : error;
  }
}

function readFields(value: unknown, batchOf: (fields: Readonly<Record<string, unknown>>) => MessageBatch): ClientRequest {
  const envelope = checked(envelopeSchema, value);
  const name = envelope.operation as OperationName;
  if (!Object.hasOwn(operationSchemas, name)) throw new SignalboxError('METHOD_NOT_FOUND', `There is no operation ${envelope.operation}.`);
  const fields = checked(operationSchemas[name], value) as Record<string, unknown>;
  const clamped = clamp(name, fields);
  const batch = name === 'APPEND' ? { batch: batchOf(value as Readonly<Record<string, unknown>>) } : undefined;
  return {
    operation: { ...fields, ...batch, operation: name } as Operation,
    requestId: envelope.request_id,
    auth: envelope.auth,
    timeoutMs: Math.min(Math.max(envelope.timeout_ms, protocolLimits.shortestTimeoutMs), protocolLimits.longestTimeoutMs),
    clamped,
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const first = issues[0];
  throw new SignalboxError('INVALID_PARAMS', `The request is not valid: ${first?.path || 'it'}: ${first?.message}.`, {
    data: { issues: issues.slice(0, 8) },
  });
}

const clampedFields: readonly (readonly [string, number])[] = [
  ['max', protocolLimits.answerMessages],
  ['max_bytes', protocolLimits.answerBytes],
  ['wait_ms', protocolLimits.waitMs],
];

/** Lowers counts to what one answer may hold. @returns what was lowered */
function clamp(name: OperationName, fields: Record<string, unknown>): Record<string, number> | undefined {
  if (name !== 'READ' && name !== 'FETCH' && name !== 'SUBSCRIBE') return undefined;
  let clamped: Record<string, number> | undefined;
  for (const [field, most] of clampedFields) {
    const value = fields[field];
    if (typeof value !== 'number' || value <= most) continue;
    fields[field] = most;
    clamped = { ...clamped, [field]: most };
  }
  return clamped;
}

/** @param text where the fields were read from: what is JSON goes on as it was written */
function batchOfJson(fields: Readonly<Record<string, unknown>>, text: string | undefined): MessageBatch {
  const batch = fields.batch as MessageBatch | undefined;
  if (text === undefined && batch?.data instanceof Uint8Array) return checkBatch(batch.data);
  const members = text === undefined ? undefined : jsonMembers(text);
  const list = fields.messages;
  if (list === undefined) {
    const data = members?.get('data');
    return encodeMessages([toNewMessage(fields, text !== undefined && data !== undefined ? text.slice(data.start, data.end) : undefined)]);
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > machineLimits.batchMessages)
    throw new SignalboxError('INVALID_PARAMS', `messages is a list of 1 to ${machineLimits.batchMessages} messages.`);
  const range = members?.get('messages');
  const items = text === undefined || range === undefined ? undefined : jsonItems(text, range.start);
  return encodeMessages(
    list.map((message, index) => {
      const item = items?.[index];
      const data = item === undefined || text === undefined ? undefined : dataOf(text, item.start);
      return toNewMessage(message, data);
    }),
  );
}

function dataOf(text: string, start: number): string | undefined {
  const data = jsonMembers(text, start).get('data');
  return data === undefined ? undefined : text.slice(data.start, data.end);
}

function toNewMessage(value: unknown, json: string | undefined): NewMessage {
  const { data, encoding, key, headers } = checked(newMessageSchema, value);
  if (encoding === 'base64') return { key, headers, encoding: 'bytes', data: fromBase64(data) };
  const text = json ?? JSON.stringify(data);
  if (text === undefined) throw new SignalboxError('INVALID_PARAMS', 'A message has no data.');
  return { key, headers, encoding: 'json', data: Buffer.from(text, 'utf8') };
}

function fromBase64(data: unknown): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== data)
    throw new SignalboxError('INVALID_PARAMS', 'data is no base64 text, though encoding says so.');
  return bytes;
}
