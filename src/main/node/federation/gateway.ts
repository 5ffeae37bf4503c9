import { SignalboxError } from '../../../common/errors.ts';
import type { EventMessage } from '../../../common/wire/messages.ts';
import type { PeerStanding } from '../peers/oversight.ts';
import type { BroadcastRequest, ForwardedRequest, RemoteNode, RemoteNodes } from '../router/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Circuits } from './carriers/circuits.ts';
import type { Reach } from './carriers/reach.ts';
import { type Form, formOf } from './form.ts';
import { federationLimits } from './limits.ts';
import type { LocalSide } from './local-side.ts';
import { isCongested, type MqttLink } from './mqtt-link.ts';
import type { KnownNode, NodeDirectory } from './node-directory.ts';
import type { Outgoing } from './outgoing.ts';
import { OutgoingCalls } from './outgoing-calls.ts';
import { PendingCalls } from './pending-calls.ts';
import { whyUnreachable } from './reachable.ts';
import { RemoteSubscriptions } from './remote-subscriptions.ts';
import type { Arrival } from './router-intake.ts';
import type { NodeRpc, NodeSubscribe, RouterMessage } from './router-messages.ts';
import { StrangerFollows } from './stranger-follows.ts';
import type { FederationTopics } from './topics.ts';

const confirmMs = 5_000;
/** MQTT filters the link needs for itself: inbox, broadcast, status. */
const ownFilters = 3;

export interface GatewayOptions {
  readonly nodeId: string;
  /** Made up at each start, so that ids of requests never come twice. */
  readonly instance: string;
  readonly topics: FederationTopics;
  readonly link: MqttLink;
  /** The ways to other nodes. */
  readonly reach: Reach;
  /** Nodes that are left alone because they do not answer. */
  readonly circuits: Circuits;
  /** How far other nodes are trusted. */
  readonly standing: PeerStanding;
  readonly directory: NodeDirectory;
  readonly outgoing: Outgoing;
  /** Whether an answer would be taken of a node that does not sign. */
  readonly acceptUnsigned: () => boolean;
  /** Whether this node may still speak to members. @throws SignalboxError `REVOKED`, `NOT_MEMBER` when it was removed from its cluster */
  readonly checkSelf: () => void;
  /** Calls and events of this node for others; set once the router exists. */
  readonly here: () => LocalSide;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** The router's way to other nodes: calls, broadcasts and events over MQTT, ended at once when a node is gone. */
export class Gateway implements RemoteNodes {
  readonly #options: GatewayOptions;
  readonly pending: PendingCalls;
  readonly subscriptions: RemoteSubscriptions;
  readonly #calls: OutgoingCalls;
  readonly #strangers = new StrangerFollows({ end: (origin) => this.#options.here().relay.lost(origin) });
  #nextBroadcast = 1;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.pending = new PendingCalls(options.instance);
    this.#calls = new OutgoingCalls({ ...options, pending: this.pending });
    const { directory, link, topics, logger, nowMs } = options;
    this.subscriptions = new RemoteSubscriptions({
      online: () => directory.online(),
      openFilter: (node, topic) => this.#openFilter(topics.events(node, topic)),
      closeFilter: (node, topic) => link.unsubscribe([topics.events(node, topic)]),
      ask: (nodeId, topic) => this.#ask(nodeId, topic),
      release: (nodeId, topic) => this.#release(nodeId, topic),
      logger,
      nowMs,
    });
    directory.listen({
      online: ({ nodeId }) => {
        this.#strangers.forget(nodeId);
        this.#options.circuits.forget(nodeId);
        this.subscriptions.nodeOnline(nodeId);
      },
      rerouted: ({ nodeId }, lost) => {
        this.pending.wayLost(nodeId, lost);
        this.subscriptions.askAgain(nodeId);
      },
      lost: (node, reason) => this.#lost(node, reason),
    });
  }

  list(): readonly RemoteNode[] {
    const { directory, circuits, standing } = this.#options;
    return directory.online().map((node) => ({
      ...node,
      trusted: standing.mayRelay(node.nodeId) && circuits.stateOf(node.nodeId) === 'closed',
    }));
  }

  find(idOrName: string): RemoteNode | undefined {
    return this.#options.directory.find(idOrName);
  }

  call({ nodeId }: RemoteNode, request: ForwardedRequest): Promise<unknown> {
    try {
      return this.#calls.call(this.#reachable(nodeId), request);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  broadcast({ method, params, principal, clientId, idempotencyKey }: BroadcastRequest): void {
    const { outgoing, nodeId, instance } = this.#options;
    const { published, signed } = outgoing.broadcast({
      type: 'rpc',
      requestid: `${instance}-b${this.#nextBroadcast++}`,
      method,
      params,
      serviceId: '*',
      clientId,
      originId: nodeId,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      principal,
    });
    const { link, directory, reach } = this.#options;
    if (link.state.kind !== 'off') for (const message of published) link.publishOrKeep(message);
    if (signed === undefined) return;
    for (const { nodeId: member, secure } of directory.online())
      if (secure && !(link.connected && directory.isOpen(member, 'mqtt'))) reach.best(member)?.send(member, signed, { confirmed: true });
  }

  async subscribe(node: string, topic: string, deliver: (nodeId: string, event: EventMessage) => void): Promise<() => void> {
    if (node !== '+') this.#reachable(node);
    return this.subscriptions.begin(node, topic, deliver);
  }

  onLost(listener: (nodeId: string) => void): void {
    this.#options.directory.listen({ lost: ({ nodeId }) => listener(nodeId) });
  }

  stop(): void {
    this.#strangers.forgetAll();
  }

  /** A router message of another node came in. */
  receive(message: RouterMessage, arrival: Arrival): void {
    const { clients, relay } = this.#options.here();
    const { origin } = arrival;
    switch (message.type) {
      case 'rpc':
        this.#run(message, arrival);
        break;
      case 'rpc_response':
        if (this.pending.answered(origin, message) && origin !== undefined) {
          this.#options.circuits.answered(origin);
          this.#options.standing.conduct(origin, 'useful', 'it answered a call');
        }
        break;
      case 'rpc_progress':
        this.pending.progressed(origin, message);
        break;
      case 'rpc_cancel':
        clients.cancel(origin, message);
        break;
      case 'event':
        if (origin !== undefined) this.subscriptions.receive(origin, message);
        break;
      case 'subscribe':
        if (origin !== undefined) this.#follow(origin, arrival.form, message);
        break;
      case 'unsubscribe':
        if (origin !== undefined) relay.unfollow(origin, message.topic);
        break;
    }
  }

  #run(message: NodeRpc, arrival: Arrival): void {
    // Our own broadcast in bare form, or one that a broker's bridge sent back.
    if (arrival.origin === this.#options.nodeId) return;
    const { origin, form } = arrival;
    const error = origin === undefined ? undefined : this.#refusal(origin);
    if (origin === undefined || error === undefined) this.#options.here().clients.receive(message, arrival);
    else this.#answerRefused(origin, form, message.requestid, error);
  }

  /** Why nothing but control traffic is taken from a node now; undefined: all is. */
  #refusal(origin: string): SignalboxError | undefined {
    if (!this.#options.standing.isGraylisted(origin)) return undefined;
    const why = 'This node sent too much there that was wrong, so its calls are not taken for a while. An operator there can forgive it.';
    return new SignalboxError('OVERLOADED', why, { executed: 'no' });
  }

  #answerRefused(origin: string, form: Form, requestid: string, error: SignalboxError): void {
    const { outgoing, nodeId } = this.#options;
    outgoing.send(origin, form, { type: 'rpc_response', requestid, status: 'error', ...error.toShape(), originId: nodeId });
  }

  #follow(origin: string, form: Form, { topic, requestid }: NodeSubscribe): void {
    const { outgoing, nodeId, directory, reach, link, here } = this.#options;
    const local = here();
    const reply = (message: object) => outgoing.send(origin, form, { ...message, originId: nodeId });
    try {
      const refusal = this.#refusal(origin);
      if (refusal !== undefined) throw refusal;
      local.checkFilter(topic, origin, form);
      if (reach.isCongested(origin) || (form !== 'secure' && isCongested(link)))
        throw new SignalboxError('OVERLOADED', 'The way to the node does not keep up with the events of this one.', { executed: 'no' });
      local.relay.follow(origin, form, topic);
      if (directory.get(origin)?.reachability !== 'online') this.#strangers.asked(origin);
      if (requestid !== undefined) reply({ type: 'rpc_response', requestid, status: 'success', data: { topic, subscribed: true } });
      for (const { text } of local.lastValues(topic)) reply(JSON.parse(text) as object);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      if (requestid !== undefined) reply({ type: 'rpc_response', requestid, status: 'error', ...error.toShape() });
    }
  }

  async #openFilter(filter: string): Promise<void> {
    const { link } = this.#options;
    const most = federationLimits.subscriptions - ownFilters;
    if (link.filterCount >= most)
      throw new SignalboxError('OVERLOADED', `This node follows ${most} topics of other nodes already. End one first, or use a wildcard.`, {
        executed: 'no',
      });
    await link.subscribe([filter]);
  }

  /** Asks a node to publish a topic, and waits for its word. */
  async #ask(nodeId: string, topic: string): Promise<void> {
    const { directory, outgoing, nodeId: originId } = this.#options;
    const node = directory.get(nodeId);
    const form = node === undefined ? 'bare' : formOf(node);
    const { requestId, answer } = this.pending.open(nodeId);
    const unsent = (error: SignalboxError) => this.pending.fail(requestId, error);
    if (!outgoing.sendConfirmed(nodeId, form, { type: 'subscribe', requestid: requestId, topic, originId }, unsent))
      unsent(new SignalboxError('NODE_UNREACHABLE', 'There is no connection to the MQTT broker.', { executed: 'no' }));
    if (form === 'bare') {
      // The first system's nodes publish without a word.
      this.pending.fail(requestId, new SignalboxError('CANCELLED', 'No answer is expected.'));
      await answer.catch(() => undefined);
      return;
    }
    const timer = setTimeout(() => {
      const why = `The node ${node?.name ?? nodeId} did not confirm the subscription to ${topic} within ${confirmMs} ms.`;
      this.pending.fail(requestId, new SignalboxError('NODE_UNREACHABLE', why, { executed: 'maybe' }));
    }, confirmMs);
    await answer.finally(() => clearTimeout(timer));
  }

  #release(nodeId: string, topic: string): void {
    const { directory, outgoing, nodeId: originId } = this.#options;
    const node = directory.get(nodeId);
    if (node?.reachability === 'online') outgoing.sendConfirmed(nodeId, formOf(node), { type: 'unsubscribe', topic, originId });
  }

  /** @throws SignalboxError `NODE_UNREACHABLE`; `REVOKED`, `NOT_MEMBER` when this node was removed from its cluster. Nothing was sent */
  #reachable(nodeId: string): KnownNode {
    const { directory, reach, link, acceptUnsigned, checkSelf } = this.#options;
    const node = directory.get(nodeId);
    const why = whyUnreachable(node, {
      hasWay: reach.best(nodeId) !== undefined,
      acceptUnsigned,
      isBrokerAway: !link.connected && link.state.kind !== 'off',
    });
    if (node !== undefined && why === undefined) {
      if (node.secure) checkSelf();
      return node;
    }
    throw new SignalboxError('NODE_UNREACHABLE', `The node ${node?.name ?? nodeId} cannot be reached: ${why}. Nothing was sent.`, {
      executed: 'no',
    });
  }

  #lost(node: KnownNode, reason: string): void {
    this.pending.failAllOf(
      node.nodeId,
      new SignalboxError('NODE_LOST', `The node ${node.name} was lost while the call ran: ${reason}. It may have taken effect.`, {
        executed: 'maybe',
      }),
    );
    const { clients, relay } = this.#options.here();
    clients.lost(node.nodeId);
    relay.lost(node.nodeId);
  }
}
