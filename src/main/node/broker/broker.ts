import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned, type TlsMaterial } from '../certificates/index.ts';
import type { Logger, Problems } from '../telemetry/index.ts';
import type { BrokerReport } from './broker-face.ts';
import { type TimingProfile, timingProfiles } from './core/index.ts';
import type { BrokerId, CoreStatus, GroupId } from './core/types.ts';
import { Engine } from './engine/engine.ts';
import { LatePeers } from './engine/late-peers.ts';
import { QueueSeries } from './engine/queue-series.ts';
import { type BrokerFigures, figuresOf } from './figures.ts';
import { brokerLimits } from './limits.ts';
import { type BrokerIdentity, createLogStore, type LogStore, loadBrokerIdentity, renounceBrokerIdentity } from './log/index.ts';
import { BrokerPeers, type BrokerPeersOptions, type PeerTrust } from './peers/index.ts';
import type { Answer, Operation } from './protocol/index.ts';
import { readRequestObject } from './protocol/index.ts';
import { ClientServer } from './server/client-server.ts';
import { Listener } from './server/listener.ts';
import {
  type Call,
  type Caller,
  clusterUpdate,
  handleOperation,
  internalRefusal,
  type OperationContext,
  refusalOf,
} from './server/operations/index.ts';
import type { CheckToken } from './server/token-checker.ts';
import { createStateStore } from './state/index.ts';

export type BrokerProfile = keyof typeof timingProfiles;

export interface BrokerOptions {
  /** `DATA/broker`; made when it is not there. */
  readonly folder: string;
  /** For backups that nobody named a file for; absent: `backups` in the folder. */
  readonly backupFolder?: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What others are told to dial; absent: the address listened on. */
  readonly advertisedHost?: string | undefined;
  readonly profile: BrokerProfile;
  /** Instead of the profile's, for tests. */
  readonly timing?: TimingProfile;
  /** The node that runs the broker; null: none. */
  readonly nodeId: string | null;
  /** Of the node; absent: a throwaway one. */
  readonly certificate?: TlsMaterial;
  readonly checkToken: CheckToken;
  /** Whether clients of this machine may come without a token. */
  readonly anonymous: () => boolean;
  /** What people call the node. */
  readonly name: string;
  /** Who may be another broker; absent: this one stays alone. */
  readonly trust?: PeerTrust;
  /** Where another broker is dialled instead, for tests that stand between them. */
  readonly addressOf?: BrokerPeersOptions['addressOf'];
  readonly resourcesPath?: string | undefined;
  /** Puts something between the broker and its log, for tests. */
  readonly wrapLog?: (log: LogStore) => LogStore;
  readonly logger: Logger;
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  /** A group has another role, term, leader or membership here. */
  readonly onRole?: (groupId: GroupId, status: CoreStatus) => void;
}

/**
 * One queue broker: its groups, its port, its connections to others. Runs in any thread; in a node it has one of its own
 * (`broker-worker.ts`).
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #identity: BrokerIdentity;
  readonly #engine: Engine;
  readonly #listener: Listener;
  readonly #clients: ClientServer;
  readonly #peers: BrokerPeers | undefined;
  readonly #context: OperationContext;
  readonly #series = new QueueSeries();
  #sampleTimer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(options: BrokerOptions, identity: BrokerIdentity, certificate: TlsMaterial) {
    this.#options = options;
    this.#identity = identity;
    const { folder, resourcesPath, host, port, profile, timing, nodeId, wrapLog, logger, problems } = options;
    const backupFolder = options.backupFolder ?? join(folder, 'backups');
    const late = new LatePeers();
    this.#engine = new Engine({
      brokerId: identity.brokerId,
      nodeId,
      address: () => this.#ownAddress(),
      createLog: () => {
        const log = createLogStore({ folder, brokerId: identity.brokerId, resourcesPath, logger });
        return wrapLog === undefined ? log : wrapLog(log);
      },
      createState: () => createStateStore({ folder, resourcesPath, logger }),
      peers: late,
      timing: timing ?? timingProfiles[profile],
      logger,
      problems,
      onRole: (groupId, status) => this.#roleChanged(groupId, status),
    });
    this.#peers = this.#createPeers();
    if (this.#peers !== undefined) late.attach(this.#peers);
    this.#context = { engine: this.#engine, series: this.#series, peers: this.#peers, backupFolder };
    this.#clients = new ClientServer({
      checkToken: options.checkToken,
      anonymous: options.anonymous,
      handle: (operation, call) => this.#handle(operation, call),
      onFault: (error) => this.#fault(error),
    });
    this.#listener = new Listener({
      host,
      port,
      certificate,
      onClient: (socket, { loopback }) => this.#clients.accept(socket, loopback),
      onBroker: (socket) => (this.#peers === undefined ? socket.destroy() : this.#peers.accept(socket)),
    });
  }

  /**
   * Counts the start on the disk and makes the broker; it opens nothing else before {@link start}.
   *
   * @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`
   */
  static async create(options: BrokerOptions): Promise<Broker> {
    const identity = await loadBrokerIdentity(options.folder);
    const certificate = options.certificate ?? (await createSelfSigned({ commonName: identity.brokerId, notAfterMs: throwawayUntilMs }));
    return new Broker(options, identity, certificate);
  }

  get brokerId(): BrokerId {
    return this.#identity.brokerId;
  }

  /** Undefined while it does not listen. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    return this.#listener.address;
  }

  /** @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`; Error of the system when the port cannot be had */
  async start(): Promise<void> {
    // The port first: groups tell others where they are.
    await this.#listener.start();
    try {
      await this.#engine.start();
      await this.#peers?.start();
    } catch (error) {
      // Clients may have come in meanwhile: nothing of a start that failed stays behind.
      await this.#end(0);
      throw error;
    }
    this.#sampleTimer = setInterval(() => this.#sample(), sampleEveryMs);
  }

  /** A renewed certificate: connections that are open keep the former one. */
  setCertificate(certificate: TlsMaterial): void {
    this.#listener.setCertificate(certificate);
  }

  /** Hands its groups on, answers what was asked, brings everything to the disk. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Does an operation for somebody in this process. `onProgress` is told how far a long one is. */
  request(operation: unknown, caller: Caller, onProgress: (progress: Readonly<Record<string, unknown>>) => void): Promise<RequestOutcome> {
    return new Promise((resolve) => {
      let isOver = false;
      const call: Call = {
        caller,
        session: undefined,
        get isOver() {
          return isOver;
        },
        answer: (answer) => {
          isOver = true;
          resolve({ answer });
        },
        refuse: ({ code, message, executed, data, extra }) => {
          isOver = true;
          resolve({
            refusal: { code, message, ...(executed !== undefined && { executed }), ...(data !== undefined && { data }), ...extra },
          });
        },
        progress: onProgress,
      };
      try {
        this.#handle(readRequestObject(operation).operation, call);
      } catch (error) {
        call.refuse(refusalOf(error) ?? internalRefusal);
      }
    });
  }

  /** How it is, for people and metrics. */
  status(): BrokerReport {
    const disk = this.#engine.disk();
    const groups = this.#engine.groups();
    const { host, profile } = this.#options;
    const refused = groups.reduce((sum, { driver }) => sum + driver.refused, this.#listener.refused);
    return {
      state: 'running',
      detail: this.#engine.failure ?? '',
      brokerId: this.brokerId,
      host,
      port: this.address?.port ?? null,
      tls: true,
      profile,
      groups: groups.length,
      leaderOf: groups.filter(({ driver }) => driver.serves).length,
      clients: this.#clients.size,
      peers: this.#peers?.counters.connections ?? 0,
      flushP50Ms: disk?.flushP50Ms ?? null,
      flushP99Ms: disk?.flushP99Ms ?? null,
      stalledMs: disk?.stalledMs ?? 0,
      logBytes: disk?.sizeBytes ?? 0,
      refused,
      replicas: groups.map(({ groupId, driver }) => {
        const { role, term, leaderId, configuration } = driver.status();
        const leader = configuration.members.find(({ brokerId }) => brokerId === leaderId);
        return {
          groupId,
          role,
          term,
          ready: driver.serves,
          leader: leader === undefined ? null : { brokerId: leader.brokerId, nodeId: leader.nodeId },
        };
      }),
    };
  }

  /** Numbers for metrics. */
  figures(): BrokerFigures {
    const { clients, peers, refused } = this.status();
    return figuresOf(this.#engine, { clients, peers, refused });
  }

  async #stop(): Promise<void> {
    clearInterval(this.#sampleTimer);
    await this.#engine.handOver();
    await this.#end(brokerLimits.stopGraceMs);
  }

  /** @param graceMs time that clients have to take their last answers */
  async #end(graceMs: number): Promise<void> {
    const listening = this.#listener.stop();
    await this.#clients.stop(graceMs);
    await this.#engine.stop();
    await this.#peers?.stop();
    await listening;
  }

  #createPeers(): BrokerPeers | undefined {
    const { trust, addressOf, folder, name, nodeId, logger, problems } = this.#options;
    if (trust === undefined) return undefined;
    const { brokerId, incarnation, startId } = this.#identity;
    return new BrokerPeers({
      self: { brokerId, nodeId: nodeId ?? brokerId, name, incarnation, startId, address: () => this.#dialledAddress() },
      trust,
      receiver: this.#engine,
      groups: this.#engine,
      directory: join(folder, 'peers'),
      logger,
      problems,
      onRenounced: () => renounceBrokerIdentity(folder),
      ...(addressOf !== undefined && { addressOf }),
    });
  }

  #handle(operation: Operation, call: Call): void {
    handleOperation(this.#context, operation, call, (error) => this.#fault(error));
  }

  #ownAddress(): { readonly host: string; readonly port: number } {
    const { host, port, advertisedHost } = this.#options;
    return { host: advertisedHost ?? (isAnywhere(host) ? addressOfMachine() : host), port: this.#listener.address?.port ?? port };
  }

  /** A broker that listens on every address is found at the one that it dials from. */
  #dialledAddress(): { readonly host: string | null; readonly port: number } {
    const { host, advertisedHost } = this.#options;
    return { host: advertisedHost ?? (isAnywhere(host) ? null : host), port: this.#listener.address?.port ?? 0 };
  }

  #roleChanged(groupId: GroupId, status: CoreStatus): void {
    const group = this.#engine.group(groupId);
    if (group !== undefined) this.#clients.announce(clusterUpdate(this.#engine, group));
    this.#peers?.groupChanged(groupId);
    this.#options.onRole?.(groupId, status);
  }

  #sample(): void {
    this.#engine.sample();
    for (const group of this.#engine.groups()) {
      if (group.driver.serves)
        this.#series.sample(
          Date.now(),
          group.driver.machine.queues().map(({ queueId, messages, lastSequence }) => ({
            queueId,
            messages,
            appended: lastSequence,
            taken: group.rates.takenOf(queueId),
          })),
        );
    }
  }

  #fault(error: unknown): void {
    this.#options.logger.error('broker.fault', 'The queue broker met an unexpected fault.', { error });
  }
}

/** What became of an operation of this process. */
export type RequestOutcome = { readonly answer: Answer } | { readonly refusal: RefusedFields };

export type RefusedFields = { readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>;

const sampleEveryMs = 1_000;
/** A certificate that nobody pins: brokers prove who they are inside. */
const throwawayUntilMs = Date.UTC(2125, 0, 1);

function isAnywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** What others are told of a broker that listens on every address: the first one that is not of this machine alone. */
function addressOfMachine(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? hostname();
}
