/** What passes between a broker's groups and its connections to other brokers. Nothing here does anything. */
import type { TLSSocket } from 'node:tls';
import type {
  BrokerId,
  CoreMessage,
  CoreStatus,
  GroupConfiguration,
  GroupId,
  GroupMember,
  LogPosition,
  MembershipChange,
} from '../core/types.ts';
import type { SnapshotFile } from '../state/types.ts';

/** How a connection between brokers names itself in TLS (ALPN), on the port that clients use too. */
export const brokerProtocol = 'sgbx-broker/1';

/** A broker as it says itself who it is, inside a proven connection. */
export interface BrokerHello {
  readonly brokerId: BrokerId;
  /** Count of the starts of this data directory, kept on its disk. */
  readonly incarnation: number;
  /** Made up at each start: two brokers of one id and incarnation are a disk and its copy. */
  readonly startId: string;
  /** Where others find it; null: at the address that it dials from. */
  readonly host: string | null;
  readonly port: number;
  readonly groups: readonly GroupId[];
}

/** A broker at the other end of a connection, proven to run on a node of this cluster. */
export interface PeerBroker extends BrokerHello {
  readonly nodeId: string;
  /** What people call its node. */
  readonly name: string;
  /** What it says, or the address that its connection comes from. */
  readonly host: string;
  readonly saysHost: boolean;
  /** The address that its connection comes from. */
  readonly remoteAddress: string;
}

/** What groups do with the connections to other brokers. */
export interface PeerSender {
  /** @returns false: there is no connection or too much waits on it; the message is dropped, and Raft sends again */
  send(to: BrokerId, groupId: GroupId, message: CoreMessage): boolean;
  isConnected(brokerId: BrokerId): boolean;
  /** Who belongs to a group now: these are dialled. After each change of its configuration, and when a replica is opened. */
  setMembers(groupId: GroupId, members: readonly GroupMember[]): void;
  /** There is no replica of it here any more. */
  removeGroup(groupId: GroupId): void;
  /**
   * Brings a snapshot to a member, at its pace; what it has of this file from an earlier try is not sent again.
   *
   * @returns true when the member has installed it; false when it has not, for whatever reason
   */
  offerSnapshot(to: BrokerId, groupId: GroupId, file: SnapshotFile): Promise<boolean>;
}

/** What comes from other brokers. `from` is proven; whether it belongs to the group is for the group to look. */
export interface PeerReceiver {
  onMessage(from: BrokerId, groupId: GroupId, message: CoreMessage): void;
  onConnected(brokerId: BrokerId): void;
  onDisconnected(brokerId: BrokerId): void;
  /** Of the replicas here, told to others in the hello. */
  groupIds(): readonly GroupId[];
  /**
   * A whole snapshot is there and its digest is right: puts it in the place of the replica's state and log, when it is ahead of them.
   *
   * @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`, `NOT_FOUND` when the group has no replica here
   */
  installSnapshot(groupId: GroupId, path: string, sha256: string, position: LogPosition, configuration: GroupConfiguration): Promise<void>;
}

/** How much a replica carries, for the group directory and for choosing the least loaded group. */
export interface GroupLoad {
  readonly queues: number;
  readonly messages: number;
  readonly bytes: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
}

/** What joining, leaving and rebalancing need of the replicas of this broker. */
export interface GroupControl {
  /** Begins an empty replica without a vote; the leader brings it what it lacks. A group that has a replica already keeps it. */
  adopt(groupId: GroupId, configuration: GroupConfiguration): Promise<void>;
  /** Removes the replica with its log and state from this disk. */
  leave(groupId: GroupId): Promise<void>;
  /**
   * Resolves when the change is committed.
   *
   * @throws SignalboxError `NOT_LEADER`, `CONFLICT` while another change is on the way, `OVERLOADED`, `INVALID_PARAMS`
   */
  changeMembership(groupId: GroupId, change: MembershipChange): Promise<{ readonly index: number }>;
  /** Resolves when another leads. @throws SignalboxError `NOT_LEADER`, `TIMEOUT`, `INVALID_PARAMS` */
  transfer(groupId: GroupId, to: BrokerId | undefined): Promise<void>;
  /** Undefined when this broker has no replica of the group. */
  status(groupId: GroupId): CoreStatus | undefined;
  load(groupId: GroupId): GroupLoad | undefined;
  groupIds(): readonly GroupId[];
  /** Milliseconds of the monotonic clock that `MemberProgress.heardAtMs` is by. */
  nowMs(): number;
}

/** Takes over connections that named {@link brokerProtocol}, right after TLS. */
export interface PeerDoor {
  accept(socket: TLSSocket): void;
}
