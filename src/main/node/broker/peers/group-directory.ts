import type { BrokerId, GroupId } from '../core/types.ts';
import { type GroupSighting, isLater } from './group-announcements.ts';
import { peerLimits } from './limits.ts';

/** Which groups there are and where, as far as this broker has heard: its own, and those that other brokers name. */
export class GroupDirectory {
  readonly #sightings = new Map<GroupId, GroupSighting>();
  /** Groups that brokers say they have a replica of. */
  readonly #held = new Map<BrokerId, readonly GroupId[]>();

  /** @returns true when it is news */
  note(sighting: GroupSighting): boolean {
    if (!isLater(sighting, this.#sightings.get(sighting.groupId))) return false;
    this.#sightings.delete(sighting.groupId);
    this.#sightings.set(sighting.groupId, sighting);
    for (const oldest of this.#sightings.keys()) {
      if (this.#sightings.size <= peerLimits.groups) break;
      this.#sightings.delete(oldest);
    }
    return true;
  }

  /** What a broker said in its hello; empty when it is gone. */
  holds(brokerId: BrokerId, groupIds: readonly GroupId[]): void {
    if (groupIds.length === 0) this.#held.delete(brokerId);
    else this.#held.set(brokerId, groupIds);
  }

  /** There is no such group any more, as far as this broker has to do with it. */
  forget(groupId: GroupId): void {
    this.#sightings.delete(groupId);
  }

  get(groupId: GroupId): GroupSighting | undefined {
    return this.#sightings.get(groupId);
  }

  list(): readonly GroupSighting[] {
    return [...this.#sightings.values()];
  }

  /** Connected brokers that say they have a replica. */
  holdersOf(groupId: GroupId): readonly BrokerId[] {
    return [...this.#held].filter(([, groupIds]) => groupIds.includes(groupId)).map(([brokerId]) => brokerId);
  }
}
