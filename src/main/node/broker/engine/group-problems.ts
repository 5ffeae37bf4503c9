import type { Problems } from '../../telemetry/index.ts';
import type { CoreFault, CoreStatus, GroupId } from '../core/types.ts';
import type { Group } from './group.ts';

/** Elections that a group may go through before its want of a leader is a problem for people. */
const patience = 3;

/** What people are told of the groups of a broker. Each problem has an id of its own and goes when it is over. */
export class GroupProblems {
  readonly #problems: Pick<Problems, 'raise' | 'clear'>;
  readonly #nowMs: () => number;
  /** Since when a group has no leader that is known here, monotonic. */
  readonly #leaderlessSinceMs = new Map<GroupId, number>();
  readonly #raised = new Set<string>();
  readonly #failed = new Map<GroupId, string>();

  /** @param nowMs monotonic, milliseconds */
  constructor(problems: Pick<Problems, 'raise' | 'clear'>, nowMs: () => number) {
    this.#problems = problems;
    this.#nowMs = nowMs;
  }

  /** Called about once a second. */
  look(groups: readonly Group[]): void {
    const found = new Set<string>();
    for (const group of groups) {
      const status = group.driver.status();
      if (this.#isLeaderless(group, status)) found.add(this.#raiseLeaderless(group.groupId, status));
      if (status.impaired) found.add(this.#raiseImpaired(group));
    }
    for (const id of this.#raised) if (!found.has(id)) this.#problems.clear(id);
    this.#raised.clear();
    for (const id of found) this.#raised.add(id);
    const held = new Set(groups.map(({ groupId }) => groupId));
    for (const groupId of this.#leaderlessSinceMs.keys()) if (!held.has(groupId)) this.#leaderlessSinceMs.delete(groupId);
  }

  /** A replica that cannot go on. What it holds is left as it is. */
  failed(groupId: GroupId, detail: string): void {
    this.#failed.set(groupId, detail);
    this.#problems.raise({
      id: failedId(groupId),
      severity: 'crit',
      title: `The copy of queue group ${groupId} on this node cannot be used`,
      detail: `${detail} What is on the disk is left as it is. Where the group has other brokers they go on: remove this broker from the group at one of them, let it leave here, and let it join again. Where this is its only broker, put back the files of a backup of the node, or begin a new group with a backup of the group: signalbox queue restore FILE.`,
    });
  }

  /** Why the copy of a group cannot be used; undefined: it can, or there is none. */
  whyFailed(groupId: GroupId): string | undefined {
    return this.#failed.get(groupId);
  }

  /** It runs, or is gone from this broker. */
  forget(groupId: GroupId): void {
    this.#failed.delete(groupId);
    this.#problems.clear(failedId(groupId));
    this.#problems.clear(divergedId(groupId));
  }

  /** Two logs differ where both must be equal. */
  diverged(groupId: GroupId, { index, from }: CoreFault): void {
    this.#problems.raise({
      id: divergedId(groupId),
      severity: 'crit',
      title: `The copies of queue group ${groupId} differ`,
      detail: `From entry ${index} on, the log here and that of ${from} differ where both must be equal: one of the disks has changed what it held. Let the broker whose disk is in doubt leave the group and join it again.`,
    });
  }

  #isLeaderless({ groupId, inactiveAfterMs }: Group, { leaderId }: CoreStatus): boolean {
    if (leaderId !== null) {
      this.#leaderlessSinceMs.delete(groupId);
      return false;
    }
    const since = this.#leaderlessSinceMs.get(groupId) ?? this.#nowMs();
    this.#leaderlessSinceMs.set(groupId, since);
    return this.#nowMs() - since > patience * inactiveAfterMs;
  }

  #raiseLeaderless(groupId: GroupId, { configuration }: CoreStatus): string {
    const id = `broker.noLeader.${groupId}`;
    const voters = configuration.members.filter(({ voter }) => voter);
    this.#problems.raise({
      id,
      severity: 'crit',
      title: `Queue group ${groupId} has no leader`,
      detail: `Its queues take and give nothing until more than half of its ${voters.length} brokers reach each other and have a vote: ${voters.map(({ brokerId, host, port }) => `${brokerId} at ${host}:${port}`).join(', ')}. What was acknowledged is kept. One whose disk has lost what it held has no vote before a leader has brought it up to date; which it is, and what to do, says: signalbox broker groups`,
    });
    return id;
  }

  #raiseImpaired({ groupId, isGuardLost }: Group): string {
    const id = `broker.impaired.${groupId}`;
    const noVote = 'It has no vote in the group until the other brokers have brought it up to date, which they do by themselves';
    this.#problems.raise({
      id,
      severity: 'warn',
      title: isGuardLost
        ? `Nobody can tell whether this node holds all of queue group ${groupId}`
        : `The disk of this node has lost a part of queue group ${groupId}`,
      detail: isGuardLost
        ? `The file synced-through beside its log, which says how far the log once was, is gone or damaged. ${noVote}: bring back those that are away. Look after the disk, and put nothing older in the place of the node's files.`
        : `${noVote}: bring back those that are away. Look after the disk: it did not keep what it had taken.`,
    });
    return id;
  }
}

function failedId(groupId: GroupId): string {
  return `broker.group.${groupId}`;
}

function divergedId(groupId: GroupId): string {
  return `broker.diverged.${groupId}`;
}
