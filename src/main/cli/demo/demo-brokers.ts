import type { ParamsOf } from '../../../common/contract/index.ts';
import type { SignalboxNode } from '../../node/node.ts';
import { personAt } from './demo-membership.ts';

/** Replicas of the demo's group: one may be lost. */
const replicas = 3;
/** A copy of an empty group, an entry in the log, a vote. */
const joinTimeoutMs = 30_000;

/** What the yard keeps in queues. */
export const demoQueues = [
  { name: 'orders' },
  { name: 'readings', options: { maxMessages: 20_000 } },
  { name: 'alarms', options: { maxAgeMs: 86_400_000, maxMessages: 2_000 } },
] as const satisfies readonly ParamsOf<'queues.create'>[];

/** Begins a group at a node with a few queues. @returns its id. @throws SignalboxError of a broker that does not start */
export async function beginQueues(node: SignalboxNode): Promise<string> {
  const principal = personAt(node);
  const { groupId } = await node.router.call('brokers.createGroup', {}, { principal });
  for (const queue of demoQueues) await node.router.call('queues.create', { ...queue, groupId }, { principal });
  return groupId;
}

/** Lets the next nodes become replicas, one after the other, as a group changes its members. One that cannot is missing in the picture. */
export async function addReplicas(nodes: readonly SignalboxNode[], groupId: string): Promise<void> {
  for (const node of nodes.slice(0, replicas - 1))
    await node.router
      .call('brokers.join', { groupId }, { principal: personAt(node), timeoutMs: joinTimeoutMs })
      .catch((error: unknown) =>
        node.logs.logger('node').warn('demo.no_replica', 'This node of the demo is no replica of its queues.', { groupId, error }),
      );
}
