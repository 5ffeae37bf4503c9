import { LRUCache } from 'lru-cache';
import type { Principal } from '../../../common/roles.ts';

/** However many consoles look, the nodes are asked once in this time. */
const keptMs = 1_000;
/** Different questions whose answers are kept. */
const keptAnswers = 64;

type Ask<P, R> = (params: P, principal: Principal) => Promise<R>;

/**
 * Asks once for all who ask the same at the same time, and for those who ask within a second after the answer. Who may do
 * other things is asked for apart: nodes answer by role.
 *
 * @param ask asks other nodes
 */
export function sharedAnswers<P, R extends object>(ask: Ask<P, R>): Ask<P, R> {
  const cache = new LRUCache<string, R, { readonly params: P; readonly principal: Principal }>({
    max: keptAnswers,
    ttl: keptMs,
    // The default is the clock of when the package was loaded, which a test can no longer replace.
    perf: performance,
    // Who was promised an answer gets it, also when it is no longer kept.
    ignoreFetchAbort: true,
    fetchMethod: (_key, _old, { context: { params, principal } }) => ask(params, principal),
  });
  return (params, principal) => {
    const key = JSON.stringify([params, [...principal.roles].sort()]);
    return cache.forceFetch(key, { context: { params, principal } });
  };
}
