import { type ErrorCode, errorCodes, SignalboxError } from '../../../../../common/errors.ts';

/** What another node failed with, as an error of the console. A code of a later version is a fault of that node. */
export function nodeFailure({ code, message }: { readonly code: string; readonly message: string }): SignalboxError {
  return new SignalboxError(errorCodes.find((known): known is ErrorCode => known === code) ?? 'INTERNAL', message);
}
