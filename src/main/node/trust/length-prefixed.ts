import { ByteReader, u32 } from './byte-reader.ts';
import { refusal } from './refusal.ts';

export interface ItemBounds {
  /** Named in errors. */
  readonly what: string;
  readonly items: number;
  /** All items together with their lengths. */
  readonly bytes: number;
}

/**
 * Items one behind the other, each behind its length in four bytes.
 *
 * @throws SignalboxError `TOO_LARGE` for more items or bytes than there may be, `INVALID_PARAMS` for none or an empty one
 */
export function encodeItems(items: readonly Uint8Array[], { what, ...most }: ItemBounds): Uint8Array {
  const bytes = Buffer.concat(items.flatMap((item) => [u32(item.length), item]));
  if (items.length > most.items || bytes.length > most.bytes)
    throw refusal('TOO_LARGE', `A ${what} of ${items.length} items and ${bytes.length} bytes is too large.`);
  if (items.length === 0 || items.some((item) => item.length === 0)) throw refusal('INVALID_PARAMS', `A ${what} holds items, none empty.`);
  return bytes;
}

/**
 * All items or none; views of what was given.
 *
 * @throws SignalboxError `TOO_LARGE`, `INVALID_PARAMS`
 */
export function decodeItems(bytes: Uint8Array, { what, ...most }: ItemBounds): readonly Uint8Array[] {
  if (bytes.length > most.bytes) throw refusal('TOO_LARGE', `A ${what} of ${bytes.length} bytes is too large.`);
  const reader = new ByteReader(bytes, what);
  const items: Uint8Array[] = [];
  while (reader.rest > 0) {
    const length = reader.u32();
    if (length === 0) throw reader.invalid('an item in it is empty');
    if (items.length === most.items) throw refusal('TOO_LARGE', `A ${what} holds too many items.`);
    items.push(reader.take(length));
  }
  if (items.length === 0) throw reader.invalid('it holds nothing');
  return items;
}
