/** Join codes with their check (security.md 2.3, 2.11); how they are written is in `src/common/join-code.ts`. */
import { randomBytes } from 'node:crypto';
import { decodeJoinCode, encodeJoinCode, joinCodeCharacters, joinCodeCheckInput, joinCodeCheckOf } from '../../../../common/join-code.ts';
import { sha256 } from '../digest.ts';
import { refusal } from '../refusal.ts';

const secretBytes = 12;

/** A fresh secret: 90 random bits in 12 bytes, the first six bits zero. */
export function newInviteSecret(): Uint8Array {
  const secret = randomBytes(secretBytes);
  secret.writeUInt8((secret[0] ?? 0) & 0x03, 0);
  return new Uint8Array(secret);
}

const checkOf = (secret: Uint8Array) => joinCodeCheckOf(sha256(joinCodeCheckInput(secret)));

/** The code of a secret: `XXXXX-XXXXX-XXXXX-XXXXX`. */
export function joinCodeOf(secret: Uint8Array): string {
  return encodeJoinCode({ secret, check: checkOf(secret) });
}

/**
 * Reads a code as a person types it: any case, with or without dashes and spaces, I and L for 1, O for 0. A typing mistake is found here,
 * before anything is sent (security.md row 58).
 *
 * @returns the secret
 * @throws SignalboxError `INVITE_INVALID`
 */
export function readJoinCode(typed: string): Uint8Array {
  const read = decodeJoinCode(typed);
  if ('fault' in read)
    throw mistyped(
      read.fault === 'length'
        ? `A join code has ${joinCodeCharacters} characters; this has ${read.characters}.`
        : 'A character of the join code cannot be in one.',
    );
  if (checkOf(read.secret) !== read.check)
    throw mistyped('The join code was mistyped: its check characters do not fit. Compare it with what was read out.');
  return read.secret;
}

function mistyped(message: string) {
  return refusal('INVITE_INVALID', message, { reason: 'mistyped' });
}
