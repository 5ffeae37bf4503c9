import { bytesOf, textOfBytes } from '../bytes.ts';
import type { TunnelRequestDetail } from '../contract/tunnels.ts';
import { type HeaderList, headerOf } from './headers.ts';

export type CapturedBody = NonNullable<TunnelRequestDetail['requestBody']>;

/** So much of a body is unpacked, bytes: a small one may hold gigabytes. */
export const unpackedLimitBytes = 1_048_576;

/** What came out of a packed body. */
export interface UnpackedBody {
  readonly bytes: Uint8Array;
  /** whole: all of it; limit: its beginning, up to {@link unpackedLimitBytes}; broken: what came before a piece that is missing or damaged */
  readonly end: 'whole' | 'limit' | 'broken';
}

/** A captured body, as far as it can be read. */
export interface BodyContent {
  /** Unpacked when that was done, else as they were sent. */
  readonly bytes: Uint8Array;
  /** Empty while the body is packed. */
  readonly text: string;
  /** When it is whole and is some. */
  readonly json: { readonly value: unknown } | undefined;
  /** The bytes are no text, or packed: only a dump of them says anything. */
  readonly binary: boolean;
  /** Encodings that it was sent with, outermost last, for example `gzip`; empty: none. */
  readonly packedWith: readonly string[];
}

/** Types that are text whatever they are named. */
const textTypes = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript|x-www-form-urlencoded|graphql|yaml))/i;
/** So much of a body of unknown type is looked at. */
const lookedAtCharacters = 4_096;

/**
 * Reads a body.
 *
 * @param headers of the same message
 * @param unpacked what came out of it, if it is packed and that was done
 */
export function bodyContent(body: CapturedBody, headers: HeaderList, unpacked?: UnpackedBody): BodyContent {
  const packedWith = packedWithOf(headers);
  const bytes = unpacked?.bytes ?? bytesOf(body.base64);
  const isPacked = packedWith.length > 0 && unpacked === undefined;
  const isWhole = !body.truncated && (unpacked === undefined || unpacked.end === 'whole');
  const text = isPacked ? '' : textOfBytes(bytes);
  const says = textTypes.test(headerOf(headers, 'content-type') ?? '');
  const binary = isPacked || (!says && hasControls(text));
  return { bytes, text, binary, json: binary || !isWhole ? undefined : parsed(text), packedWith };
}

/** Encodings of a body in the order in which they were applied (RFC 9110 section 8.4). */
export function packedWithOf(headers: HeaderList): readonly string[] {
  return (headerOf(headers, 'content-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
}

function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text.slice(0, lookedAtCharacters));
}

function parsed(text: string): BodyContent['json'] {
  if (!/^\s*[[{"\d-]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
