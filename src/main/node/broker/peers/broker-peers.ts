import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { SignalboxError } from '../../../../common/errors.ts';
import type { Startable } from '../../startable.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import type { BrokerId, CoreMessage, GroupId, GroupMember } from '../core/types.ts';
import { type BinaryFrame, decodeCoreMessage, encodeCoreMessage, isCoreType, type SenderNote } from '../protocol/index.ts';
import type { SnapshotFile } from '../state/types.ts';
import { DialledMembers } from './dialled-members.ts';
import { decodeUpdate } from './group-announcements.ts';
import { GroupDirectory } from './group-directory.ts';
import { GroupMembership } from './group-membership.ts';
import { GroupNews } from './group-news.ts';
import { GroupUpkeep } from './group-upkeep.ts';
import { LeaderAsker } from './leader-asker.ts';
import { LeaderDesk } from './leader-desk.ts';
import { type PeerLimits, peerLimits } from './limits.ts';
import { answerMembership } from './membership-answers.ts';
import { PeerAlarms } from './peer-alarms.ts';
import type { PeerConnection } from './peer-connection.ts';
import { peerFrameTypes } from './peer-frames.ts';
import { PeerLinks } from './peer-links.ts';
import { PeerRecords } from './peer-records.ts';
import type { PeerTrust } from './peer-trust.ts';
import { SnapshotReceiver } from './snapshot-receiver.ts';
import { SnapshotSender } from './snapshot-sender.ts';
import type { GroupControl, PeerDoor, PeerReceiver, PeerSender } from './types.ts';

/** This broker, as others are told of it. */
export interface BrokerSelf {
  readonly brokerId: BrokerId;
  /** Of its node; the broker id where brokers run without nodes. */
  readonly nodeId: string;
  readonly name: string;
  readonly incarnation: number;
  readonly startId: string;
  /** Where others find it; null: at the address that it dials from. Asked at each use: the listener may not be open yet. */
  readonly address: () => { readonly host: string | null; readonly port: number };
}

export interface BrokerPeersOptions {
  readonly self: BrokerSelf;
  readonly trust: PeerTrust;
  readonly receiver: PeerReceiver;
  readonly groups: GroupControl;
  /** For what is remembered of others and for snapshots that come: DATA/broker/peers. */
  readonly directory: string;
  readonly logger: Logger;
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  /** This disk is a copy or an old state: the next start must be another broker. */
  readonly onRenounced: () => Promise<void>;
  readonly limits?: PeerLimits;
  /** Where a member is dialled instead, for tests that stand between brokers. */
  readonly addressOf?: (member: { readonly brokerId: BrokerId | null; readonly host: string; readonly port: number }) => {
    readonly host: string;
    readonly port: number;
  };
  /** 0 to 1. */
  readonly random?: () => number;
}

/** The other brokers, as the groups of this one see them: messages, snapshots, membership. */
export class BrokerPeers implements PeerSender, PeerDoor, Startable {
  readonly directory = new GroupDirectory();
  readonly membership: GroupMembership;
  readonly #options: BrokerPeersOptions;
  readonly #limits: PeerLimits;
  readonly #alarms: PeerAlarms;
  readonly #sender: SnapshotSender;
  readonly #snapshots: SnapshotReceiver;
  readonly #desk: LeaderDesk;
  readonly #upkeep: GroupUpkeep;
  readonly #dialled: DialledMembers;
  readonly #news: GroupNews;
  #links: PeerLinks | undefined;
  #records: PeerRecords | undefined;
  #renouncing: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: BrokerPeersOptions) {
    this.#options = options;
    this.#limits = options.limits ?? peerLimits;
    const { self, groups, logger, problems, receiver, directory, random = Math.random } = options;
    const limits = this.#limits;
    this.#alarms = new PeerAlarms(logger, problems);
    this.#news = new GroupNews({
      selfId: self.brokerId,
      groups,
      directory: this.directory,
      alarms: this.#alarms,
      connectionOf: (brokerId) => this.#links?.get(brokerId),
    });
    this.#sender = new SnapshotSender(limits, logger);
    this.#snapshots = new SnapshotReceiver({
      directory: join(directory, 'incoming'),
      limits,
      logger,
      install: (...snapshot) => receiver.installSnapshot(...snapshot),
      mayOffer: (from, groupId) => this.#mayBringSnapshot(from, groupId),
    });
    this.#desk = new LeaderDesk(groups, self.brokerId, limits);
    this.#dialled = new DialledMembers({
      selfId: self.brokerId,
      limits,
      random,
      isConnected: (brokerId) => this.#links?.get(brokerId) !== undefined,
      dial: (member, signal) => this.#dial(member, signal),
      onFailure: (member, error) => this.#alarms.dialFailed(member, error),
    });
    const asker = new LeaderAsker({
      desk: this.#desk,
      self: { ...self, remoteAddress: null },
      limits,
      connectionOf: (brokerId) => this.#links?.get(brokerId),
      dial: (address, signal) => this.#dial(address, signal),
      leads: (groupId) => groups.status(groupId)?.role === 'leader',
    });
    this.membership = new GroupMembership({
      selfId: self.brokerId,
      groups,
      directory: this.directory,
      asker,
      ownAddress: self.address,
      holdersOf: (groupId) => this.directory.holdersOf(groupId).flatMap((brokerId) => this.#links?.get(brokerId)?.peer ?? []),
      removedIn: (groupId) => this.#news.removedIn(groupId),
      snapshotProgress: (groupId) => this.#snapshots.progress(groupId),
      forgetSnapshots: (groupId) => this.#snapshots.forget(groupId),
    });
    this.#upkeep = new GroupUpkeep({
      groups,
      limits,
      logger,
      peerOf: (brokerId) => this.#links?.get(brokerId)?.peer,
      isUnreachable: (brokerId) => this.#dialled.hasFailed(brokerId),
    });
  }

  /** @throws DamagedFileError, SignalboxError `STORAGE_FULL`: what is remembered of other brokers cannot be read */
  async start(): Promise<void> {
    const { directory, trust, self, logger, receiver } = this.#options;
    const records = await PeerRecords.load(join(directory, 'met-brokers.json'));
    this.#records = records;
    this.#links = new PeerLinks({
      describe: () => ({
        brokerId: self.brokerId,
        incarnation: self.incarnation,
        startId: self.startId,
        ...self.address(),
        groups: receiver.groupIds().slice(0, this.#limits.groups),
      }),
      trust,
      records,
      limits: this.#limits,
      logger,
      nodeOf: (brokerId) => this.#dialled.nodeOf(brokerId),
      onConnected: (connection) => this.#connected(connection),
      onFrame: (connection, frame) => this.#take(connection, frame),
      onDisconnected: (brokerId, reason) => this.#disconnected(brokerId, reason),
      onCongested: (brokerId, isCongested) => this.#congested(brokerId, isCongested),
      onCopy: (brokerId, reason) => this.#alarms.copy(brokerId, reason),
      onRenounced: (by, reason) => this.#renounced(by, reason),
    });
    this.#upkeep.start();
    this.#dialled.start();
  }

  async stop(): Promise<void> {
    this.#upkeep.stop();
    this.#dialled.stop();
    this.#sender.stop();
    this.#links?.stop();
    await this.#snapshots.stop();
    await this.#records?.settled();
    await this.#renouncing;
  }

  accept(socket: TLSSocket): void {
    if (this.#links === undefined) socket.destroy();
    else this.#links.accept(socket);
  }

  send(to: BrokerId, groupId: GroupId, message: CoreMessage): boolean {
    const connection = this.#links?.get(to);
    const isSent = connection?.offer(encodeCoreMessage(groupId, message, this.#note(groupId, message))) === true;
    if (!isSent) this.#dropped++;
    return isSent;
  }

  /** The names of the first system ride along where there are few messages. */
  #note(groupId: GroupId, { type }: CoreMessage): SenderNote | undefined {
    if (type !== 'HEARTBEAT' && type !== 'ELECTION_REQUEST') return undefined;
    const status = this.#options.groups.status(groupId);
    return {
      brokerId: this.#options.self.brokerId,
      role: status?.role === 'leader' ? 'leader' : 'replica',
      clusterVersion: status?.configuration.version ?? 0,
      timestampMs: Date.now(),
    };
  }

  /** A connection on which too much waits counts as none: what is sent to it would be dropped. */
  isConnected(brokerId: BrokerId): boolean {
    const connection = this.#links?.get(brokerId);
    return connection !== undefined && !connection.isCongested;
  }

  setMembers(groupId: GroupId, members: readonly GroupMember[]): void {
    this.#dialled.setMembers(groupId, members);
    this.#links?.checkNodes();
  }

  removeGroup(groupId: GroupId): void {
    this.#news.left(groupId);
    this.#dialled.setMembers(groupId, []);
  }

  async offerSnapshot(to: BrokerId, groupId: GroupId, file: SnapshotFile): Promise<boolean> {
    const connection = this.#links?.get(to);
    return connection === undefined ? false : this.#sender.offer(connection, groupId, file);
  }

  /** Role, term, leader or configuration of a group changed. */
  groupChanged(groupId: GroupId): void {
    this.#news.changed(groupId);
  }

  /** How much of a snapshot a member has got, 0 to 1: this broker, or one to which this broker brings it. Null: none is on the way. */
  snapshotProgress(groupId: GroupId, brokerId: BrokerId): number | null {
    const isSelf = brokerId === this.#options.self.brokerId;
    return isSelf ? this.#snapshots.progress(groupId) : this.#sender.progress(groupId, brokerId);
  }

  /** For the status and metrics. */
  get counters(): { readonly connections: number; readonly refused: number; readonly dropped: number } {
    return { connections: this.#links?.list().length ?? 0, refused: this.#links?.refused ?? 0, dropped: this.#dropped };
  }

  #dial(
    member: { readonly brokerId: BrokerId | null; readonly host: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<PeerConnection> {
    const { addressOf } = this.#options;
    const links = this.#links;
    if (links === undefined) return Promise.reject(new Error('The connections to other brokers are not open.'));
    return links.dial(addressOf?.(member) ?? member, member.brokerId, signal);
  }

  #connected(connection: PeerConnection): void {
    const { receiver } = this.#options;
    const { brokerId, groups: held } = connection.peer;
    this.directory.holds(brokerId, held);
    this.#dialled.connected(brokerId);
    this.#alarms.connected(brokerId);
    receiver.onConnected(brokerId);
    this.#news.connected(connection);
  }

  #disconnected(brokerId: BrokerId, reason: SignalboxError): void {
    const { receiver, logger } = this.#options;
    this.directory.holds(brokerId, []);
    this.#sender.disconnected(brokerId);
    const { code, message, cause } = reason;
    // With a cause it is a fault of one of the two, not of the network.
    const level = cause === undefined ? 'info' : 'warn';
    logger[level]('broker.peerLost', 'The connection to another broker ended.', { brokerId, code, message, error: cause });
    receiver.onDisconnected(brokerId);
    this.#dialled.lost(brokerId);
  }

  #congested(brokerId: BrokerId, isCongested: boolean): void {
    const { receiver } = this.#options;
    if (isCongested) receiver.onDisconnected(brokerId);
    else receiver.onConnected(brokerId);
  }

  /** @throws SignalboxError `INVALID_PARAMS`: the connection ends */
  #take(connection: PeerConnection, frame: BinaryFrame): void {
    const { type, header, payload } = frame;
    if (isCoreType(type)) {
      const { groupId, message } = decodeCoreMessage(type, header, payload);
      this.#options.receiver.onMessage(connection.peer.brokerId, groupId, message);
    } else if (type === peerFrameTypes.dataSyncRequest) this.#background(connection, this.#sender.request(connection, frame));
    else if (type === peerFrameTypes.dataSyncOffer) this.#background(connection, this.#snapshots.offered(connection, frame));
    else if (type === peerFrameTypes.dataSyncDone) this.#sender.done(connection, frame);
    else if (type === peerFrameTypes.forward) this.#background(connection, answerMembership(this.#desk, connection, frame));
    else if (type === peerFrameTypes.clusterUpdate) this.#news.heard(decodeUpdate(header));
    // PROMOTE_TO_LEADER says nothing that votes and CLUSTER_UPDATE do not; what a later version sends is passed over.
  }

  /** What cannot be read ends the connection, also when it is found out later. */
  #background(connection: PeerConnection, work: Promise<void>): void {
    work.catch((error: unknown) => connection.unreadable(error));
  }

  /** Whom a replica follows, or knows as a member: one that is catching up knows old members, one that was just adopted may know none. */
  #mayBringSnapshot(brokerId: BrokerId, groupId: GroupId): boolean {
    const status = this.#options.groups.status(groupId);
    if (status === undefined) return false;
    const { members } = status.configuration;
    return status.leaderId === brokerId || members.length === 0 || members.some((member) => member.brokerId === brokerId);
  }

  /** Written down once; all that refuse this broker say the same. */
  #renounced(by: string, reason: SignalboxError): void {
    this.#alarms.renounced(by, reason);
    this.#renouncing ??= this.#renounce();
  }

  async #renounce(): Promise<void> {
    try {
      await this.#options.onRenounced();
    } catch (error) {
      this.#options.logger.error('broker.renounceFailed', 'It could not be written down that this disk is a copy.', { error });
    }
  }
}
