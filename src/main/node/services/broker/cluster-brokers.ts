/** What all brokers hold that this node can reach. Nothing is asked while nobody calls. */
import { z } from 'zod';
import { type GroupInfo, groupInfoSchema } from '../../../../common/contract/brokers.ts';
import type { MethodName, ResultOf } from '../../../../common/contract/index.ts';
import { type QueueInfo, queueInfoSchema } from '../../../../common/contract/queues.ts';
import type { Principal } from '../../../../common/roles.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import type { Router } from '../../router/index.ts';
import { isGood, readAnswers, readableItems } from '../cluster-answers.ts';
import { sharedAnswers } from '../shared-answers.ts';
import { mergeGroups, mergeQueues, type Said, type UnreachableGroup } from './merge-lists.ts';
import { mostListedQueues } from './own-replicas.ts';

/** How a node says that it runs a broker. */
export const brokerCapability = 'broker';

/** A node that has not answered by then is left out; the others' answers are shown. */
const askMs = 3_000;
const mostGroups = 1_000;
/** Groups that are remembered, so that their absence is noticed. */
const mostRemembered = 256;

const queuesAnswer = z.object({ queues: readableItems<QueueInfo>(queueInfoSchema, mostListedQueues), complete: z.boolean().catch(true) });
const groupsAnswer = z.object({ groups: readableItems<GroupInfo>(groupInfoSchema, mostGroups) });

export interface ClusterBrokersOptions {
  readonly router: Pick<Router, 'nodeId' | 'callAt'>;
  readonly nameOf: (nodeId: string) => string;
  /** How often groups, leaders or members of this node's own broker have changed: what was answered before counts no more. Absent: never. */
  readonly ownChanges?: () => number;
}

/** A broker that said nothing. */
interface FailedAnswer {
  readonly name: string;
  readonly message: string;
}

type QueueLists = ResultOf<'queues.list'>;

export class ClusterBrokers {
  readonly #options: ClusterBrokersOptions;
  /** Nodes that told of each group. */
  readonly #remembered = new Map<string, ReadonlyMap<string, string>>();
  /** Every group; a second old at most. @throws SignalboxError of the router */
  readonly groups: (principal: Principal) => Promise<readonly GroupInfo[]>;
  /** Every queue, or those of a name; a second old at most. @throws SignalboxError of the router */
  readonly queues: (principal: Principal, name?: string) => Promise<QueueLists>;

  constructor(options: ClusterBrokersOptions) {
    this.#options = options;
    const groups = sharedAnswers<{ readonly ownChanges: number }, readonly GroupInfo[]>(async (_params, principal) => {
      const answers = await this.#ask('brokers.groups', {}, principal, groupsAnswer);
      return mergeGroups(answers.filter(isGood).map(({ nodeId, name, data }) => ({ nodeId, name, items: data.groups })));
    });
    const queues = sharedAnswers<{ readonly name?: string }, QueueLists>((params, principal) => this.#listQueues(params, principal));
    this.groups = (principal) => groups({ ownChanges: options.ownChanges?.() ?? 0 }, principal);
    this.queues = (principal, name) => queues(name === undefined ? {} : { name }, principal);
  }

  /** Queues of a name as all brokers know them at this moment, and the brokers that could not be asked. @throws SignalboxError of the router */
  async queuesNow(
    principal: Principal,
    name: string,
  ): Promise<{ readonly queues: readonly QueueInfo[]; readonly failed: readonly FailedAnswer[] }> {
    const { said, failed } = await this.#askQueues({ name }, principal);
    return { queues: mergeQueues(said).queues, failed };
  }

  async #listQueues(params: { readonly name?: string }, principal: Principal): Promise<QueueLists> {
    const { said, complete } = await this.#askQueues(params, principal);
    const { queues, unreachable } = mergeQueues(said);
    const absent = params.name === undefined ? this.#absentSince(said) : [];
    return {
      queues: queues.slice(0, mostListedQueues),
      unreachable: [...unreachable, ...absent],
      complete: complete && queues.length <= mostListedQueues,
    };
  }

  async #askQueues(params: { readonly name?: string }, principal: Principal) {
    const answers = await this.#ask('queues.list', params, principal, queuesAnswer);
    const good = answers.filter(isGood);
    return {
      said: good.map(({ nodeId, name, data }): Said<QueueInfo> => ({ nodeId, name, items: data.queues })),
      failed: answers.flatMap((answer): FailedAnswer[] =>
        answer.error === null ? [] : [{ name: answer.name, message: answer.error.message }],
      ),
      complete: good.every(({ data }) => data.complete),
    };
  }

  /** Groups that were there before, and of which nobody tells now. */
  #absentSince(said: readonly Said<QueueInfo>[]): UnreachableGroup[] {
    const tellers = new Map<string, Map<string, string>>();
    for (const { nodeId, name, items } of said)
      for (const groupId of new Set(items.map((queue) => queue.groupId)))
        tellers.set(groupId, (tellers.get(groupId) ?? new Map<string, string>()).set(nodeId, name));
    const answered = new Set(said.map(({ nodeId }) => nodeId));
    const absent: UnreachableGroup[] = [];
    for (const [groupId, nodes] of this.#remembered) {
      if (tellers.has(groupId)) continue;
      const silent = [...nodes].filter(([nodeId]) => !answered.has(nodeId));
      // All that had it answered without it: it has ended, or its queues were deleted.
      if (silent.length === 0) this.#remembered.delete(groupId);
      else absent.push({ groupId, reason: `${silent.map(([, name]) => name).join(' and ')} held it and did not answer.` });
    }
    for (const [groupId, nodes] of tellers) {
      this.#remembered.delete(groupId);
      this.#remembered.set(groupId, nodes);
    }
    for (const groupId of this.#remembered.keys()) {
      if (this.#remembered.size <= mostRemembered) break;
      this.#remembered.delete(groupId);
    }
    return absent;
  }

  /** What all nodes that run a broker say, this one too. */
  async #ask<M extends MethodName, T>(method: M, params: Readonly<Record<string, unknown>>, principal: Principal, schema: z.ZodType<T>) {
    const { router, nameOf } = this.#options;
    const options = { principal, timeoutMs: askMs };
    const gathered = (await router.callAt({ all: brokerCapability }, method, { ...params, hereOnly: true }, options)) as GatheredResults;
    const lookUp = (nodeId: string) => ({ name: nameOf(nodeId), clockOffsetMs: 0, via: null, secure: false });
    return readAnswers(gathered, schema, lookUp);
  }
}
