import type { TLSSocket } from 'node:tls';
import { SignalboxError } from '../../../../common/errors.ts';
import { overChannel, PeerChannel } from '../../links/index.ts';
import { type Logger, RepeatSampler } from '../../telemetry/index.ts';
import type { BrokerId } from '../core/types.ts';
import type { BinaryFrame } from '../protocol/index.ts';
import { type BrokerParty, proveAsClient, proveAsServer } from './broker-handshake.ts';
import { BrokerRecogniser } from './broker-recogniser.ts';
import { decodeKnownBrokers, knownBrokersHeader } from './known-brokers.ts';
import type { PeerLimits } from './limits.ts';
import { PeerConnection } from './peer-connection.ts';
import { encodePeerFrame, peerFrameTypes } from './peer-frames.ts';
import type { BrokerRecord, PeerRecords } from './peer-records.ts';
import type { PeerTrust } from './peer-trust.ts';
import { type BrokerHello, brokerProtocol, type PeerBroker } from './types.ts';

export interface PeerLinksOptions {
  readonly describe: () => BrokerHello;
  readonly trust: PeerTrust;
  readonly records: PeerRecords;
  readonly limits: PeerLimits;
  readonly logger: Logger;
  /** The node that a broker runs on, as a group of this broker says; undefined where none does. */
  readonly nodeOf: (brokerId: BrokerId) => string | undefined;
  /** Called in order: connected, frames, disconnected. */
  readonly onConnected: (connection: PeerConnection) => void;
  readonly onFrame: (connection: PeerConnection, frame: BinaryFrame) => void;
  readonly onDisconnected: (brokerId: BrokerId, reason: SignalboxError) => void;
  /** Too much waits to be sent to it, or no longer does. */
  readonly onCongested: (brokerId: BrokerId, isCongested: boolean) => void;
  /** A copy or an old disk of a broker was refused. */
  readonly onCopy: (brokerId: BrokerId, reason: Error) => void;
  /** Another broker says that this one is a copy or an old disk. */
  readonly onRenounced: (by: string, reason: SignalboxError) => void;
}

/** How long a connection has to answer before another of the same broker takes its place. */
const livesMs = 2_000;

/** The connections of this broker to others: one to each, whoever dialled, none to a node that is no member. */
export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #recogniser: BrokerRecogniser;
  readonly #party: BrokerParty;
  readonly #connections = new Map<BrokerId, PeerConnection>();
  /** Inbound connections that have not proven who they are, by remote address. */
  readonly #pending = new Map<PeerChannel, string>();
  readonly #refusals = new RepeatSampler();
  readonly #stopFollowing: () => void;
  #members: ReadonlySet<string> = new Set();
  #refused = 0;
  #isStopped = false;

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    const { trust, describe, records, nodeOf, onCopy, onRenounced } = options;
    this.#recogniser = new BrokerRecogniser({
      records,
      nodeOf,
      connectionOf: (brokerId) => this.#connections.get(brokerId),
      onLearnt: (learnt) => this.#tellKnown(learnt),
      onCopy,
    });
    this.#party = {
      trust,
      describe,
      recognise: (peer) => this.#recogniser.recognise(peer),
      onRenounced: ({ name }, reason) => onRenounced(name, reason),
    };
    this.#stopFollowing = trust.followMembers((nodeIds) => this.#membersAre(nodeIds));
  }

  get(brokerId: BrokerId): PeerConnection | undefined {
    return this.#connections.get(brokerId);
  }

  list(): readonly PeerConnection[] {
    return [...this.#connections.values()];
  }

  /** Connections that were refused, for whatever reason. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes over a connection that came in, right after TLS. */
  accept(socket: TLSSocket): void {
    const { limits } = this.#options;
    const channel = new PeerChannel(socket, limits.handshakeFrameBytes);
    const { remoteAddress } = channel;
    const ofAddress = [...this.#pending.values()].filter((known) => known === remoteAddress).length;
    if (this.#isStopped || ofAddress >= limits.pendingPerAddress || this.#pending.size >= limits.pendingHandshakes)
      this.#refuse(channel, new SignalboxError('OVERLOADED', 'Too many connections of brokers have not proven who they are.'));
    else if (socket.getProtocol() !== 'TLSv1.3')
      this.#refuse(channel, new SignalboxError('VERSION', 'Brokers speak with each other over TLS 1.3 alone.'));
    else void this.#greet(channel);
  }

  /**
   * Dials a broker.
   *
   * @param wanted its id; null: whichever answers
   * @returns the connection to it; one that was there already when it has one
   * @throws SignalboxError `NODE_UNREACHABLE`, `TIMEOUT`, `CANCELLED`, and as the proof of both sides
   */
  async dial(
    address: { readonly host: string; readonly port: number },
    wanted: BrokerId | null,
    signal: AbortSignal,
  ): Promise<PeerConnection> {
    const { limits } = this.#options;
    const terms = { protocol: brokerProtocol, timeMs: limits.handshakeMs, limits, signal };
    return overChannel(address, terms, async (channel) => {
      const peer = await proveAsClient(channel, this.#party, wanted);
      return this.#register(channel, peer, true);
    });
  }

  /** Ends the connections of brokers that run on another node than their group says. */
  checkNodes(): void {
    for (const connection of this.list()) {
      const { peer } = connection;
      const owner = this.#options.nodeOf(peer.brokerId);
      if (owner !== undefined && owner !== peer.nodeId)
        connection.close(
          new SignalboxError('CONFLICT', `The broker id ${peer.brokerId} belongs to the node ${owner}, not to ${peer.name}.`),
        );
    }
  }

  /** Ends every connection and takes no more. */
  stop(): void {
    this.#isStopped = true;
    this.#stopFollowing();
    const reason = new SignalboxError('NODE_LOST', 'The broker stops.', { executed: 'maybe' });
    for (const channel of this.#pending.keys()) channel.end(reason);
    for (const connection of this.list()) connection.close(reason);
  }

  async #greet(channel: PeerChannel): Promise<void> {
    const { handshakeMs } = this.#options.limits;
    this.#pending.set(channel, channel.remoteAddress);
    const late = new SignalboxError('TIMEOUT', `The other broker did not prove who it is within ${handshakeMs / 1_000} s.`);
    const timer = setTimeout(() => channel.end(late), handshakeMs).unref();
    try {
      const peer = await proveAsServer(channel, this.#party);
      await this.#register(channel, peer, false);
    } catch (error) {
      this.#refuse(channel, error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error), { cause: error }));
    } finally {
      clearTimeout(timer);
      this.#pending.delete(channel);
    }
  }

  #refuse(channel: PeerChannel, reason: SignalboxError): void {
    this.#refused++;
    channel.end(reason);
    const { code, message } = reason;
    const suppressed = this.#refusals.take(`${channel.remoteAddress} ${code}`);
    if (suppressed !== undefined)
      this.#options.logger.warn('broker.peerRefused', 'A connection of another broker was refused.', {
        address: channel.remoteAddress,
        code,
        message,
        suppressed,
      });
  }

  /** @throws SignalboxError `REVOKED`, `CONFLICT`, `OVERLOADED`, `CANCELLED`, `NODE_LOST` */
  async #register(channel: PeerChannel, peer: PeerBroker, dialled: boolean): Promise<PeerConnection> {
    const { limits, onConnected } = this.#options;
    const before = this.#connections.get(peer.brokerId);
    if (before !== undefined && before.peer.startId === peer.startId && before.dialled !== dialled && (await this.#isToStay(before))) {
      channel.end(new SignalboxError('CONFLICT', 'There is a connection between these brokers already.', { executed: 'no' }));
      return before;
    }
    if (channel.ended !== undefined) throw channel.ended;
    // It may have been removed since it proved itself.
    const refusal = this.#refusalNow(peer);
    if (refusal !== undefined) {
      channel.end(refusal);
      throw refusal;
    }
    this.#connections.get(peer.brokerId)?.close(new SignalboxError('NODE_LOST', 'A newer connection took its place.'));
    const connection = new PeerConnection(channel, peer, {
      dialled,
      limits,
      listener: {
        frame: (from, frame) => this.#frame(from, frame),
        congested: (of, isCongested) => this.#options.onCongested(of.peer.brokerId, isCongested),
        refused: (of, reason) => {
          if (reason.code === 'REPLAYED') this.#options.onRenounced(of.peer.name, reason);
        },
        ended: (of, reason) => this.#ended(of, reason),
      },
    });
    this.#connections.set(peer.brokerId, connection);
    onConnected(connection);
    connection.open();
    if (!connection.isEnded) this.#tellKnown(this.#options.records.list(), connection);
    return connection;
  }

  #refusalNow(peer: PeerBroker): SignalboxError | undefined {
    const { limits } = this.#options;
    if (this.#isStopped) return new SignalboxError('CANCELLED', 'The broker stops.', { executed: 'no' });
    if (!this.#members.has(peer.nodeId)) return removed(peer);
    if (this.#connections.size >= limits.connections && !this.#connections.has(peer.brokerId))
      return new SignalboxError('OVERLOADED', `This broker has ${limits.connections} connections to others, as many as there can be.`);
    return undefined;
  }

  /** Of two connections between the same brokers the one stays that the lower id dialled, unless it is dead. */
  async #isToStay(before: PeerConnection): Promise<boolean> {
    const { brokerId } = this.#options.describe();
    const isOfLower = before.dialled === brokerId < before.peer.brokerId;
    return isOfLower && (await before.lives(livesMs));
  }

  #ended(connection: PeerConnection, reason: SignalboxError): void {
    const { brokerId } = connection.peer;
    if (this.#connections.get(brokerId) !== connection) return;
    this.#connections.delete(brokerId);
    this.#options.onDisconnected(brokerId, reason);
  }

  #membersAre(nodeIds: ReadonlySet<string>): void {
    this.#members = nodeIds;
    for (const connection of this.list()) if (!nodeIds.has(connection.peer.nodeId)) connection.close(removed(connection.peer));
  }

  #frame(connection: PeerConnection, frame: BinaryFrame): void {
    if (frame.type !== peerFrameTypes.knownBrokers) {
      this.#options.onFrame(connection, frame);
      return;
    }
    void this.#learn(decodeKnownBrokers(frame.header), connection);
  }

  async #learn(told: readonly BrokerRecord[], from: PeerConnection): Promise<void> {
    const self = this.#options.describe();
    try {
      // What is said of this broker is for the others to judge.
      const learnt = await this.#recogniser.told(told.filter(({ brokerId }) => brokerId !== self.brokerId));
      for (const { brokerId, startId } of learnt) {
        const connection = this.#connections.get(brokerId);
        if (connection !== undefined && connection.peer.startId !== startId)
          connection.close(
            new SignalboxError('REPLAYED', `The broker ${from.peer.brokerId} has met another start of ${brokerId}.`, { executed: 'no' }),
          );
      }
    } catch (error) {
      this.#options.logger.error('broker.recordFailed', 'What another broker has met could not be written down.', { error });
    }
  }

  #tellKnown(records: readonly BrokerRecord[], to?: PeerConnection): void {
    if (records.length === 0) return;
    for (const connection of to === undefined ? this.list() : [to])
      connection.offer(
        encodePeerFrame({ type: peerFrameTypes.knownBrokers, requestId: 0, header: knownBrokersHeader(records), payload: [] }),
      );
  }
}

function removed({ name, nodeId }: PeerBroker): SignalboxError {
  return new SignalboxError('REVOKED', `The node ${name} (${nodeId}) is no member of the cluster any more.`, { executed: 'no' });
}
