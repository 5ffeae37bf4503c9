import type { clusterContract } from '../../../common/contract/cluster.ts';
import type { MethodName, ParamsOf, ParsedParamsOf, ResultOf } from '../../../common/contract/index.ts';
import type { Principal } from '../../../common/roles.ts';
import type { GatheredResults } from '../../../common/wire/messages.ts';
import type { Federation } from '../federation/index.ts';
import type { Handlers, Router } from '../router/index.ts';
import { activityAnswerSchema, mergeActivity } from './cluster-activity.ts';
import { type AskedNode, readAnswers } from './cluster-answers.ts';
import { mergeTopics, topicsAnswerSchema } from './cluster-topics.ts';
import { sharedAnswers } from './shared-answers.ts';

/** A node that has not answered by then is named as missing; the others' answers are shown. */
const askMs = 3_000;

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
  const activity = sharedAnswers<ParsedParamsOf<'cluster.activity'>, ResultOf<'cluster.activity'>>(
    async ({ limit, node, method, errorsOnly }, principal) => {
      const gathered = await ask(node, 'rpc.activity', { limit, errorsOnly, ...(method !== undefined && { method }) }, principal);
      return mergeActivity(readAnswers(gathered, activityAnswerSchema, lookUp), limit);
    },
  );
  const topics = sharedAnswers<ParsedParamsOf<'cluster.topics'>, ResultOf<'cluster.topics'>>(async ({ limit, node }, principal) => {
    const gathered = await ask(node, 'events.topics', { limit }, principal);
    return mergeTopics(readAnswers(gathered, topicsAnswerSchema, lookUp), limit);
  });
  return {
    'cluster.activity': (params, { principal }) => activity(params, principal),
    'cluster.topics': (params, { principal }) => topics(params, principal),
  };
}
