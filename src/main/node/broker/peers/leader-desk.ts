import { setTimeout as pause } from 'node:timers/promises';
import { SignalboxError } from '../../../../common/errors.ts';
import { isLoopback } from '../../loopback.ts';
import type { BrokerId, CoreStatus, GroupId, GroupMember, MembershipChange } from '../core/types.ts';
import type { PeerLimits } from './limits.ts';
import type { GroupAnswer, LeaderAddress, MembershipRequest } from './membership-requests.ts';
import type { GroupControl } from './types.ts';

/** How long a change waits for the one before it. With `PeerLimits.answerMs` shorter than whoever asked waits for the answer. */
const pendingMs = 8_000;
const pendingLookMs = 100;
/** How often it is looked whether members have answered. */
const answerLookMs = 20;
/** Most members of a group. */
const mostMembers = 64;

/** The broker that asks, proven, or this one. */
export interface Asker {
  readonly brokerId: BrokerId;
  readonly nodeId: string;
  readonly name: string;
  /** The address that its connection comes from; null: it is this broker. */
  readonly remoteAddress: string | null;
}

/** Where a leader decides who is to belong to its groups. What it decides counts when the log has it. */
export class LeaderDesk {
  readonly #groups: GroupControl;
  readonly #selfId: BrokerId;
  readonly #limits: Pick<PeerLimits, 'answerMs' | 'deadMs'>;

  constructor(groups: GroupControl, selfId: BrokerId, limits: Pick<PeerLimits, 'answerMs' | 'deadMs'>) {
    this.#groups = groups;
    this.#selfId = selfId;
    this.#limits = limits;
  }

  /**
   * @throws SignalboxError `NOT_LEADER`, `NOT_FOUND` when there is no replica of the group here, `NOT_MEMBER`, `CONFLICT`, `NO_QUORUM`, `INVALID_PARAMS`,
   *   `OVERLOADED`, `TIMEOUT`
   */
  async decide(request: MembershipRequest, asker: Asker): Promise<GroupAnswer> {
    const groupId = request.cluster_id;
    const status = this.#leading(groupId);
    if (request.operation === 'JOIN_CLUSTER') await this.#join(groupId, status, request, asker);
    else if (request.operation === 'REMOVE_BROKER') {
      if (request.broker_id !== asker.brokerId) requireMember(status, asker);
      await this.#remove(groupId, status, request.broker_id);
    } else {
      requireMember(status, asker);
      if (request.to === null) await this.#whenHeard(groupId, hasHeir);
      await this.#groups.transfer(groupId, request.to ?? undefined);
    }
    return this.answer(groupId);
  }

  /** How the group stands now. @throws SignalboxError `NOT_FOUND` */
  answer(groupId: GroupId): GroupAnswer {
    const { term, configuration } = this.#status(groupId);
    return { groupId, term, leader: this.leaderOf(groupId), configuration };
  }

  /** Who leads as far as this replica knows; null: nobody. */
  leaderOf(groupId: GroupId): LeaderAddress | null {
    const status = this.#groups.status(groupId);
    const leader = status?.configuration.members.find(({ brokerId }) => brokerId === status.leaderId);
    return leader === undefined ? null : { brokerId: leader.brokerId, host: leader.host, port: leader.port };
  }

  #status(groupId: GroupId): CoreStatus {
    const status = this.#groups.status(groupId);
    if (status !== undefined) return status;
    throw new SignalboxError('NOT_FOUND', `The broker ${this.#selfId} has no replica of the group ${groupId}. Ask a broker that has one.`, {
      executed: 'no',
    });
  }

  #leading(groupId: GroupId): CoreStatus {
    const status = this.#status(groupId);
    if (status.role === 'leader') return status;
    throw new SignalboxError('NOT_LEADER', `Only leader of ${groupId} changes its members; ${status.leaderId ?? 'nobody'} leads now.`, {
      executed: 'no',
    });
  }

  async #join(
    groupId: GroupId,
    { configuration }: CoreStatus,
    { broker_id, host, port, replaces }: Extract<MembershipRequest, { operation: 'JOIN_CLUSTER' }>,
    asker: Asker,
  ): Promise<void> {
    const { members } = configuration;
    if (broker_id !== asker.brokerId) throw refuse('FORBIDDEN', `The broker ${asker.brokerId} cannot join as ${broker_id}.`);
    const known = members.find(({ brokerId }) => brokerId === broker_id);
    if (known !== undefined) {
      if (known.nodeId !== asker.nodeId)
        throw refuse('CONFLICT', `The broker id ${broker_id} belongs to the node ${known.nodeId} in ${groupId}, not to ${asker.name}.`);
      // A broker that lost the answer asks again.
      return;
    }
    const former = members.find(({ nodeId }) => nodeId === asker.nodeId);
    if (former !== undefined && former.brokerId !== replaces)
      throw refuse(
        'CONFLICT',
        `The node ${asker.name} belongs to ${groupId} already as the broker ${former.brokerId}, whose data it no longer has. Remove ${former.brokerId} from the group first, or join in its place.`,
      );
    if (members.length >= mostMembers)
      throw refuse('CONFLICT', `The group ${groupId} has ${mostMembers} members, as many as there can be.`);
    const reachedAt = reachableAt(host, asker);
    const member: GroupMember = { brokerId: broker_id, voter: false, nodeId: asker.nodeId, host: reachedAt, port };
    await this.#change(groupId, { type: 'addLearner', member });
  }

  async #remove(groupId: GroupId, status: CoreStatus, brokerId: BrokerId): Promise<void> {
    const { members } = status.configuration;
    const leaving = members.find((member) => member.brokerId === brokerId);
    if (leaving === undefined) throw refuse('NOT_MEMBER', `The broker ${brokerId} is no member of the group ${groupId}.`);
    const rest = members.filter(({ voter, brokerId: id }) => voter && id !== brokerId);
    if (rest.length === 0)
      throw refuse(
        'CONFLICT',
        `The broker ${brokerId} has the only vote of ${groupId}, and the group has ${this.#queuesOf(groupId)}. To keep them, let another broker join first (on its node: signalbox broker join ${groupId}); when it has its vote, ${brokerId} can leave. Otherwise delete the queues: a group without any ends when its last broker leaves.`,
      );
    const isSelf = brokerId === this.#selfId;
    if (leaving.voter) {
      const mayGo = (now: CoreStatus) => this.#quorumWithout(brokerId, now).isLeft && (!isSelf || hasHeir(now));
      this.#requireQuorum(await this.#whenHeard(groupId, mayGo), brokerId);
    }
    if (isSelf) {
      // The next leader removes it: a leader outside of its group would have to count without itself.
      await this.#groups.transfer(groupId, undefined);
      this.#leading(groupId);
    }
    await this.#change(groupId, { type: 'remove', brokerId });
  }

  #queuesOf(groupId: GroupId): string {
    const count = this.#groups.load(groupId)?.queues ?? 0;
    return count === 1 ? '1 queue' : `${count} queues`;
  }

  /** One change of a group at a time: one that is on its way is waited for, within bounds. */
  async #change(groupId: GroupId, change: MembershipChange): Promise<void> {
    const untilMs = this.#groups.nowMs() + pendingMs;
    for (;;) {
      try {
        await this.#groups.changeMembership(groupId, change);
        return;
      } catch (error) {
        const isPending = error instanceof SignalboxError && error.code === 'CONFLICT' && error.retryable;
        if (!isPending || this.#groups.nowMs() >= untilMs) throw error;
        await pause(pendingLookMs);
      }
    }
  }

  /**
   * Waits for answers of the members, within bounds: a leader that was just elected has heard of nobody yet, and one whose connections are
   * being made anew does not know what the others have.
   *
   * @param isEnough whether what it has heard will do
   * @returns how the group stands then, or when the time is over
   * @throws SignalboxError `NOT_LEADER` when it leads no more
   */
  async #whenHeard(groupId: GroupId, isEnough: (status: CoreStatus) => boolean): Promise<CoreStatus> {
    const untilMs = this.#groups.nowMs() + this.#limits.answerMs;
    for (;;) {
      const status = this.#leading(groupId);
      if (isEnough(status) || this.#groups.nowMs() >= untilMs) return status;
      await pause(answerLookMs);
    }
  }

  /** A removal that would leave the rest without a majority that lives stops the group for good. */
  #requireQuorum(status: CoreStatus, leaving: BrokerId): void {
    const { isLeft, living, voters } = this.#quorumWithout(leaving, status);
    if (!isLeft)
      throw refuse(
        'NO_QUORUM',
        `Without ${leaving} the group ${status.configuration.groupId} would have no quorum: ${living} of ${voters} brokers answer. Bring another one back first.`,
      );
  }

  /** Whether those that stay with a vote are a majority that lives. */
  #quorumWithout(
    leaving: BrokerId,
    { configuration, members }: CoreStatus,
  ): { readonly isLeft: boolean; readonly living: number; readonly voters: number } {
    const nowMs = this.#groups.nowMs();
    const rest = configuration.members.filter(({ voter, brokerId }) => voter && brokerId !== leaving);
    const living = rest.filter(({ brokerId }) => {
      if (brokerId === this.#selfId) return true;
      const heardAtMs = members.find((member) => member.brokerId === brokerId)?.heardAtMs ?? null;
      return heardAtMs !== null && nowMs - heardAtMs < this.#limits.deadMs;
    }).length;
    return { isLeft: living > rest.length / 2, living, voters: rest.length };
  }
}

/** Whether somebody could take over from the leader, or nobody else has a vote. */
function hasHeir({ members }: CoreStatus): boolean {
  const voters = members.filter(({ voter }) => voter);
  return voters.length === 0 || voters.some(({ state }) => state === 'replicating');
}

/** Where the others find a broker that joins. @throws SignalboxError `CONFLICT` when they cannot */
function reachableAt(host: string | null, { brokerId, name, remoteAddress }: Asker): string {
  const reachedAt = host ?? remoteAddress;
  if (reachedAt !== null && (!isLoopback(reachedAt) || remoteAddress === null || isLoopback(remoteAddress))) return reachedAt;
  throw refuse(
    'CONFLICT',
    `The broker ${brokerId} listens for its own machine alone. Set broker.host on ${name} to an address that the others reach, or to 0.0.0.0.`,
  );
}

function requireMember({ configuration }: CoreStatus, { brokerId, name }: Asker): void {
  if (configuration.members.some((member) => member.brokerId === brokerId)) return;
  throw refuse('FORBIDDEN', `The broker ${brokerId} (${name}) is no member of the group ${configuration.groupId}. Ask at one that is.`);
}

function refuse(code: 'CONFLICT' | 'FORBIDDEN' | 'NOT_MEMBER' | 'NO_QUORUM', message: string): SignalboxError {
  return new SignalboxError(code, message, { executed: 'no', retryable: false });
}
