/** Which groups of brokers need a person. */
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import { groupHealth, type Health, healthRank } from './health.ts';

/** A group with what is wrong with it. */
export interface GroupTrouble {
  readonly group: GroupInfo;
  readonly health: Health;
}

/** The groups that need a person, the worst first. */
export function troubledGroups(groups: readonly GroupInfo[]): readonly GroupTrouble[] {
  return groups
    .map((group) => ({ group, health: groupHealth(group) }))
    .filter(({ health }) => healthRank[health] < healthRank.unseen)
    .toSorted((a, b) => healthRank[a.health] - healthRank[b.health] || a.group.groupId.localeCompare(b.group.groupId));
}

/** How many queues that concerns. */
export function troubledQueues(groups: readonly GroupTrouble[]): number {
  return groups.reduce((sum, { group }) => sum + group.queues, 0);
}
