import { SignalboxError } from '../../../common/errors.ts';

/** Base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Reads base64url that came from outside. `Buffer` passes over foreign characters and takes several texts for the same bytes, so
 * what it gives is encoded again and compared (security.md F7).
 *
 * @param what named in the error, for example `signature`
 * @param length bytes it must have
 * @throws SignalboxError `INVALID_PARAMS`
 */
export function fromBase64url(text: string, what: string, length?: number): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (toBase64url(bytes) !== text) throw badEncoding(what, 'it is not base64url');
  if (length !== undefined && bytes.length !== length) throw badEncoding(what, `it has ${bytes.length} bytes instead of ${length}`);
  return bytes;
}

export function badEncoding(what: string, why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The ${what} is refused: ${why}.`, { executed: 'no' });
}

/** True when both hold the same bytes. Not for secrets: it stops at the first difference. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
