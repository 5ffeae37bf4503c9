import type { BrokerId, CoreMessage, GroupId, GroupMember } from '../core/types.ts';
import type { PeerSender } from '../peers/types.ts';
import type { SnapshotFile } from '../state/types.ts';

/** The way to other brokers, for groups that are made before it is; without one there is nobody. */
export class LatePeers implements PeerSender {
  #peers: PeerSender | undefined;

  attach(peers: PeerSender): void {
    this.#peers = peers;
  }

  send(to: BrokerId, groupId: GroupId, message: CoreMessage): boolean {
    return this.#peers?.send(to, groupId, message) ?? false;
  }

  isConnected(brokerId: BrokerId): boolean {
    return this.#peers?.isConnected(brokerId) ?? false;
  }

  setMembers(groupId: GroupId, members: readonly GroupMember[]): void {
    this.#peers?.setMembers(groupId, members);
  }

  removeGroup(groupId: GroupId): void {
    this.#peers?.removeGroup(groupId);
  }

  offerSnapshot(to: BrokerId, groupId: GroupId, file: SnapshotFile): Promise<boolean> {
    return this.#peers?.offerSnapshot(to, groupId, file) ?? Promise.resolve(false);
  }
}
