import type { SignalboxError } from '../../../../../common/errors.ts';

/** Why a node did not join, as far as a person has to know: keys of the texts `failure.*`. */
export type JoinFailure =
  | 'code'
  | 'inviter'
  | 'file'
  | 'number'
  | 'ended'
  | 'unreachable'
  | 'timeout'
  | 'clock'
  | 'self'
  | 'refused'
  | 'member'
  | 'often'
  | 'cluster'
  | 'middle'
  | 'key'
  | 'version'
  | 'gone'
  | 'other';

const byReason: Readonly<Record<string, JoinFailure>> = {
  inviter: 'inviter',
  damaged: 'file',
  commitment: 'inviter',
  number: 'number',
  ended: 'ended',
  expired: 'ended',
};

const byCode: Partial<Record<SignalboxError['code'], JoinFailure>> = {
  INVITE_INVALID: 'code',
  EXPIRED: 'ended',
  NODE_UNREACHABLE: 'unreachable',
  TIMEOUT: 'timeout',
  CLOCK: 'clock',
  SELF: 'self',
  FORBIDDEN: 'refused',
  CONFLICT: 'member',
  OVERLOADED: 'often',
  WRONG_CLUSTER: 'cluster',
  CHANNEL_BINDING: 'middle',
  KEY_WEAK: 'key',
  BAD_SIGNATURE: 'key',
  VERSION: 'version',
  NODE_LOST: 'gone',
  TOO_LARGE: 'file',
};

/** A stranger is told little on purpose (security.md 2.4), so several causes of a refused code are one failure. */
export function joinFailureOf(error: SignalboxError): JoinFailure {
  const reason = (error.data as { readonly reason?: unknown } | null | undefined)?.reason;
  const named = error.code === 'INVITE_INVALID' && typeof reason === 'string' ? byReason[reason] : undefined;
  return named ?? byCode[error.code] ?? 'other';
}
