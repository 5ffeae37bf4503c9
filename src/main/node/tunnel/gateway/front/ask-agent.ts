import type { ResetCode, StreamEvents, TunnelStream } from '../../link/types.ts';
import type { AgentSession } from '../types.ts';
import type { ExchangeFacts } from './exchange-facts.ts';
import type { FrontContext } from './front-context.ts';
import * as answers from './gateway-answers.ts';
import { requestHead } from './request-head.ts';
import { withoutPrefix } from './request-target.ts';

/** What came of asking: a stream, or what the client is told in its place. */
export type Asked = { readonly stream: TunnelStream } | { readonly refusal: answers.Refusal };

/**
 * Puts a request that was let in to its agent. Who came in by other rules than the agent has now is looked at again.
 *
 * @param session up
 * @param nowMs on the monotonic clock
 */
export function askAgent(context: FrontContext, facts: ExchangeFacts, session: AgentSession, events: StreamEvents, nowMs: number): Asked {
  const { request, switched, head, match, remoteAddress, secure, expectsContinue, startedAtMs, passedAccess } = facts;
  const { agentId, strippedPrefix } = match;
  const gate = context.gates.of(session.access, nowMs);
  if (session.access !== passedAccess) {
    const barred = gate?.check(remoteAddress, head.authorization, nowMs);
    if (barred !== undefined) return { refusal: answers.barred(agentId, barred, gate?.retryAfterSeconds ?? 1) };
  }
  const url = request.url as string;
  const asked = requestHead(request, {
    kind: switched === undefined ? 'http' : 'upgrade',
    path: strippedPrefix === undefined ? url : withoutPrefix(url, strippedPrefix),
    bodyBytes: switched === undefined ? head.bodyBytes : undefined,
    remoteAddress,
    secure,
    via: context.via,
    expectsContinue,
    gatewayMicros: Math.round((nowMs - startedAtMs) * 1_000),
    dropAuthorization: facts.dropAuthorization || gate?.asksForCredentials === true,
    strippedPrefix,
  });
  try {
    return { stream: session.open(asked, events) };
  } catch (error) {
    const refusal = answers.afterOpen(agentId, error);
    if (refusal === undefined) context.onFault(error);
    return { refusal: refusal ?? answers.afterReset(agentId, 'broken') };
  }
}

/** Nothing of a first answer has been seen, and a second one does no harm (tunnel.md 8). @param code of the end of the first stream */
export function mayAskAgain({ request, head, switched }: ExchangeFacts, code: ResetCode): boolean {
  if (switched !== undefined || head.bodyBytes !== 0) return false;
  if (code === 'draining') return true;
  return code === 'linkLost' && (request.method === 'GET' || request.method === 'HEAD');
}
