/** Brokers that are their connections alone, on real sockets: what their groups are told is kept, and what they answer is set. */
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type {
  CoreMessage,
  CoreStatus,
  GroupConfiguration,
  GroupId,
  GroupMember,
  MembershipChange,
} from '../../src/main/node/broker/core/types.ts';
import { BrokerPeers, type BrokerPeersOptions } from '../../src/main/node/broker/peers/broker-peers.ts';
import { type PeerLimits, peerLimits } from '../../src/main/node/broker/peers/limits.ts';
import { brokerProtocol, type GroupControl, type PeerReceiver } from '../../src/main/node/broker/peers/types.ts';
import { createThrowawayCertificate } from '../../src/main/node/links/index.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { type StaticPeerTrust, staticPeerTrust } from './broker-trust.ts';
import { recordingLogger } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

const certificate = createThrowawayCertificate();

/** Tests beside each other must not meet on a port that one has left and another got. */
export const testCluster = `brokers-of-process-${process.pid}`;

export type Heard =
  | { readonly what: 'connected' | 'disconnected'; readonly from: string }
  | { readonly what: 'message'; readonly from: string; readonly groupId: GroupId; readonly message: CoreMessage };

export interface FixtureBroker {
  readonly peers: BrokerPeers;
  readonly brokerId: string;
  readonly nodeId: string;
  readonly port: number;
  readonly trust: StaticPeerTrust;
  readonly directory: string;
  readonly heard: Heard[];
  readonly problems: Problems;
  readonly lines: ReturnType<typeof recordingLogger>['lines'];
  /** How the groups here stand. */
  readonly statuses: Map<GroupId, CoreStatus>;
  /** What `GroupControl` was told to do, in order. */
  readonly changes: { readonly groupId: GroupId; readonly change: MembershipChange }[];
  readonly installed: { readonly groupId: GroupId; readonly path: string; readonly sha256: string; readonly bytes: Buffer }[];
  readonly renounced: () => number;
  /** As a member of a group. */
  member(voter?: boolean): GroupMember;
  stop(): Promise<void>;
}

export interface FixtureBrokerOptions {
  readonly byte: number;
  readonly members?: readonly number[];
  readonly brokerId?: string;
  readonly incarnation?: number;
  readonly startId?: string;
  readonly directory?: string;
  readonly limits?: Partial<PeerLimits>;
  readonly addressOf?: NonNullable<BrokerPeersOptions['addressOf']>;
  readonly install?: PeerReceiver['installSnapshot'];
  /** Commits a change of members. @throws SignalboxError as `GroupControl.changeMembership` */
  readonly onChange?: (groupId: GroupId, change: MembershipChange) => void;
  readonly onTransfer?: (groupId: GroupId, to: string | undefined) => void;
  /** What it says of its host; null: nothing. */
  readonly host?: string | null;
}

export function statusOf(configuration: GroupConfiguration, changes: Partial<CoreStatus> = {}): CoreStatus {
  return {
    role: 'follower',
    term: 1,
    leaderId: null,
    commitIndex: 0,
    last: { index: 0, term: 0, checksum: 0 },
    durableIndex: 0,
    configuration,
    impaired: false,
    members: [],
    ready: false,
    transferringTo: null,
    failed: false,
    diskWaitedMs: 0,
    ...changes,
  };
}

/** Opens a broker's connections; closed when the test ends. */
export async function openBroker(options: FixtureBrokerOptions): Promise<FixtureBroker> {
  const {
    byte,
    members = [1, 2, 3, 4],
    brokerId = `B-0000${byte}`,
    incarnation = 1,
    startId = `start-${byte}-${incarnation}`,
    host = '127.0.0.1',
  } = options;
  const directory = options.directory ?? (await temporaryFolder());
  const trust = staticPeerTrust({ byte, members, cluster: testCluster });
  const logger = recordingLogger();
  const problems = new Problems();
  const heard: Heard[] = [];
  const statuses = new Map<GroupId, CoreStatus>();
  const changes: FixtureBroker['changes'] = [];
  const installed: FixtureBroker['installed'] = [];
  let renounced = 0;
  const groups: GroupControl = {
    adopt: async (groupId, configuration) => void statuses.set(groupId, statusOf(configuration)),
    leave: async (groupId) => void statuses.delete(groupId),
    changeMembership: async (groupId, change) => {
      changes.push({ groupId, change });
      options.onChange?.(groupId, change);
      return { index: changes.length };
    },
    transfer: async (groupId, to) => options.onTransfer?.(groupId, to),
    status: (groupId) => statuses.get(groupId),
    load: () => undefined,
    groupIds: () => [...statuses.keys()],
    nowMs: () => performance.now(),
  };
  const server = createServer({ ...(await certificate), ALPNProtocols: [brokerProtocol], sessionTimeout: 1 });
  const sockets = new Set<TLSSocket>();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const peers = new BrokerPeers({
    self: { brokerId, nodeId: trust.nodeId, name: `node-${byte}`, incarnation, startId, address: () => ({ host, port }) },
    trust: trust.trust,
    groups,
    receiver: {
      onMessage: (from, groupId, message) => void heard.push({ what: 'message', from, groupId, message }),
      onConnected: (from) => void heard.push({ what: 'connected', from }),
      onDisconnected: (from) => void heard.push({ what: 'disconnected', from }),
      groupIds: () => [...statuses.keys()],
      installSnapshot: options.install ?? (async () => undefined),
    },
    directory,
    logger,
    problems,
    onRenounced: async () => void renounced++,
    limits: { ...peerLimits, ...options.limits },
    ...(options.addressOf !== undefined && { addressOf: options.addressOf }),
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    peers.accept(socket);
  });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await peers.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const broker: FixtureBroker = {
    peers,
    brokerId,
    nodeId: trust.nodeId,
    port,
    trust,
    directory,
    heard,
    problems,
    lines: logger.lines,
    statuses,
    changes,
    installed,
    renounced: () => renounced,
    member: (voter = true) => ({ brokerId, voter, nodeId: trust.nodeId, host: '127.0.0.1', port }),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
  onTestFinished(() => broker.stop());
  await peers.start();
  return broker;
}

/** Makes brokers members of one group, as each of them sees it. */
export function formGroup(groupId: GroupId, brokers: readonly FixtureBroker[], leader?: FixtureBroker): GroupConfiguration {
  const configuration: GroupConfiguration = { groupId, version: 1, members: brokers.map((broker) => broker.member()) };
  for (const broker of brokers) {
    const isLeader = broker === leader;
    const status = statusOf(configuration, {
      role: isLeader ? 'leader' : 'follower',
      ready: isLeader,
      leaderId: leader?.brokerId ?? null,
      members: isLeader
        ? brokers
            .filter((other) => other !== broker)
            .map(({ brokerId }) => ({
              brokerId,
              voter: true,
              matchIndex: 0,
              state: 'replicating',
              inFlightBytes: 0,
              heardAtMs: performance.now(),
            }))
        : [],
    });
    broker.statuses.set(groupId, status);
    broker.peers.setMembers(groupId, configuration.members);
  }
  return configuration;
}
