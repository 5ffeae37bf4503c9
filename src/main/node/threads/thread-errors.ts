import { type Executed, SignalboxError } from '../../../common/errors.ts';

/** What callers are told when a thread does not answer them. */
export interface ThreadErrors {
  /** It does not run, or ended before it answered. @param executed `no` when it was never asked */
  readonly stopped: (executed: Executed) => SignalboxError;
  /** Too many requests wait for it. */
  readonly busy: () => SignalboxError;
  /** It did not answer in the time that the request had. */
  readonly late: () => SignalboxError;
  /** Whoever asked stopped waiting. */
  readonly left: () => SignalboxError;
}

/** @param subject how a sentence begins with it, for example `The gateway of this node` */
export function threadErrors(subject: string): ThreadErrors {
  return {
    stopped: (executed) => new SignalboxError('INTERNAL', `${subject} has stopped.`, { executed }),
    busy: () => new SignalboxError('OVERLOADED', `${subject} has too much to do. Try again.`, { executed: 'no' }),
    late: () => new SignalboxError('TIMEOUT', `${subject} did not answer in time. It may still happen.`, { executed: 'maybe' }),
    left: () => new SignalboxError('CANCELLED', `${subject} is not waited for any more. It may still happen.`, { executed: 'maybe' }),
  };
}
