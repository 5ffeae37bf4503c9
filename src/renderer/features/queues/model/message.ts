/** A message of a queue as rows and inspector show it. */

import { bytesOf, textOfBytes } from '../../../../common/bytes.ts';
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
