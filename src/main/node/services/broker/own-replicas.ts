/** Groups and queues of which this node's broker has a replica. */
import { z } from 'zod';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import { type QueueInfo, queueIdPattern } from '../../../../common/contract/queues.ts';
import type { Principal } from '../../../../common/roles.ts';
import type { BrokerFace, OperationAnswer, OperationRequest } from '../../broker/broker-face.ts';
import { errorOf } from './broker-errors.ts';
import { groupOfQueue } from './queue-name.ts';
import { groupFromWire, type Observer, queueFromWire, wireGroup, wireQueue } from './wire-facts.ts';

/** Queues of one answer: some 700 bytes each, and an answer to another node has less than a megabyte. */
export const mostListedQueues = 1_000;

const groupList = z.object({ groups: z.array(wireGroup) });
const queuePage = z.object({ queues: z.array(wireQueue), complete: z.boolean() });

export interface OwnReplicasOptions {
  readonly broker: BrokerFace;
  readonly nodeId: string;
  readonly nameOf: (nodeId: string) => string;
  readonly nowMs: () => number;
}

/** Reads what this node's broker holds; nothing at all when it does not run. */
export class OwnReplicas {
  readonly #options: OwnReplicasOptions;

  constructor(options: OwnReplicasOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError of the broker */
  async groups(principal: Principal): Promise<GroupInfo[]> {
    const { broker, nodeId, nameOf, nowMs } = this.#options;
    if (broker.status().state !== 'running') return [];
    const { groups } = await this.#ask({ operation: 'GROUP_LIST' }, principal, groupList);
    const observer: Observer = { nodeId, nameOf, nowMs: nowMs() };
    return groups.map((group) => groupFromWire(group, observer));
  }

  /** All queues, or those of a name; `complete` is false when there are more than one answer holds. @throws SignalboxError of the broker */
  async queues(principal: Principal, name?: string): Promise<{ readonly queues: QueueInfo[]; readonly complete: boolean }> {
    const groups = await this.groups(principal);
    const queues: QueueInfo[] = [];
    let complete = true;
    for (const group of groups) {
      const found =
        name === undefined
          ? await this.#page(group, principal, mostListedQueues - queues.length)
          : await this.#named(group, principal, name);
      queues.push(...found.queues);
      complete &&= found.complete;
    }
    return { queues, complete };
  }

  async #page(group: GroupInfo, principal: Principal, room: number): Promise<{ readonly queues: QueueInfo[]; readonly complete: boolean }> {
    const queues: QueueInfo[] = [];
    for (;;) {
      const after = queues.at(-1)?.queueId;
      const request = { operation: 'QUEUE_LIST', cluster_id: group.groupId, level: 'local', ...(after !== undefined && { after }) };
      const page = await this.#ask(request, principal, queuePage);
      queues.push(...page.queues.map((queue) => queueFromWire(queue, group)));
      if (queues.length > room) return { queues: queues.slice(0, room), complete: false };
      if (page.complete || page.queues.length === 0) return { queues, complete: page.complete };
    }
  }

  async #named(
    group: GroupInfo,
    principal: Principal,
    name: string,
  ): Promise<{ readonly queues: QueueInfo[]; readonly complete: boolean }> {
    const none = { queues: [], complete: true };
    const isId = queueIdPattern.test(name);
    if (isId && groupOfQueue(name) !== group.groupId) return none;
    const request = { operation: 'QUEUE_STATS', queue_name: isId ? name : `${group.groupId}/${name}`, level: 'local' };
    const answer = await this.#options.broker.request(request, principal);
    // NOT_LEADER: not known here yet; the node of the leader knows.
    if (answer.status === 'error' && (answer.code === 'NOT_FOUND' || answer.code === 'NOT_LEADER')) return none;
    return { queues: [queueFromWire(readAnswer(answer, wireQueue), group)], complete: true };
  }

  async #ask<T>(request: OperationRequest, principal: Principal, schema: z.ZodType<T>): Promise<T> {
    return readAnswer(await this.#options.broker.request(request, principal), schema);
  }
}

/** The fields of an answer. @throws SignalboxError of a refusal */
export function readAnswer<T>(answer: OperationAnswer, schema: z.ZodType<T>): T {
  if (answer.status === 'error') throw errorOf(answer);
  return schema.parse(answer);
}
