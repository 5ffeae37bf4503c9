/** Why a sign-in to a gateway did not succeed, in words, and whether another try is of use. */

export interface SignInFailure {
  readonly code: string;
  readonly message: string;
  /** seldom: trying again soon can only fail again, something has to be changed first; never: it would do harm. */
  readonly again: 'soon' | 'seldom' | 'never';
  /** As the gateway asks, milliseconds; undefined: it does not. */
  readonly retryAfterMs: number | undefined;
}

/** A sign-in that did not succeed. */
export class SignInFailed extends Error {
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure) {
    super(failure.message);
    this.name = 'SignInFailed';
    this.failure = failure;
  }
}

const mostRetryAfterMs = 600_000;

/** A failure that passes, or may. */
export function passing(code: string, message: string, retryAfterMs?: number): SignInFailed {
  return new SignInFailed({ code, message, again: 'soon', retryAfterMs });
}

/** A failure that stays until somebody changes something. */
export function lasting(code: string, message: string): SignInFailed {
  return new SignInFailed({ code, message, again: 'seldom', retryAfterMs: undefined });
}

/** A failure after which the agent stays away until a person says otherwise. */
export function final(code: string, message: string): SignInFailed {
  return new SignInFailed({ code, message, again: 'never', retryAfterMs: undefined });
}

/** What a gateway said instead of letting the agent in. */
export function refusal(code: string, message: string, retryAfterMs: number): SignInFailed {
  switch (code) {
    case 'UNAUTHENTICATED':
    case 'UNAUTHORIZED':
      return lasting(
        'UNAUTHENTICATED',
        'The gateway refused the sign-in: the token is unknown or revoked, its secret is another, or the clocks of the two machines are more than a minute apart.',
      );
    case 'CONFLICT':
      // Of the name or of the public port: the gateway says which.
      return lasting(
        code,
        message === '' ? 'Another agent of this name is signed in at the gateway, and its token does not let a second one in.' : message,
      );
    case 'FORBIDDEN':
    case 'INVALID_PARAMS':
    case 'REVOKED':
      return lasting(code, message);
    default:
      return passing(
        code === '' ? 'NODE_UNREACHABLE' : code,
        message === '' ? 'The gateway refused the sign-in.' : message,
        retryAfterMs || undefined,
      );
  }
}

/** The gateway answered the request for a WebSocket with a status of HTTP. @param retryAfter the header of that name */
export function refusedUpgrade(status: number, retryAfter: string | undefined): SignInFailed {
  const waitMs = /^\d{1,6}$/.test(retryAfter ?? '') ? Math.min(Number(retryAfter) * 1_000, mostRetryAfterMs) : undefined;
  if (status === 429)
    return passing('OVERLOADED', 'The gateway takes no sign-in from this address for now, after several that failed.', waitMs);
  if (status === 503) return passing('OVERLOADED', 'The gateway takes no more agents at the moment.', waitMs);
  if (status === 404 || status === 200 || status === 426)
    return lasting('NOT_FOUND', `There is no gateway at that address: it answered ${status}. The address ends in /tunnel as a rule.`);
  return passing('NODE_UNREACHABLE', `The gateway answered ${status} instead of taking the connection.`, waitMs);
}

/** A connection that did not come to be. @param where host and port of the gateway */
export function connectFailure(error: NodeJS.ErrnoException, where: string): SignInFailed {
  const { code = '', message } = error;
  switch (code) {
    case 'ECONNREFUSED':
      return passing('NODE_UNREACHABLE', `Nothing listens on ${where}.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return passing('NODE_UNREACHABLE', `The name of the gateway (${where}) leads to no address from here.`);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return lasting('NODE_UNREACHABLE', `${where} does not speak TLS. Write the address with ws:// if it is meant to be plain.`);
    default:
      break;
  }
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT') || code.includes('SELF_SIGNED') || code.startsWith('UNABLE_TO_'))
    return lasting('PIN', `The certificate of ${where} is not of a known authority, or is for another name (${code}).`);
  if (/no subprotocol|invalid subprotocol/i.test(message))
    return lasting('VERSION', `The gateway at ${where} is of the first system. Turn on its sign-in for this tunnel if that is meant.`);
  return passing('NODE_UNREACHABLE', `The gateway at ${where} cannot be reached (${code || message}).`);
}
