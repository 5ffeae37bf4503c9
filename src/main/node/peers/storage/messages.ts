/** NodeMessages of the key-value store (seed 3, StorageRequest and StorageResponse; wire.md 3). */
import { z } from 'zod';
import { storeKeyPattern } from '../../../../common/contract/store.ts';
import { storageLimits } from './limits.ts';

/** Base64 of the largest value. */
const mostValueCharacters = Math.ceil(storageLimits.valueBytes / 3) * 4;

const requestId = z.string().regex(/^[!-~]{1,64}$/);
const key = z.string().regex(storeKeyPattern);
const nodeId = z.string().regex(/^[!-~]{1,128}$/);
const version = z.number().int().min(1).max(storageLimits.largestVersion);
const time = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const value = z.string().max(mostValueCharacters);
/** Somebody, as a node writes it: shown to people, never trusted. */
const who = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{0,200}$/u);

const request = { type: z.literal('StorageRequest'), request_id: requestId };
/** Whose values it is about; without: those of the node that is asked. */
const owner = nodeId.optional();

/** What a node asks of another's store. A `Put` or `Delete` of a copy names its owner, who alone may send it, and the version. */
export const storageRequestSchema = z.discriminatedUnion('operation', [
  z.strictObject({ ...request, operation: z.literal('Get'), key, owner }),
  z.strictObject({
    ...request,
    operation: z.literal('Put'),
    key,
    value,
    owner,
    version: version.optional(),
    if_version: z.number().int().min(0).max(storageLimits.largestVersion).optional(),
    updated_at: time.optional(),
    updated_by: who.optional(),
  }),
  z.strictObject({ ...request, operation: z.literal('Delete'), key, owner, version: version.optional(), if_version: version.optional() }),
  z.strictObject({
    ...request,
    operation: z.literal('List'),
    prefix: z.string().max(256).optional(),
    owner,
    after: z.string().max(256).optional(),
    /** How many are wanted; the answer has its own bound. */
    limit: z.number().int().min(1).optional(),
    /** True: the digest over all keys of the owner instead of keys. */
    digest: z.boolean().optional(),
  }),
]);
export type StorageRequest = z.infer<typeof storageRequestSchema>;

const response = { type: z.literal('StorageResponse'), request_id: requestId.optional() };

/** Kinds of errors of wire.md 3 that a store answers with. */
export const storageErrorKinds = ['StorageError', 'SecurityError', 'ProtocolError', 'InternalError'] as const;
export type StorageErrorKind = (typeof storageErrorKinds)[number];

export const storageResponseSchema = z.discriminatedUnion('result', [
  z.strictObject({ ...response, result: z.literal('Value'), key, value, version, updated_at: time, updated_by: who }),
  z.strictObject({ ...response, result: z.literal('Success'), key, version: version.optional() }),
  z.strictObject({
    ...response,
    result: z.literal('Keys'),
    keys: z.array(z.strictObject({ key, version, size_bytes: z.number().int().min(0), updated_at: time })).max(storageLimits.listItems),
    more: z.boolean(),
    digest: z.string().max(64).optional(),
  }),
  z.strictObject({
    ...response,
    result: z.literal('Error'),
    code: z.enum(storageErrorKinds),
    /** Code of `docs/errors.md`. */
    reason: z.string().regex(/^[A-Z_]{1,40}$/),
    message: z.string().max(1_000),
    held_version: version.optional(),
  }),
]);
export type StorageResponse = z.infer<typeof storageResponseSchema>;

/** Bytes of a value as it travels; undefined: it is no base64. */
export function decodeValue(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

export function encodeValue(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
