import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { KnownKeys } from '../identity/index.ts';
import { Neighbourhood } from './carriers/neighbourhood.ts';
import type { Reach } from './carriers/reach.ts';
import type { FederationOptions } from './federation-options.ts';
import type { Form } from './form.ts';
import type { MessageAges } from './message-ages.ts';
import type { NodeDirectory } from './node-directory.ts';
import type { Outgoing } from './outgoing.ts';
import type { Presence } from './presence.ts';
import { compareStarts, type PresenceMessage } from './presence-message.ts';
import type { RefusedMessages } from './refused-messages.ts';
import { type Grant, grantOf } from './remote-principal.ts';
import type { RouterIntake } from './router-intake.ts';
import { type ClusterView, checkPresence, MemberTraffic, signPresence } from './secure/index.ts';
import { MemberControl } from './secure/member-control.ts';
import { MembershipWatch } from './secure/membership-watch.ts';
import { keyOfNode } from './secure/node-keys.ts';
import { Statuses } from './secure/statuses.ts';

export interface MemberSideOptions
  extends Pick<
    FederationOptions,
    'nodeId' | 'identity' | 'cluster' | 'isBrokerLocal' | 'acceptUnsigned' | 'unsignedRole' | 'standing' | 'store'
  > {
  readonly directory: NodeDirectory;
  readonly reach: Reach;
  readonly presence: () => Presence;
  readonly outgoing: () => Outgoing;
  /** How far a node's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** A message is about to be refused for its time. */
  readonly onTimeRefused: (nodeId: string) => void;
  /** What this node says, and its will, is signed for the cluster it belongs to: it is in another one now. */
  readonly onClusterChanged: () => void;
  /** A link that was full takes events again. */
  readonly onDrained: (nodeId: string) => void;
  readonly onUnsent: (nodeId: string, error: SignalboxError) => void;
  readonly intake: RouterIntake;
  readonly ages: MessageAges;
  readonly refused: RefusedMessages;
  readonly nowMs: () => number;
}

/** This node among the members of its cluster: whom it believes what, and what passes between them. */
export class MemberSide {
  /** What passes between this node and the other members. */
  readonly traffic: MemberTraffic;
  /** What members without a link between them say about the membership. */
  readonly control: MemberControl;
  /** Members that this node is linked with, and whom they lead to. */
  readonly neighbourhood: Neighbourhood;
  /** Decides which statuses on the broker count. */
  readonly statuses: Statuses;
  readonly #options: MemberSideOptions;
  readonly #keys = new KnownKeys();
  readonly #watch: MembershipWatch;

  constructor(options: MemberSideOptions) {
    this.#options = options;
    const { directory, onUnsent, onClusterChanged } = options;
    this.statuses = this.#createStatuses();
    this.traffic = this.#createTraffic();
    this.control = new MemberControl({ directory, members: this.traffic, onUnsent });
    this.neighbourhood = this.#createNeighbourhood();
    this.#watch = new MembershipWatch({
      cluster: () => this.#cluster(),
      directory,
      sessions: this.traffic.sessions,
      acceptUnsigned: () => this.acceptsUnsigned,
      clusterChanged: onClusterChanged,
    });
  }

  /** Whether this node belongs to a cluster. */
  get isInCluster(): boolean {
    return this.#cluster() !== undefined;
  }

  /** Whether messages without proof of their sender are taken: only from this machine, and in a cluster only when it was asked for (wire.md 2). */
  get acceptsUnsigned(): boolean {
    const { isBrokerLocal, acceptUnsigned } = this.#options;
    return (isBrokerLocal?.() ?? true) && (!this.isInCluster || acceptUnsigned());
  }

  /** Reads what must be known before anything is taken. @throws SignalboxError `STORAGE_FULL` */
  async load(): Promise<void> {
    if (this.#options.cluster !== undefined) await this.traffic.start();
  }

  start(): void {
    this.#watch.changed();
    this.neighbourhood.start();
  }

  stop(): void {
    this.control.stop();
    this.traffic.stop();
  }

  /** The node has joined or left a cluster, or somebody was let in or removed: it takes effect now. */
  membershipChanged(): void {
    this.#watch.changed();
    this.statuses.membershipChanged();
    this.control.tellAgain();
  }

  /** True for the id of a member, and of one that was removed: neither is taken at its unsigned word. */
  isMember(nodeId: string): boolean {
    return this.#watch.isMember(nodeId);
  }

  /** @throws SignalboxError `REVOKED`, `NOT_MEMBER` when this node was removed from its cluster */
  checkSelf(): void {
    this.#cluster()?.memberOf(this.#options.identity.publicKey);
  }

  /** The most that somebody on another node may do here. @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  grantTo(origin: string, form: Form): Grant {
    const view = this.#cluster();
    if (form !== 'secure' || view === undefined) return { role: this.#options.unsignedRole() };
    return grantOf(view.memberOf(keyOfNode(origin)).roles, view.isStale());
  }

  /** A status of this node, signed while it is in a cluster. */
  sign(presence: PresenceMessage): PresenceMessage {
    const view = this.#cluster();
    return view === undefined ? presence : signPresence(presence, view.clusterId, this.#options.identity);
  }

  /** What was agreed on under the former epoch counts for an earlier start. */
  epochRaised(): void {
    this.traffic.sessions.forgetAll(new SignalboxError('NODE_LOST', 'This node counts its starts anew.', { executed: 'no' }));
  }

  #cluster(): ClusterView | undefined {
    return this.#options.cluster?.();
  }

  /** @throws SignalboxError `NOT_MEMBER` */
  #requireCluster(): ClusterView {
    const view = this.#cluster();
    if (view !== undefined) return view;
    throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster.', { executed: 'no' });
  }

  /** A status of another node came that counts. */
  #met(presence: PresenceMessage, kind: CarrierKind, signed: boolean): void {
    const { directory } = this.#options;
    const known = directory.get(presence.serviceId)?.presence;
    // Keys of its former start are held by nobody.
    if (known !== undefined && compareStarts(presence, known) > 0)
      this.traffic.sessions.forget(presence.serviceId, new SignalboxError('NODE_LOST', 'The node was started again.', { executed: 'no' }));
    directory.apply(presence, kind, { signed });
  }

  #createStatuses(): Statuses {
    const { nodeId, presence } = this.#options;
    return new Statuses({
      nodeId,
      keys: this.#keys,
      cluster: () => this.#cluster(),
      isMember: (id) => this.isMember(id),
      acceptUnsigned: () => this.acceptsUnsigned,
      onStatus: (status, signed) => this.#met(status, 'mqtt', signed),
      onOwn: (status, retained) => presence().heardOwn(status, retained),
    });
  }

  #createTraffic(): MemberTraffic {
    const { nodeId, identity, presence, reach, directory, offsetMs, onTimeRefused, store, intake, ages, refused, nowMs } = this.#options;
    return new MemberTraffic({
      nodeId,
      identity,
      keys: this.#keys,
      cluster: () => this.#cluster(),
      epoch: () => presence().epoch,
      carrierTo: (id, kind) => (kind === undefined ? reach.best(id) : reach.by(kind, id)),
      sealedCarrierTo: (id, kind) => (kind === undefined || kind === 'link' ? reach.bestSealed(id) : reach.by(kind, id)),
      online: () => directory.online().flatMap(({ secure, nodeId: id }) => (secure ? [id] : [])),
      offsetMs,
      onTimeRefused,
      store,
      intake,
      ages,
      refused,
      nowMs,
    });
  }

  #createNeighbourhood(): Neighbourhood {
    const { identity, presence, outgoing, directory, refused, standing, onDrained, nowMs } = this.#options;
    return new Neighbourhood({
      self: identity.publicKey,
      admit: (publicKey) => void this.#requireCluster().memberOf(publicKey),
      presence: () => (this.isInCluster ? presence().current() : undefined),
      onPresence: (status, kind) => {
        checkPresence(status, this.#requireCluster(), this.#keys);
        this.#met(status, kind, true);
      },
      received: (bytes, from) => this.traffic.receiveFrom(bytes, from),
      messages: this.traffic.messages,
      directory,
      tell: (nodeId, text) => outgoing().tell(nodeId, text),
      onRefused: (what, error, from) => refused.add(what, error, from),
      ...(standing !== undefined && { standing }),
      onDrained,
      nowMs,
    });
  }
}
