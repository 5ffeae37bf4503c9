/** Frames of joining, with a code or by asking: JSON, or the refusal of the other side. */
import type { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { decodeRefusable } from '../links/index.ts';

export function encodeJoining(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** @throws SignalboxError `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE`; that of the refusal when the frame is one */
export function decodeJoining<T>(schema: z.ZodType<T>, frame: Buffer): T {
  const parsed = schema.safeParse(decodeRefusable(frame));
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'What the other node said about joining is not valid.', { executed: 'no' });
}
