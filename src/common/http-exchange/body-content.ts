import { bytesOf, textOfBytes } from '../bytes.ts';
import type { TunnelRequestDetail } from '../contract/tunnels.ts';
import { type HeaderList, headerOf } from './headers.ts';

export type CapturedBody = NonNullable<TunnelRequestDetail['requestBody']>;

/** A captured body, as far as it can be read without unpacking it. */
export interface BodyContent {
  /** As they were sent. */
  readonly bytes: Uint8Array;
  /** Empty when the body is packed. */
  readonly text: string;
  /** When it is whole and is some. */
  readonly json: { readonly value: unknown } | undefined;
  /** The bytes are no text, or packed: only a dump of them says anything. */
  readonly binary: boolean;
  /** Encodings that it is packed with, outermost last, for example `gzip`; empty: none. */
  readonly packedWith: readonly string[];
}

/** Types that are text whatever they are named. */
const textTypes = /^(text\/|application\/([\w.+-]*\+)?(json|xml|javascript|x-www-form-urlencoded|graphql|yaml))/i;
/** So much of a body of unknown type is looked at. */
const lookedAtCharacters = 4_096;

/** Reads a body. @param headers of the same message */
export function bodyContent(body: CapturedBody, headers: HeaderList): BodyContent {
  const bytes = bytesOf(body.base64);
  const packedWith = (headerOf(headers, 'content-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const text = packedWith.length > 0 ? '' : textOfBytes(bytes);
  const says = textTypes.test(headerOf(headers, 'content-type') ?? '');
  const binary = packedWith.length > 0 || (!says && hasControls(text));
  return { bytes, text, binary, json: binary || body.truncated ? undefined : parsed(text), packedWith };
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
