/** What passes between communicators: batches of envelopes, see batch-reader.ts and batch-writer.ts, and what was taken of them (wire.md 3). */
import { z } from 'zod';
import { errorCodes, SignalboxError } from '../../../../common/errors.ts';
import { communicatorLimits } from './limits.ts';

export const batchType = 'Envelopes';
export const takenType = 'EnvelopesTaken';

/** Ids of messages. */
export const messageIdPattern = /^[A-Za-z0-9-]{8,64}$/;
const messageId = z.string().regex(messageIdPattern);
const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const takenSchema = z.strictObject({
  type: z.literal(takenType),
  seq: sequence,
  refused: z
    .array(z.strictObject({ message_id: messageId, code: z.string().max(64), message: z.string().max(512) }))
    .max(communicatorLimits.batchMessages),
});
export type Taken = z.infer<typeof takenSchema>;
export type Refusal = Taken['refused'][number];

/** @throws SignalboxError `INVALID_PARAMS` */
export function readTaken(message: unknown): Taken {
  const parsed = takenSchema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'What a peer says it has taken is not valid.', { executed: 'no' });
}

export function takenText(seq: number, refusals: readonly Refusal[]): string {
  return JSON.stringify({ type: takenType, seq, refused: refusals });
}

/** What a peer is told of a message that was refused. The code says what to do about it; a text of any length is cut. */
export function refusalOf(id: string, error: SignalboxError): Refusal {
  return { message_id: id, code: error.code, message: error.message.slice(0, 512) };
}

/** The error that a peer answered with. */
export function errorOf({ code, message }: Refusal): SignalboxError {
  return (errorCodes as readonly string[]).includes(code)
    ? SignalboxError.fromShape({ code, message })
    : new SignalboxError('INTERNAL', message, { data: { unknownCode: code } });
}
