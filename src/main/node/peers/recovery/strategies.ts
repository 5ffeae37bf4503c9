/** One strategy for each class of errors, each a function of its own (seed 3, recover_from_error; security.md 2.7, Error -> recovery). */
import { SignalboxError } from '../../../../common/errors.ts';
import type { Recovery } from '../oversight.ts';
import type { ErrorClass } from './error-classes.ts';

export const recoveryLimits = {
  /** First and longest pause between two attempts, milliseconds; it doubles in between. */
  retryFirstMs: 250,
  retryLongestMs: 30_000,
  /** The most that a peer which asks for time is given, milliseconds. */
  retryAfterAtMostMs: 300_000,
  /** Milliseconds without an attempt after a peer could not prove itself, or this node not to it. */
  restMs: 300_000,
  /** Milliseconds for which people are told of an error that does not happen again: longer than such a rest. */
  toldMs: 600_000,
  /** Attempts after which a fault inside a node is taken for one that stays. */
  internalAttempts: 3,
} as const;

/** What a strategy decides by. */
export interface Failure {
  readonly error: unknown;
  /** How often the message was sent, from 1. */
  readonly attempt: number;
  /** `here`: this node could not do its part. `there`: the peer refused, or nothing came of it. */
  readonly where: 'here' | 'there';
  /** 0 to 1. */
  readonly random: () => number;
}

type Strategy = (failure: Failure) => Recovery;

/** Tried again after a pause between half of 250 ms and a ceiling that doubles with each attempt up to 30 s. */
export const retryWithJitter: Strategy = ({ attempt, random }) => {
  const { retryFirstMs, retryLongestMs } = recoveryLimits;
  const ceilingMs = Math.min(retryLongestMs, retryFirstMs * 2 ** Math.min(attempt - 1, 16));
  return { action: 'retry', afterMs: Math.round(retryFirstMs / 2 + random() * (ceilingMs - retryFirstMs / 2)) };
};

/** The peer says when; if it does not, as after a lost connection. */
export const honourRetryAfter: Strategy = (failure) => {
  const data =
    failure.error instanceof SignalboxError ? (failure.error.data as { readonly retryAfterMs?: unknown } | undefined) : undefined;
  const askedMs = data?.retryAfterMs;
  if (typeof askedMs !== 'number' || !Number.isFinite(askedMs)) return retryWithJitter(failure);
  return { action: 'retry', afterMs: Math.min(recoveryLimits.retryAfterAtMostMs, Math.max(recoveryLimits.retryFirstMs, askedMs)) };
};

/** Whoever could not prove itself does not do better a moment later. */
export const restAndAlert: Strategy = () => ({ action: 'rest', forMs: recoveryLimits.restMs });

export const failMessage: Strategy = () => ({ action: 'fail' });

/** The same bytes would be refused again. */
export const putAside: Strategy = ({ error }) => ({
  action: 'deadLetter',
  reason: error instanceof Error ? error.message : String(error),
});

/** Once more after the clocks were compared; then it is the message that is too old or too new. */
export const measureClockOnce: Strategy = ({ attempt }) => (attempt === 1 ? { action: 'measureClock' } : { action: 'fail' });

/** A full disk here: nothing more is promised. One there: it says so until it has room, and the message waits. */
export const stopAccepting: Strategy = (failure) => (failure.where === 'here' ? { action: 'stopAccepting' } : retryWithJitter(failure));

/** A fault may pass; one that does not is no reason to try for ever. */
export const retryThenPutAside: Strategy = (failure) =>
  failure.attempt < recoveryLimits.internalAttempts ? retryWithJitter(failure) : putAside(failure);

export const strategies: Readonly<Record<ErrorClass, Strategy>> = {
  connectionFailed: retryWithJitter,
  timeout: retryWithJitter,
  overloaded: honourRetryAfter,
  authentication: restAndAlert,
  authorisation: failMessage,
  protocol: putAside,
  validation: putAside,
  clock: measureClockOnce,
  storage: stopAccepting,
  internal: retryThenPutAside,
};
