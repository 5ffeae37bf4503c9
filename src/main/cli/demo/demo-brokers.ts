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

/**
 * Begins a group at the first node with a few queues, and lets the next two become replicas.
 *
 * @throws SignalboxError of a broker that does not start or join
 */
export async function beginQueues(nodes: readonly SignalboxNode[]): Promise<void> {
  const [first, ...others] = nodes;
  if (first === undefined) return;
  const principal = personAt(first);
  const { groupId } = await first.router.call('brokers.createGroup', {}, { principal });
  for (const queue of demoQueues) await first.router.call('queues.create', { ...queue, groupId }, { principal });
  // One after the other: a group changes its members one at a time.
  for (const node of others.slice(0, replicas - 1))
    await node.router.call('brokers.join', { groupId }, { principal: personAt(node), timeoutMs: joinTimeoutMs });
}
