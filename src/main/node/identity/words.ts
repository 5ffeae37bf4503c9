/** Keys as words that can be read over a radio and written on paper (BIP-39, English). */
import { createHash } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { SignalboxError } from '../../../common/errors.ts';
import { type Signer, signerFromSeed } from './identity.ts';

const recoveryWords = 24;
const fingerprintWords = 8;

/** The 24 words of a recovery key's 32-byte seed; shown once (security.md 2.3). */
export function recoveryWordsOf(keySeed: Uint8Array): readonly string[] {
  return entropyToMnemonic(keySeed, wordlist).split(' ');
}

/**
 * The recovery key of 24 words as a person types them: any case, any spaces or line ends, the first four letters of a word suffice.
 *
 * @throws SignalboxError `INVALID_PARAMS`; `data.unknown` holds the positions, from 1, of words that are not in the list
 */
export function recoverySigner(typed: string): Signer {
  const words = typed
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  if (words.length !== recoveryWords) throw wrong(`There are ${words.length} words; it takes ${recoveryWords}.`);
  const whole = words.map((word) => wordlist.find((known) => known === word || (word.length >= 4 && known.startsWith(word))));
  const unknown = whole.flatMap((word, at) => (word === undefined ? [at + 1] : []));
  if (unknown.length > 0) throw wrong(`Not in the list: word ${unknown.join(', ')}. Look at the paper again.`, { unknown });
  let keySeed: Uint8Array;
  try {
    keySeed = mnemonicToEntropy(whole.join(' '), wordlist);
  } catch {
    throw wrong('The words are all in the list but do not belong together. One of them is another one, or two have changed places.');
  }
  return signerFromSeed(keySeed);
}

function wrong(message: string, data?: unknown): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', message, { executed: 'no', ...(data !== undefined && { data }) });
}

/** How people compare a key. */
export interface Fingerprint {
  /** Eight words: the first 88 bits of the key's SHA-256. */
  readonly words: readonly string[];
  /** Its first 16 bytes in groups of four digits. */
  readonly hex: string;
}

/** The fingerprint of a public key of 32 bytes. */
export function fingerprintOf(publicKey: Uint8Array): Fingerprint {
  const digest = createHash('sha256').update(publicKey).digest('hex');
  const bits = BigInt(`0x${digest.slice(0, 22)}`);
  const words = Array.from({ length: fingerprintWords }, (_, at) => {
    const index = Number((bits >> BigInt(11 * (fingerprintWords - 1 - at))) & 2_047n);
    return wordlist[index] ?? '';
  });
  return { words, hex: digest.slice(0, 32).replaceAll(/(.{4})(?=.)/g, '$1 ') };
}
