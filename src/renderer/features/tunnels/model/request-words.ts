/** How one request is: tone of its status, whether it was slow, what can be done with it. */
import type { TunnelRequest } from '../../../../common/contract/tunnels.ts';

/** `failed`: an answer of 500 and above, or none at all; `refused`: the client's own fault, 400 to 499. */
export type RequestTone = 'failed' | 'refused' | 'plain' | 'open';

export function toneOf({ status, error, open }: Pick<TunnelRequest, 'status' | 'error' | 'open'>): RequestTone {
  if (error !== null || (status !== null && status >= 500)) return 'failed';
  if (status !== null && status >= 400) return 'refused';
  return open ? 'open' : 'plain';
}

/** An answer that took longer is marked. */
export const slowMs = 1_000;

/** A request that only reads may be sent again without a question (RFC 9110 section 9.2.1). */
export function isSafe(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

/** Text that says why the request cannot be sent to the service again; undefined: it can. */
export function noReplayReason({ kind }: Pick<TunnelRequest, 'kind'>): 'noReplay_websocket' | 'noReplay_tcp' | undefined {
  return kind === 'http' ? undefined : `noReplay_${kind}`;
}
