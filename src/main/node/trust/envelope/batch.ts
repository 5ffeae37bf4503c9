/** Several messages under one signature: each behind its length in four bytes (security.md 2.5). */
import { decodeItems, encodeItems } from '../length-prefixed.ts';
import { trustLimits } from '../limits.ts';

const bounds = { what: 'batch', items: trustLimits.batchItems, bytes: trustLimits.batchBytes } as const;

/** The payload of a batch. @throws SignalboxError `TOO_LARGE`, `INVALID_PARAMS` for none or an empty one */
export function encodeBatch(messages: readonly Uint8Array[]): Uint8Array {
  return encodeItems(messages, bounds);
}

/** The messages of a batch, all or none (security.md row 33). @throws SignalboxError `TOO_LARGE`, `INVALID_PARAMS` */
export function decodeBatch(payload: Uint8Array): readonly Uint8Array[] {
  return decodeItems(payload, bounds);
}
