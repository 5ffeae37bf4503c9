import type { BrokerId, GroupId } from '../core/types.ts';
import { type GroupSighting, sightingOf, updateHeader } from './group-announcements.ts';
import type { GroupDirectory } from './group-directory.ts';
import type { PeerAlarms } from './peer-alarms.ts';
import type { PeerConnection } from './peer-connection.ts';
import { encodePeerFrame, peerFrameTypes } from './peer-frames.ts';
import type { GroupControl } from './types.ts';

export interface GroupNewsOptions {
  readonly selfId: BrokerId;
  readonly groups: GroupControl;
  readonly directory: GroupDirectory;
  readonly alarms: PeerAlarms;
  readonly connectionOf: (brokerId: BrokerId) => PeerConnection | undefined;
}

/** Tells members who leads and who belongs to a group, and hears it of others. */
export class GroupNews {
  readonly #options: GroupNewsOptions;
  /** What was last announced of groups that this broker leads, and to whom. */
  readonly #announced = new Map<GroupId, { readonly key: string; readonly members: readonly BrokerId[] }>();
  /** Memberships without this broker, of groups that it has a replica of, and the term of who said so. */
  readonly #removedIn = new Map<GroupId, { readonly version: number; readonly term: number }>();

  constructor(options: GroupNewsOptions) {
    this.#options = options;
  }

  /** Role, term, leader or configuration of a group changed: a leader tells its members, all note it. */
  changed(groupId: GroupId): void {
    const { groups, directory, connectionOf } = this.#options;
    const status = groups.status(groupId);
    if (status === undefined) return;
    const sighting = sightingOf(groupId, status);
    directory.note(sighting);
    // Its own view of the group says nothing against a later one without it.
    const removedIn = this.removedIn(groupId);
    if (this.#isMember(sighting) && sighting.configuration.version > removedIn) this.#belongs(groupId);
    if (status.role !== 'leader' || !status.ready) return;
    const key = `${sighting.term} ${sighting.configuration.version}`;
    const before = this.#announced.get(groupId);
    if (before?.key === key) return;
    const members = sighting.configuration.members.map(({ brokerId }) => brokerId);
    this.#announced.set(groupId, { key, members });
    // Who is a member no longer gets nothing of the log that would say so.
    for (const brokerId of new Set([...members, ...(before?.members ?? [])])) {
      const connection = connectionOf(brokerId);
      if (connection !== undefined) announce(connection, sighting);
    }
  }

  /** A broker that comes hears of the groups that this one leads and that concern it, also that it was removed while it was away. */
  connected(connection: PeerConnection): void {
    const { groups } = this.#options;
    const { brokerId, groups: held } = connection.peer;
    for (const groupId of groups.groupIds()) {
      const status = groups.status(groupId);
      if (status?.role !== 'leader') continue;
      const isConcerned = held.includes(groupId) || status.configuration.members.some((member) => member.brokerId === brokerId);
      if (isConcerned) announce(connection, sightingOf(groupId, status));
    }
  }

  /** Another broker says how a group stands. */
  heard(sighting: GroupSighting): void {
    const { groups, directory, alarms } = this.#options;
    const { groupId, term, configuration } = sighting;
    const own = groups.status(groupId);
    directory.note(sighting);
    if (own === undefined) return;
    if (this.#isMember(sighting)) {
      // The removal was never committed: a later leader does not have it.
      if (term > (this.#removedIn.get(groupId)?.term ?? term)) this.#belongs(groupId);
      return;
    }
    if (configuration.version <= own.configuration.version) return;
    this.#removedIn.set(groupId, { version: configuration.version, term });
    alarms.removed(groupId, configuration);
  }

  /** Version of the membership in which this broker was missing, of a group that it has a replica of; 0: none was heard of. */
  removedIn(groupId: GroupId): number {
    return this.#removedIn.get(groupId)?.version ?? 0;
  }

  /** There is no replica of the group here any more. */
  left(groupId: GroupId): void {
    this.#announced.delete(groupId);
    this.#belongs(groupId);
  }

  #belongs(groupId: GroupId): void {
    this.#removedIn.delete(groupId);
    this.#options.alarms.removed(groupId, null);
  }

  #isMember({ configuration }: GroupSighting): boolean {
    return configuration.members.some(({ brokerId }) => brokerId === this.#options.selfId);
  }
}

function announce(connection: PeerConnection, sighting: GroupSighting): void {
  const { groupId, term, leader, configuration } = sighting;
  const promotion = { group: groupId, term, broker_id: leader, cluster_version: configuration.version };
  connection.offer(encodePeerFrame({ type: peerFrameTypes.promoteToLeader, requestId: 0, header: promotion, payload: [] }));
  connection.offer(encodePeerFrame({ type: peerFrameTypes.clusterUpdate, requestId: 0, header: updateHeader(sighting), payload: [] }));
}
