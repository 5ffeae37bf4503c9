/** Several messages under one signature: each behind its length in four bytes (security.md 2.5). */
import { ByteReader, u32 } from '../byte-reader.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

/**
 * The payload of a batch.
 *
 * @throws SignalboxError `TOO_LARGE` for more items or bytes than a batch may have, `INVALID_PARAMS` for none or an empty one
 */
export function encodeBatch(items: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat(items.flatMap((item) => [u32(item.length), item]));
  if (items.length > trustLimits.batchItems || bytes.length > trustLimits.batchBytes)
    throw refusal('TOO_LARGE', `A batch of ${items.length} messages and ${bytes.length} bytes is too large.`);
  if (items.length === 0 || items.some((item) => item.length === 0)) throw refusal('INVALID_PARAMS', 'A batch holds messages, none empty.');
  return bytes;
}

/**
 * The messages of a batch, all or none (security.md row 33).
 *
 * @throws SignalboxError `TOO_LARGE`, `INVALID_PARAMS`
 */
export function decodeBatch(payload: Uint8Array): readonly Uint8Array[] {
  if (payload.length > trustLimits.batchBytes) throw refusal('TOO_LARGE', `A batch of ${payload.length} bytes is too large.`);
  const reader = new ByteReader(payload, 'batch');
  const items: Uint8Array[] = [];
  while (reader.rest > 0) {
    const length = reader.u32();
    if (length === 0) throw reader.invalid('a message in it is empty');
    if (items.length === trustLimits.batchItems) throw refusal('TOO_LARGE', 'A batch holds too many messages.');
    items.push(reader.take(length));
  }
  if (items.length === 0) throw reader.invalid('it holds nothing');
  return items;
}
