/** A message of a queue as rows and inspector show it. */
import type { QueueMessageView } from '../../../../common/contract/queues.ts';

/** Characters of a value in a row. */
const previewCharacters = 256;

/** A message with the beginning of its text, made once when it came: rows are drawn often. */
export interface MessageRow {
  readonly message: QueueMessageView;
  readonly preview: string;
}

export function messageRow(message: QueueMessageView): MessageRow {
  return { message, preview: previewOf(message) };
}

function previewOf({ data, encoding, cut }: QueueMessageView): string {
  if (encoding === 'base64') return typeof data === 'string' ? oneLine(textOfBytes(bytesOf(data.slice(0, previewCharacters * 2)))) : '';
  const text = cut && typeof data === 'string' ? data : (JSON.stringify(data) ?? 'null');
  return oneLine(text);
}

/** A row is one line: breaks and other control characters become a middle dot. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
  return text.slice(0, previewCharacters).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, '·');
}

/** The bytes of base64 text; a rest that is no whole group is left out. */
export function bytesOf(base64: string): Uint8Array {
  const whole = base64.slice(0, base64.length - (base64.length % 4));
  try {
    return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Bytes as text; what is no UTF-8 becomes the replacement character. */
export function textOfBytes(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What the inspector shows of a message: bytes always, a value where it is JSON that is whole. */
export interface MessageContent {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly json: { readonly value: unknown } | undefined;
}

export function contentOf({ data, encoding, cut }: QueueMessageView): MessageContent {
  if (encoding === 'base64') {
    const bytes = bytesOf(typeof data === 'string' ? data : '');
    return { text: textOfBytes(bytes), bytes, json: undefined };
  }
  const text = typeof data === 'string' && cut ? data : (JSON.stringify(data) ?? 'null');
  const plain = typeof data === 'string' && !cut ? data : text;
  return { text: plain, bytes: new TextEncoder().encode(text), json: cut ? undefined : { value: data } };
}

/** Where in a filter the node found a fault: index of a character; undefined when it does not say. */
export function faultPosition(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if ('position' in data && typeof data.position === 'number') return data.position;
  if ('issues' in data && Array.isArray(data.issues)) return faultPosition(data.issues[0]);
  return undefined;
}
