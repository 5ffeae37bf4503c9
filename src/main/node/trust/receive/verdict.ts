import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';

/** What a refusal means for the standing of whoever sent it (security.md 2.7). */
export interface Verdict {
  readonly error: SignalboxError;
  /**
   * `ignore`: late, repeated, or a matter of clocks and load; nobody's fault. `reject`: something that an honest node never sends. It counts
   * against the node it came from, not against the one it names, who may know nothing of it.
   */
  readonly outcome: 'ignore' | 'reject';
}

const ignored: ReadonlySet<ErrorCode> = new Set(['EXPIRED', 'FUTURE', 'OVERLOADED', 'NOT_MEMBER', 'REVOKED', 'STORAGE_FULL', 'VERSION']);

/** Of `REPLAYED` (the sender was restored from an old copy) and of `DECRYPT` (a group key that is on its way). */
const ignoredReasons: ReadonlySet<string> = new Set(['epoch', 'missingKey']);

/** @throws whatever is no SignalboxError: a fault of ours */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof SignalboxError)) throw error;
  const reason = (error.data as { readonly reason?: string } | undefined)?.reason ?? '';
  const isNobodysFault = ignored.has(error.code) || ignoredReasons.has(reason);
  return { error, outcome: isNobodysFault ? 'ignore' : 'reject' };
}
