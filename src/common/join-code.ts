/**
 * Join codes as people read them out and type them (security.md 2.3): 90 secret bits and 10 check bits in 20 characters. Nothing here
 * hashes: the node and the console each do that with what their platform has.
 */

/** Crockford's alphabet: no I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secretBytes = 12;
const checkBits = 10n;
const checkTag = 'SGBX/invite-check/v1';

export const joinCodeCharacters = 20;
const groupCharacters = 5;

/** What a code holds. */
export interface JoinCodeParts {
  /** 90 bits in 12 bytes, the first six bits zero. */
  readonly secret: Uint8Array;
  /** 0 to 1,023: {@link joinCodeCheckOf} of the digest of the secret, unless it was mistyped. */
  readonly check: number;
}

/** Why a text cannot be a join code. */
export type JoinCodeFault = { readonly fault: 'length'; readonly characters: number } | { readonly fault: 'character' };

/** A code as it was meant: any case, with or without dashes and spaces, I and L for 1, O for 0 (security.md row 58). */
export function normalizeJoinCode(typed: string): string {
  return typed.slice(0, 200).replaceAll(/[\s-]/g, '').toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
}

/** `XXXXX-XXXXX-XXXXX-XXXXX`, also of a code that is not whole yet. */
export function groupJoinCode(code: string): string {
  return code.match(new RegExp(`.{1,${groupCharacters}}`, 'g'))?.join('-') ?? '';
}

/** True for a character that a code can have. */
export function isJoinCodeCharacter(character: string): boolean {
  return character.length === 1 && alphabet.includes(character);
}

/** Writes a code, with dashes. */
export function encodeJoinCode({ secret, check }: JoinCodeParts): string {
  let value = (toNumber(secret) << checkBits) | BigInt(check);
  let code = '';
  for (let at = 0; at < joinCodeCharacters; at++) {
    code = alphabet[Number(value & 31n)] + code;
    value >>= 5n;
  }
  return groupJoinCode(code);
}

/** Reads a code as a person types it. Whether its check characters fit is for the caller to see. */
export function decodeJoinCode(typed: string): JoinCodeParts | JoinCodeFault {
  const code = normalizeJoinCode(typed);
  if (code.length !== joinCodeCharacters) return { fault: 'length', characters: code.length };
  let value = 0n;
  for (const character of code) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return { fault: 'character' };
    value = (value << 5n) | BigInt(digit);
  }
  return { secret: toBytes(value >> checkBits), check: Number(value & ((1n << checkBits) - 1n)) };
}

/** What is hashed with SHA-256 for the check characters. */
export function joinCodeCheckInput(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const input = new Uint8Array(checkTag.length + secret.length);
  for (let at = 0; at < checkTag.length; at++) input[at] = checkTag.charCodeAt(at);
  input.set(secret, checkTag.length);
  return input;
}

/** The check of a code, by the SHA-256 of {@link joinCodeCheckInput}. */
export function joinCodeCheckOf(digest: Uint8Array): number {
  return (((digest[0] ?? 0) << 8) | (digest[1] ?? 0)) & 1_023;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: secretBytes }, (_, at) => Number((value >> BigInt(8 * (secretBytes - 1 - at))) & 255n));
}
