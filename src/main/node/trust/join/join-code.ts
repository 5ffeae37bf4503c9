/** Join codes: 90 secret bits and 10 check bits as 20 characters that can be read over a radio (security.md 2.3, 2.11). */
import { randomBytes } from 'node:crypto';
import { sha256 } from '../digest.ts';
import { refusal } from '../refusal.ts';

/** Crockford's alphabet: no I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeCharacters = 20;
const secretBytes = 12;
const secretMask = (1n << 90n) - 1n;
const checkTag = Buffer.from('SGBX/invite-check/v1', 'latin1');

/** A fresh secret: 90 random bits in 12 bytes, the first six bits zero. */
export function newInviteSecret(): Uint8Array {
  const secret = randomBytes(secretBytes);
  secret.writeUInt8((secret[0] ?? 0) & 0x03, 0);
  return new Uint8Array(secret);
}

function checkBits(secret: Uint8Array): bigint {
  const digest = sha256(checkTag, secret);
  return BigInt((((digest[0] ?? 0) << 8) | (digest[1] ?? 0)) & 1_023);
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** The code of a secret: `XXXXX-XXXXX-XXXXX-XXXXX`. */
export function joinCodeOf(secret: Uint8Array): string {
  let value = ((toNumber(secret) & secretMask) << 10n) | checkBits(secret);
  let code = '';
  for (let at = 0; at < codeCharacters; at++) {
    code = alphabet[Number(value & 31n)] + code;
    value >>= 5n;
  }
  return code.match(/.{5}/g)?.join('-') ?? code;
}

/**
 * Reads a code as a person types it: any case, with or without dashes and spaces, I and L for 1, O for 0. A typing mistake is found here,
 * before anything is sent (security.md row 58).
 *
 * @returns the secret
 * @throws SignalboxError `INVITE_INVALID`
 */
export function readJoinCode(typed: string): Uint8Array {
  const code = typed.slice(0, 200).replaceAll(/[\s-]/g, '').toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  if (code.length !== codeCharacters) throw mistyped(`A join code has ${codeCharacters} characters; this has ${code.length}.`);
  let value = 0n;
  for (const character of code) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw mistyped('A character of the join code cannot be in one.');
    value = (value << 5n) | BigInt(digit);
  }
  const secret = new Uint8Array(Buffer.from((value >> 10n).toString(16).padStart(secretBytes * 2, '0'), 'hex'));
  if (checkBits(secret) !== (value & 1_023n))
    throw mistyped('The join code was mistyped: its check characters do not fit. Compare it with what was read out.');
  return secret;
}

function mistyped(message: string) {
  return refusal('INVITE_INVALID', message, { reason: 'mistyped' });
}
