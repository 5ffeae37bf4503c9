import { SignalboxError } from '../../../../common/errors.ts';
import { isLoopback } from '../../loopback.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { BrokerId, CoreStatus, GroupId, GroupMember, MembershipChange } from '../core/types.ts';
import type { PeerLimits } from './limits.ts';
import type { GroupControl, PeerBroker } from './types.ts';

export interface GroupUpkeepOptions {
  readonly groups: GroupControl;
  readonly limits: PeerLimits;
  readonly logger: Logger;
  /** The broker at the other end of the connection to it; undefined when there is none. */
  readonly peerOf: (brokerId: BrokerId) => PeerBroker | undefined;
  /** True when this broker cannot reach it where the group says that it is. */
  readonly isUnreachable: (brokerId: BrokerId) => boolean;
}

/** A member that the group says is elsewhere than it is. Null: nothing to change. */
export function readdressOf(member: GroupMember, peer: PeerBroker | undefined, isUnreachable: boolean): MembershipChange | null {
  if (peer === undefined || peer.nodeId !== member.nodeId || peer.port === 0) return null;
  if (isLoopback(peer.host) && !isLoopback(peer.remoteAddress)) return null;
  // One that says where it is, is believed; where only its connection shows it, the known address must have failed.
  const isSaid = peer.saysHost || isUnreachable;
  if (!isSaid || (peer.host === member.host && peer.port === member.port)) return null;
  return { type: 'readdress', brokerId: member.brokerId, host: peer.host, port: peer.port };
}

/** True when a learner has all but a little of the log and takes part: it can have its vote. */
export function isCaughtUp(
  status: CoreStatus,
  brokerId: BrokerId,
  nowMs: number,
  limits: Pick<PeerLimits, 'promotionLag' | 'deadMs'>,
): boolean {
  const progress = status.members.find((member) => member.brokerId === brokerId);
  if (progress === undefined || progress.state !== 'replicating' || progress.heardAtMs === null) return false;
  return nowMs - progress.heardAtMs < limits.deadMs && progress.matchIndex >= status.commitIndex - limits.promotionLag;
}

/**
 * What a leader does for its groups without being asked: learners that have caught up get their vote, members that moved their new
 * address. One change of a group at a time.
 */
export class GroupUpkeep {
  readonly #options: GroupUpkeepOptions;
  readonly #busy = new Set<GroupId>();
  /** Learners that had caught up at the last look: a vote is given at the second. */
  #ready: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GroupUpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.#options.limits.promotionMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { groups } = this.#options;
    const ready = new Set<string>();
    for (const groupId of groups.groupIds()) {
      const status = groups.status(groupId);
      if (status?.role !== 'leader' || !status.ready || this.#busy.has(groupId)) continue;
      const change = this.#dueChange(groupId, status, ready);
      if (change !== null) void this.#change(groupId, change);
    }
    this.#ready = ready;
  }

  #dueChange(groupId: GroupId, status: CoreStatus, ready: Set<string>): MembershipChange | null {
    const { groups, limits, peerOf, isUnreachable } = this.#options;
    for (const member of status.configuration.members) {
      const { brokerId, voter } = member;
      const moved = readdressOf(member, peerOf(brokerId), isUnreachable(brokerId));
      if (moved !== null) return moved;
      if (voter) continue;
      const key = `${groupId} ${brokerId}`;
      if (!isCaughtUp(status, brokerId, groups.nowMs(), limits)) continue;
      if (this.#ready.has(key)) return { type: 'promote', brokerId };
      ready.add(key);
    }
    return null;
  }

  async #change(groupId: GroupId, change: MembershipChange): Promise<void> {
    const { groups, logger, limits } = this.#options;
    this.#busy.add(groupId);
    try {
      await groups.changeMembership(groupId, change);
      logger.info('broker.memberChanged', 'The leader changed a member of a group.', { groupId, change });
      this.#busy.delete(groupId);
    } catch (error) {
      const code = error instanceof SignalboxError ? error.code : 'INTERNAL';
      // Another leads now, or another change is on the way: the next look shows what is still to be done.
      if (code !== 'NOT_LEADER' && code !== 'CONFLICT')
        logger.warn('broker.memberUnchanged', 'A member of a group could not be changed.', { groupId, change, error });
      setTimeout(() => this.#busy.delete(groupId), limits.upkeepMs).unref();
    }
  }
}
