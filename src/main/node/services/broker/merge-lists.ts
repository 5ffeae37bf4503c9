/** Makes one picture of what several nodes say of their replicas: each group as its leader sees it, where that one answered. */
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { lackOfVotes } from '../../../../common/group-votes.ts';

/** What one node said. */
export interface Said<T> {
  readonly nodeId: string;
  readonly name: string;
  readonly items: readonly T[];
}

export interface UnreachableGroup {
  readonly groupId: string;
  readonly reason: string;
}

/**
 * Of each group the figures of its leader, else of the replica that is furthest; by group id. Whether a disk has lost what it held is what
 * its own node says: the others do not know.
 */
export function mergeGroups(said: readonly Said<GroupInfo>[]): GroupInfo[] {
  const best = new Map<string, GroupInfo>();
  for (const { items } of said)
    for (const group of items) {
      const known = best.get(group.groupId);
      if (known === undefined || isBetter(group, known)) best.set(group.groupId, group);
    }
  const impaired = impairedOf(said);
  return [...best.values()].map((group) => withImpaired(group, impaired)).sort((a, b) => compare(a.groupId, b.groupId));
}

/** Group and broker id of every replica that says so of itself. */
function impairedOf(said: readonly Said<GroupInfo>[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { items } of said)
    for (const { groupId, members, observedBy } of items)
      for (const { brokerId, nodeId, impaired } of members) if (impaired && nodeId === observedBy) found.add(`${groupId} ${brokerId}`);
  return found;
}

function withImpaired(group: GroupInfo, impaired: ReadonlySet<string>): GroupInfo {
  const members = group.members.map((member) => ({ ...member, impaired: impaired.has(`${group.groupId} ${member.brokerId}`) }));
  const reason = lackOfVotes({ ...group, members })?.reason;
  return { ...group, members, ...(reason !== undefined && { whyNotWritable: reason }) };
}

/** A later term knows more than an earlier one, its leader more than the others, and of those who follows furthest. */
function isBetter(a: GroupInfo, b: GroupInfo): boolean {
  if (a.term !== b.term) return a.term > b.term;
  if (isLeaders(a) !== isLeaders(b)) return isLeaders(a);
  return a.commitIndex > b.commitIndex;
}

/** The leader itself says so. */
export function isLeaders({ leader, members, observedBy }: GroupInfo): boolean {
  return leader !== null && members.some(({ brokerId, nodeId }) => brokerId === leader && nodeId === observedBy);
}

/** Of each group the queues as one node sees them: its leader, else the one that has most. Says which are not their leader's. */
export function mergeQueues(said: readonly Said<QueueInfo>[]): { readonly queues: QueueInfo[]; readonly unreachable: UnreachableGroup[] } {
  const views = new Map<string, View>();
  for (const { nodeId, name, items } of said)
    for (const [groupId, queues] of byGroup(items)) {
      const view = viewOf(nodeId, name, queues);
      const known = views.get(groupId);
      if (known === undefined || view.isLeaders > known.isLeaders || (view.isLeaders === known.isLeaders && view.appended > known.appended))
        views.set(groupId, view);
    }
  const unreachable = [...views].flatMap(([groupId, view]) => (view.isLeaders === 1 ? [] : [{ groupId, reason: whyOld(view) }]));
  const queues = [...views.values()].flatMap((view) => view.queues);
  return { queues: queues.sort((a, b) => compare(a.name, b.name) || compare(a.queueId, b.queueId)), unreachable };
}

function byGroup(queues: readonly QueueInfo[]): ReadonlyMap<string, readonly QueueInfo[]> {
  const groups = new Map<string, QueueInfo[]>();
  for (const queue of queues) {
    const group = groups.get(queue.groupId) ?? [];
    group.push(queue);
    groups.set(queue.groupId, group);
  }
  return groups;
}

interface View {
  readonly name: string;
  readonly isLeaders: 0 | 1;
  readonly appended: number;
  readonly queues: readonly QueueInfo[];
}

function viewOf(nodeId: string, name: string, queues: readonly QueueInfo[]): View {
  const isLeaders = queues.some(({ leader, writable }) => writable && leader?.nodeId === nodeId) ? 1 : 0;
  return { name, isLeaders, appended: queues.reduce((sum, { lastSequence }) => sum + lastSequence, 0), queues };
}

function whyOld({ name, queues }: View): string {
  const leader = queues[0]?.leader?.name;
  const why = leader === undefined ? 'It has no leader now' : `Its leader ${leader} did not answer as one`;
  return `${why}: these are the figures of the replica on ${name}.`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
