import { SignalboxError } from '../../common/errors.ts';

/** What was caught, as an error with a code: `INTERNAL` for anything that is not one of ours. */
export function asSignalboxError(error: unknown): SignalboxError {
  return error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', error instanceof Error ? error.message : String(error));
}
