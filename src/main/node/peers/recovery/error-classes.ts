/** Which errors are alike for whoever has to go on after them (security.md 2.7, Error -> recovery). */
import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { NetworkError } from '../communicator/index.ts';

export const errorClasses = [
  'connectionFailed',
  'timeout',
  'overloaded',
  'authentication',
  'authorisation',
  'protocol',
  'validation',
  'clock',
  'storage',
  'internal',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

const codes: Readonly<Record<ErrorClass, readonly ErrorCode[]>> = {
  connectionFailed: ['NODE_UNREACHABLE', 'NODE_LOST', 'CIRCUIT_OPEN', 'SELF'],
  timeout: ['TIMEOUT', 'CANCELLED'],
  overloaded: ['OVERLOADED', 'QUEUE_FULL', 'LIMIT', 'NOT_LEADER', 'NO_QUORUM'],
  authentication: [
    'BAD_SIGNATURE',
    'CHANNEL_BINDING',
    'PIN',
    'UNAUTHENTICATED',
    'KEY_WEAK',
    'DECRYPT',
    'REPLAYED',
    'IDENTITY_LOCKED',
    'INVITE_INVALID',
  ],
  authorisation: ['FORBIDDEN', 'REVOKED', 'NOT_MEMBER', 'WRONG_CLUSTER', 'STALE_MEMBERSHIP', 'APPROVAL_REQUIRED'],
  protocol: ['VERSION', 'BAD_REQUEST', 'METHOD_NOT_FOUND'],
  validation: ['INVALID_PARAMS', 'TOO_LARGE', 'NOT_FOUND', 'CONFLICT', 'PRODUCER_FENCED', 'PRODUCER_GAP', 'PRODUCER_DUPLICATE_LOST'],
  clock: ['CLOCK', 'FUTURE', 'EXPIRED'],
  storage: ['STORAGE_FULL', 'STORAGE_CORRUPT'],
  internal: ['INTERNAL'],
};

const classes: ReadonlyMap<string, ErrorClass> = new Map(
  errorClasses.flatMap((errorClass) => codes[errorClass].map((code) => [code, errorClass] as const)),
);

const kinds: Readonly<Record<ErrorClass, NetworkError>> = {
  connectionFailed: 'ConnectionFailed',
  timeout: 'Timeout',
  overloaded: 'Timeout',
  authentication: 'SecurityError',
  authorisation: 'SecurityError',
  protocol: 'ProtocolError',
  validation: 'ValidationFailed',
  clock: 'ProtocolError',
  storage: 'StorageError',
  internal: 'InternalError',
};

/** What kind of error this is for recovery; a fault of ours, which has no code, is `internal`. */
export function classOf(error: unknown): ErrorClass {
  return (error instanceof SignalboxError ? classes.get(error.code) : undefined) ?? 'internal';
}

/** The name under which seed 3 knows errors of a class. */
export function networkErrorOf(errorClass: ErrorClass): NetworkError {
  return kinds[errorClass];
}
