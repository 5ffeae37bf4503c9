/** Messages that are longer than one answer of another node: brought in parts, put together here. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { QueueMessageView } from '../../../../common/contract/queues.ts';
import { SignalboxError } from '../../../../common/errors.ts';

/** Bytes of one part: as base64, with key and headers beside it, it fits into what one node may send another. */
export const partBytes = 262_144;
/** Longest message that is given whole: as base64 it fits into one result. */
export const wholeBytes = 6_000_000;

/** A part of a message, from an offset on. */
export type MessagePart = ResultOf<'queues.messagePart'>;

/**
 * A whole message; of one above {@link wholeBytes} the beginning, cut.
 *
 * @param ask brings the part that begins at an offset, bytes
 * @throws SignalboxError `BAD_REQUEST` when the parts make no message, and as `ask`
 */
export async function wholeMessage(ask: (offset: number) => Promise<MessagePart>): Promise<QueueMessageView> {
  const first = await ask(0);
  const { offset: _offset, part: _part, more: _more, ...head } = first;
  const { sizeBytes, encoding, at } = head;
  const isWhole = sizeBytes <= wholeBytes;
  const data = Buffer.alloc(isWhole ? sizeBytes : Math.min(sizeBytes, partBytes));
  let filled = 0;
  for (let part = first; ; part = await ask(filled)) {
    if (part.sizeBytes !== sizeBytes || part.at !== at) throw unfitting();
    const copied = Buffer.from(part.part, 'base64').copy(data, filled);
    filled += copied;
    if (filled === data.length) break;
    if (copied === 0) throw unfitting();
  }
  if (encoding === 'base64') return { ...head, data: data.toString('base64'), cut: !isWhole };
  if (!isWhole) return { ...head, data: new TextDecoder().decode(data, { stream: true }), cut: true };
  try {
    return { ...head, data: JSON.parse(data.toString('utf8')) as unknown, cut: false };
  } catch {
    throw unfitting();
  }
}

function unfitting(): SignalboxError {
  return new SignalboxError('BAD_REQUEST', 'The parts of the message that the node of the leader sent do not fit together. Ask again.', {
    executed: 'no',
  });
}
