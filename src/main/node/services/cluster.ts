import { LRUCache } from 'lru-cache';
import type { clusterContract } from '../../../common/contract/cluster.ts';
import type { MethodName, ParamsOf, ParsedParamsOf, ResultOf } from '../../../common/contract/index.ts';
import type { Principal } from '../../../common/roles.ts';
import type { GatheredResults } from '../../../common/wire/messages.ts';
import type { Federation } from '../federation/index.ts';
import type { Handlers, Router } from '../router/index.ts';
import { activityAnswerSchema, mergeActivity } from './cluster-activity.ts';
import { type AskedNode, readAnswers } from './cluster-answers.ts';
import { mergeTopics, topicsAnswerSchema } from './cluster-topics.ts';

/** A node that has not answered by then is named as missing; the others' answers are shown. */
const askMs = 3_000;
/** However many consoles look, the nodes are asked once in this time. */
const keptMs = 1_000;
/** Different questions whose answers are kept. */
const keptAnswers = 64;

export interface ClusterServiceOptions {
  readonly router: Router;
  readonly federation: Pick<Federation, 'directory'>;
  /** Name of this node now. */
  readonly name: () => string;
}

/** Calls and topics of the whole cluster. Nothing is asked while nobody calls. */
export function createClusterService(options: ClusterServiceOptions): Handlers<keyof typeof clusterContract> {
  const { router, federation, name } = options;
  const lookUp = (nodeId: string): AskedNode => {
    if (nodeId === router.nodeId) return { name: name(), clockOffsetMs: 0, via: null, secure: true };
    const node = federation.directory.get(nodeId);
    return { name: node?.name ?? nodeId, clockOffsetMs: node?.clockOffsetMs ?? 0, via: node?.via ?? null, secure: node?.secure ?? false };
  };
  const ask = async <M extends MethodName>(node: string | undefined, method: M, params: ParamsOf<M>, principal: Principal) => {
    const target = { all: node === undefined ? true : [node] } as const;
    return (await router.callAt(target, method, params, { principal, timeoutMs: askMs })) as GatheredResults;
  };
  const activity = shared<'cluster.activity'>(async ({ limit, node, method, errorsOnly }, principal) => {
    const gathered = await ask(node, 'rpc.activity', { limit, errorsOnly, ...(method !== undefined && { method }) }, principal);
    return mergeActivity(readAnswers(gathered, activityAnswerSchema, lookUp), limit);
  });
  const topics = shared<'cluster.topics'>(async ({ limit, node }, principal) => {
    const gathered = await ask(node, 'events.topics', { limit }, principal);
    return mergeTopics(readAnswers(gathered, topicsAnswerSchema, lookUp), limit);
  });
  return {
    'cluster.activity': (params, { principal }) => activity(params, principal),
    'cluster.topics': (params, { principal }) => topics(params, principal),
  };
}

type Ask<M extends MethodName> = (params: ParsedParamsOf<M>, principal: Principal) => Promise<ResultOf<M>>;

/**
 * Asks once for all who ask the same at the same time, and for those who ask within a second after the answer. Who may do
 * other things is asked for apart: nodes answer by role.
 */
function shared<M extends MethodName>(ask: Ask<M>): Ask<M> {
  const cache = new LRUCache<string, ResultOf<M> & object, { readonly params: ParsedParamsOf<M>; readonly principal: Principal }>({
    max: keptAnswers,
    ttl: keptMs,
    // The default is the clock of when the package was loaded, which a test can no longer replace.
    perf: performance,
    // Who was promised an answer gets it, also when it is no longer kept.
    ignoreFetchAbort: true,
    fetchMethod: (_key, _old, { context: { params, principal } }) => ask(params, principal) as Promise<ResultOf<M> & object>,
  });
  return (params, principal) => {
    const key = JSON.stringify([params, [...principal.roles].sort()]);
    return cache.forceFetch(key, { context: { params, principal } });
  };
}
