/** What the gateway says in place of a service (wire.md 5: 404, 502, 503, 504; and the bounds of security.md row 57). */
import { SignalboxError } from '../../../../../common/errors.ts';
import type { ResetCode } from '../../link/types.ts';
import type { FrontRefusal } from '../types.ts';
import type { ErrorAnswer } from './error-answer.ts';

/** An answer that is counted by its reason. */
export interface Refusal extends ErrorAnswer {
  readonly refusal: FrontRefusal | undefined;
}

const retryAfterSeconds = 5;

/** Nobody of that name. @param agentId undefined: the host names none */
export function noAgent(agentId: string | undefined): Refusal {
  const message =
    agentId === undefined
      ? 'No agent answers for this address.'
      : `The agent ${agentId} is not connected to this gateway. Start it, or correct the first part of the host name.`;
  return { status: 404, code: 'no-agent', message, agentId, refusal: 'no-agent' };
}

/** The agent exists and cannot take this now. */
export function busy(agentId: string, refusal: 'requests' | 'agent-busy' | 'agent-draining' | 'waiting-full' | 'stopping'): Refusal {
  const why = {
    requests: 'The gateway has as many requests on their way as it takes.',
    stopping: 'The gateway is stopping and takes no new requests.',
    'agent-busy': `The agent ${agentId} has as many requests on their way as it takes.`,
    'agent-draining': `The agent ${agentId} is stopping and takes no new requests.`,
    'waiting-full': `The agent ${agentId} is reconnecting, and too many requests wait for it.`,
  }[refusal];
  return { status: 503, code: refusal, message: `${why} Try again in ${retryAfterSeconds} s.`, agentId, refusal, retryAfterSeconds };
}

/** The agent was away and did not come back. */
export function notBack(agentId: string): Refusal {
  const message = `The agent ${agentId} lost its connection and has not come back. Try again in ${retryAfterSeconds} s.`;
  return { status: 503, code: 'agent-away', message, agentId, refusal: 'no-agent', retryAfterSeconds };
}

/** The request goes round (RFC 5842 section 7.2). */
export const loop: Refusal = {
  status: 508,
  code: 'loop',
  message: 'This request has come by a gateway too often. The target of a tunnel leads back to its gateway: set it to the local service.',
  refusal: 'loop',
};

/** A body in chunks that bring too much besides it. */
export const chunkFraming: Refusal = {
  status: 400,
  code: 'malformed',
  message: 'The chunks of the request carry more besides its body than this gateway reads.',
  refusal: 'malformed',
};

/** A rule turned the client away. */
export function barred(agentId: string, refusal: 'address' | 'credentials' | 'rate', waitSeconds: number): Refusal {
  if (refusal === 'rate') {
    const message = `More requests than the rules of this address allow. Try again in ${waitSeconds} s.`;
    return { status: 429, code: 'rate', message, agentId, refusal, retryAfterSeconds: waitSeconds };
  }
  if (refusal === 'credentials') {
    const message = 'This address asks for a name and a password.';
    return { status: 401, code: 'credentials', message, agentId, refusal, asksForCredentials: true };
  }
  return { status: 403, code: 'address', message: 'The rules of this address do not allow your network.', agentId, refusal };
}

/** The agent has given no head in time. */
export function overdue(agentId: string, seconds: number): ErrorAnswer {
  return { status: 504, code: 'no-answer', message: `The service behind ${agentId} has not answered within ${seconds} s.`, agentId };
}

/** The client has stopped sending its body. */
export function clientTooSlow(agentId: string): ErrorAnswer {
  return { status: 408, code: 'slow-body', message: 'The rest of the request did not come.', agentId };
}

/** An answer that cannot be sent on. @param why for people */
export function badAnswer(agentId: string, why: string): ErrorAnswer {
  return { status: 502, code: 'bad-answer', message: `The answer of the service behind ${agentId} cannot be sent on. ${why}`, agentId };
}

/** A stream that ended before there was an answer. */
export function afterReset(agentId: string, code: ResetCode): Refusal {
  const of = (status: number, errorCode: string, message: string): Refusal => ({
    status,
    code: errorCode,
    message,
    agentId,
    refusal: undefined,
  });
  switch (code) {
    case 'draining':
      return busy(agentId, 'agent-draining');
    case 'timeout':
      return of(504, 'no-answer', `The service behind ${agentId} has not answered in time.`);
    case 'tooLarge':
      return { ...of(413, 'body-too-large', `The request is larger than the agent ${agentId} takes.`), refusal: 'body-too-large' };
    case 'forbidden':
      return of(502, 'target-forbidden', `The agent ${agentId} may not reach the service that it is set to.`);
    case 'refused':
      return of(
        502,
        'service-unreachable',
        `The agent ${agentId} is connected, its local service is not to be reached. Start the service.`,
      );
    case 'linkLost':
      return of(502, 'agent-lost', `The connection to the agent ${agentId} broke before there was an answer.`);
    default:
      return of(502, 'service-broke', `The service behind ${agentId} broke off before there was an answer.`);
  }
}

/** What {@link AgentSession.open} has thrown; undefined: nothing that is expected. */
export function afterOpen(agentId: string, error: unknown): Refusal | undefined {
  if (!(error instanceof SignalboxError)) return undefined;
  switch (error.code) {
    case 'LIMIT':
      return busy(agentId, 'agent-busy');
    case 'OVERLOADED':
      return busy(agentId, 'agent-draining');
    case 'TOO_LARGE':
      return afterReset(agentId, 'tooLarge');
    case 'NODE_LOST':
      return afterReset(agentId, 'linkLost');
    default:
      return undefined;
  }
}
