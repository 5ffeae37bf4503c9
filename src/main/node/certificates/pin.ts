/** How a certificate is told from any other: the SHA-256 of its public key, which stays when the certificate is renewed with the same key. */
import { createHash, type X509Certificate } from 'node:crypto';
import { z } from 'zod';

const digestBytes = 32;

/** SHA-256 of the certificate's public key (SPKI), 64 lower-case hex digits: what browsers list as the fingerprint of the public key. */
export function pinOf(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * A pin as people write it: hex with or without colons and spaces, or base64 as curl and HPKP have it (`sha256//…`).
 *
 * @returns 64 lower-case hex digits; undefined when it is no SHA-256
 */
export function parsePin(text: string): string | undefined {
  const bare = text.trim().replace(/^sha256(?:\/\/?|:)/i, '');
  const hex = bare.replaceAll(/[\s:]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(bare)) return undefined;
  const bytes = Buffer.from(bare, 'base64');
  return bytes.length === digestBytes ? bytes.toString('hex') : undefined;
}

/** A setting that holds a pin, or nothing. */
export const pinSchema = z
  .string()
  .max(128)
  .refine((text) => text === '' || parsePin(text) !== undefined, 'the SHA-256 of a public key: 64 hex digits, or 44 of base64');
