import { setTimeout as pause } from 'node:timers/promises';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, CoreStatus, GroupId, GroupMember } from '../core/types.ts';
import type { GroupDirectory } from './group-directory.ts';
import type { AskedAddress, LeaderAsker } from './leader-asker.ts';
import type { GroupAnswer, MembershipRequest } from './membership-requests.ts';
import type { GroupControl } from './types.ts';

/** How far a join is. `done`: of this step, 0 to 1. */
export interface JoinProgress {
  readonly step: 'asking' | 'snapshot' | 'catchingUp' | 'voting';
  readonly done: number;
}

export interface JoinRequest {
  readonly groupId: GroupId;
  /** Of any broker of the group; null: one that is known here. */
  readonly address: { readonly host: string; readonly port: number } | null;
  /** Brokers of the group that the caller knows. */
  readonly members: readonly AskedAddress[];
  /** A member whose place this broker takes: it is removed when this one has its vote. */
  readonly replaces: BrokerId | null;
}

export interface GroupMembershipOptions {
  readonly selfId: BrokerId;
  readonly groups: GroupControl;
  readonly directory: GroupDirectory;
  readonly asker: LeaderAsker;
  /** Where others find this broker; host null: where it dials from. */
  readonly ownAddress: () => { readonly host: string | null; readonly port: number };
  /** Connected brokers that say they have a replica of a group. */
  readonly holdersOf: (groupId: GroupId) => readonly AskedAddress[];
  /** Version of the membership in which this broker was missing, though its replica does not know it; 0: none was heard of. */
  readonly removedIn: (groupId: GroupId) => number;
  /** How much of a snapshot is here; null: none is on the way. */
  readonly snapshotProgress: (groupId: GroupId) => number | null;
  readonly forgetSnapshots: (groupId: GroupId) => Promise<void>;
}

/** Time to find a leader and get its answer. */
const askMs = 20_000;
const lookMs = 100;
/** A join whose replica gets no further for so long is answered without a vote; the leader gives it when it has caught up. */
const standstillMs = 60_000;

/** Joining, leaving and changing the groups of this broker, through their leaders. */
export class GroupMembership {
  readonly #options: GroupMembershipOptions;

  constructor(options: GroupMembershipOptions) {
    this.#options = options;
  }

  /**
   * Makes this broker a replica: asks the leader, gets a snapshot and the log, then the vote.
   *
   * @returns whether it has its vote; without, the leader gives it when the replica has caught up
   * @throws SignalboxError `CONFLICT` when it is a voter already or the leader refuses, `NODE_UNREACHABLE`, `NOT_LEADER`, `TIMEOUT`, `CANCELLED`
   */
  async join(
    { groupId, address, members, replaces }: JoinRequest,
    { onProgress, signal }: { readonly onProgress: (progress: JoinProgress) => void; readonly signal: AbortSignal },
  ): Promise<{ readonly voter: boolean }> {
    const { selfId, groups, asker, ownAddress } = this.#options;
    if (this.#isVoter(groups.status(groupId)))
      throw new SignalboxError('CONFLICT', `This broker (${selfId}) belongs to the group ${groupId} already.`, { executed: 'no' });
    onProgress({ step: 'asking', done: 0 });
    const places = [...(address === null ? [] : [{ brokerId: null, ...address }]), ...members, ...this.#placesOf(groupId)];
    const { host, port } = ownAddress();
    if (port === 0)
      throw new SignalboxError('CONFLICT', 'This broker does not listen, so no other could reach it. See why in its status.', {
        executed: 'no',
      });
    const request: MembershipRequest = { operation: 'JOIN_CLUSTER', cluster_id: groupId, broker_id: selfId, host, port, replaces };
    const answer = await asker.ask(request, places, { timeMs: askMs, signal });
    await groups.adopt(groupId, answer.configuration);
    const voter = await this.#untilVoter(groupId, { onProgress, signal });
    if (voter && replaces !== null) await this.remove(groupId, replaces, signal);
    return { voter };
  }

  /**
   * Ends this broker's replica and removes its copy from the disk, when the group has let it go. A group that has no queue ends with its
   * last broker.
   *
   * @throws SignalboxError `NOT_FOUND`, `CONFLICT` for the only vote of a group with queues, `NO_QUORUM`, `NODE_UNREACHABLE`, `NOT_LEADER`, `TIMEOUT`, `CANCELLED`
   */
  async leave(groupId: GroupId, signal: AbortSignal): Promise<void> {
    const { selfId, groups, forgetSnapshots, directory } = this.#options;
    const status = groups.status(groupId);
    if (status === undefined)
      throw new SignalboxError('NOT_FOUND', `This broker has no replica of the group ${groupId}.`, { executed: 'no' });
    if (!this.#endsWithIt(status)) {
      try {
        await this.#ask({ operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: selfId }, signal);
      } catch (error) {
        // It was removed before: only the copy is left.
        if (!(error instanceof SignalboxError) || error.code !== 'NOT_MEMBER') throw error;
      }
    }
    await groups.leave(groupId);
    await forgetSnapshots(groupId);
    directory.forget(groupId);
  }

  /** @returns the membership without it @throws SignalboxError `NOT_MEMBER`, `CONFLICT`, `NO_QUORUM`, `FORBIDDEN`, and as {@link leave} */
  remove(groupId: GroupId, brokerId: BrokerId, signal: AbortSignal): Promise<GroupAnswer> {
    return this.#ask({ operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: brokerId }, signal);
  }

  /**
   * Hands the leadership on.
   *
   * @param to null: the replica that is furthest
   * @throws SignalboxError `INVALID_PARAMS`, and as {@link leave}
   */
  transfer(groupId: GroupId, to: BrokerId | null, signal: AbortSignal): Promise<GroupAnswer> {
    return this.#ask({ operation: 'TRANSFER_LEADER', cluster_id: groupId, to }, signal);
  }

  #ask(request: MembershipRequest, signal: AbortSignal): Promise<GroupAnswer> {
    return this.#options.asker.ask(request, this.#placesOf(request.cluster_id), { timeMs: askMs, signal });
  }

  /** The leader first, then the other members, as far as they are known here, then whoever else has a replica. */
  #placesOf(groupId: GroupId): readonly AskedAddress[] {
    const { groups, directory, selfId, holdersOf } = this.#options;
    const status = groups.status(groupId);
    const sighting = directory.get(groupId);
    const leaderId = status?.leaderId ?? sighting?.leader ?? null;
    const configuration = status?.configuration.members.length ? status.configuration : sighting?.configuration;
    const members = [...(configuration?.members ?? [])].sort((a, b) => Number(b.brokerId === leaderId) - Number(a.brokerId === leaderId));
    const named = members.filter(({ brokerId }) => brokerId !== selfId).map(placeOf);
    const others = holdersOf(groupId).filter((holder) => !named.some(({ brokerId }) => brokerId === holder.brokerId));
    return [...named, ...others];
  }

  async #untilVoter(
    groupId: GroupId,
    { onProgress, signal }: { readonly onProgress: (progress: JoinProgress) => void; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { groups, snapshotProgress } = this.#options;
    let last = '';
    let movedAtMs = performance.now();
    for (;;) {
      const status = groups.status(groupId);
      if (status === undefined)
        throw new SignalboxError('CONFLICT', `The replica of ${groupId} was removed while it joined.`, { executed: 'yes' });
      if (this.#isVoter(status)) return true;
      const progress = progressOf(status, snapshotProgress(groupId));
      const seen = `${progress.step} ${progress.done} ${status.durableIndex}`;
      if (seen !== last) {
        last = seen;
        movedAtMs = performance.now();
        onProgress(progress);
      }
      if (performance.now() - movedAtMs >= standstillMs) return false;
      await pause(lookMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new SignalboxError('CANCELLED', 'Nobody waits for the join any more; it goes on.', { executed: 'yes' });
    }
  }

  /** True when nobody else belongs to the group and there is no queue in it, as a leader knows that has all of it. */
  #endsWithIt({ role, ready, configuration: { groupId, members } }: CoreStatus): boolean {
    return role === 'leader' && ready && members.length === 1 && this.#options.groups.load(groupId)?.queues === 0;
  }

  #isVoter(status: CoreStatus | undefined): boolean {
    if (status === undefined) return false;
    const { groupId, version, members } = status.configuration;
    const { selfId, removedIn } = this.#options;
    return version > removedIn(groupId) && members.some(({ brokerId, voter }) => voter && brokerId === selfId);
  }
}

function progressOf({ durableIndex, commitIndex }: CoreStatus, snapshot: number | null): JoinProgress {
  if (snapshot !== null) return { step: 'snapshot', done: snapshot };
  if (commitIndex === 0 || durableIndex < commitIndex)
    return { step: 'catchingUp', done: commitIndex === 0 ? 0 : durableIndex / commitIndex };
  return { step: 'voting', done: 0 };
}

function placeOf({ brokerId, host, port }: GroupMember): AskedAddress {
  return { brokerId, host, port };
}
