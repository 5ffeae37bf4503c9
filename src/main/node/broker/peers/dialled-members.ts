import type { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, GroupId, GroupMember } from '../core/types.ts';
import type { PeerLimits } from './limits.ts';
import { PeerDialer } from './peer-dialer.ts';

export interface DialledMembersOptions {
  readonly selfId: BrokerId;
  readonly limits: PeerLimits;
  readonly random: () => number;
  readonly isConnected: (brokerId: BrokerId) => boolean;
  readonly dial: (member: GroupMember, signal: AbortSignal) => Promise<unknown>;
  readonly onFailure: (member: GroupMember, error: SignalboxError) => void;
}

interface Dialled {
  member: GroupMember;
  readonly dialer: PeerDialer;
  hasFailed: boolean;
}

/** Keeps this broker connected to all members of its groups: the lower id dials, the higher one when it is not dialled. */
export class DialledMembers {
  readonly #options: DialledMembersOptions;
  readonly #groups = new Map<GroupId, readonly GroupMember[]>();
  readonly #dialled = new Map<BrokerId, Dialled>();
  #isStarted = false;

  constructor(options: DialledMembersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isStarted = true;
    this.#update();
  }

  stop(): void {
    this.#isStarted = false;
    for (const { dialer } of this.#dialled.values()) dialer.stop();
    this.#dialled.clear();
  }

  setMembers(groupId: GroupId, members: readonly GroupMember[]): void {
    if (members.length === 0) this.#groups.delete(groupId);
    else this.#groups.set(groupId, members);
    if (this.#isStarted) this.#update();
  }

  /** True when the last attempt to dial it at its known address failed. */
  hasFailed(brokerId: BrokerId): boolean {
    return this.#dialled.get(brokerId)?.hasFailed === true;
  }

  /** The node that a member runs on; undefined where no group says. */
  nodeOf(brokerId: BrokerId): string | undefined {
    for (const members of this.#groups.values())
      for (const member of members) if (member.brokerId === brokerId && member.nodeId !== null) return member.nodeId;
    return undefined;
  }

  connected(brokerId: BrokerId): void {
    this.#dialled.get(brokerId)?.dialer.connected();
  }

  lost(brokerId: BrokerId): void {
    const { selfId, limits } = this.#options;
    this.#dialled.get(brokerId)?.dialer.lost(selfId < brokerId ? 0 : limits.dialGraceMs);
  }

  #update(): void {
    const { selfId } = this.#options;
    const wanted = new Map<BrokerId, GroupMember>();
    for (const members of this.#groups.values())
      for (const member of members) if (member.brokerId !== selfId && member.port !== 0) wanted.set(member.brokerId, member);
    for (const [brokerId, { dialer }] of this.#dialled)
      if (!wanted.has(brokerId)) {
        dialer.stop();
        this.#dialled.delete(brokerId);
      }
    for (const member of wanted.values()) this.#want(member);
  }

  #want(member: GroupMember): void {
    const { selfId, limits, random, isConnected, dial, onFailure } = this.#options;
    const { brokerId } = member;
    const known = this.#dialled.get(brokerId);
    if (known !== undefined) {
      if (known.member.host !== member.host || known.member.port !== member.port) known.hasFailed = false;
      known.member = member;
      return;
    }
    const dialer = new PeerDialer({
      dial: async (signal) => {
        await dial(dialled.member, signal);
        dialled.hasFailed = false;
      },
      isConnected: () => isConnected(brokerId),
      onFailure: (error) => {
        dialled.hasFailed = true;
        onFailure(dialled.member, error);
      },
      limits,
      random,
    });
    const dialled: Dialled = { member, dialer, hasFailed: false };
    this.#dialled.set(brokerId, dialled);
    // Both dialling at once would make two connections, one of them for nothing.
    dialer.begin(selfId < brokerId ? 0 : limits.dialGraceMs);
  }
}
