import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';

/** The refusal of something that another node sent. Nothing of it took effect. */
export function refusal(code: ErrorCode, message: string, data?: unknown): SignalboxError {
  return new SignalboxError(code, message, { executed: 'no', ...(data !== undefined && { data }) });
}
