import { checkFilter, type Router } from '../router/index.ts';
import type { Turn } from '../router/turn.ts';
import type { Reach } from './carriers/reach.ts';
import { EventRelay } from './event-relay.ts';
import type { Form } from './form.ts';
import { isCongested, type MqttLink } from './mqtt-link.ts';
import type { Outgoing } from './outgoing.ts';
import { RemoteClients } from './remote-clients.ts';
import { type Grant, principalOf } from './remote-principal.ts';

export interface LocalSideOptions {
  readonly nodeId: string;
  readonly router: Router;
  readonly outgoing: Outgoing;
  readonly reach: Reach;
  readonly link: MqttLink;
  readonly turn: Turn;
  /** The most that somebody on another node may do here. @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  readonly grantTo: (origin: string, form: Form) => Grant;
  readonly nowMs: () => number;
}

/** What of this node other nodes use: its methods, and its events. */
export class LocalSide {
  /** Other nodes that have called this one, and what of them runs here. */
  readonly clients: RemoteClients;
  /** Events of this node for others. */
  readonly relay: EventRelay;
  readonly #options: LocalSideOptions;

  constructor(options: LocalSideOptions) {
    this.#options = options;
    const { nodeId, router, outgoing, reach, link, turn, grantTo, nowMs } = options;
    this.clients = new RemoteClients({
      nodeId,
      grantTo,
      execute: (request, caller) => router.execute(request, caller),
      send: (target, form, message) => outgoing.send(target, form, message),
      congested: (id) => reach.isCongested(id),
      nowMs,
    });
    this.relay = new EventRelay({
      subscribe: (subscriber, filter) => router.subscribe(subscriber, filter),
      unsubscribe: (subscriber, filter) => router.unsubscribe(subscriber, filter),
      publish: (topic, texts, readers) => outgoing.publishEvents(topic, texts, readers),
      send: (id, texts) => outgoing.sendEvents(id, texts),
      wayTo: (id) => reach.best(id)?.kind,
      congested: (id) => (id === undefined ? !link.connected || isCongested(link) : reach.isCongested(id)),
      turn,
    });
  }

  /** The last value of each topic that a filter matches, as JSON text. */
  lastValues(filter: string): readonly { readonly text: string }[] {
    return this.#options.router.lastValues(filter);
  }

  /** @throws SignalboxError `FORBIDDEN` when the node may not follow so much at once; `NOT_MEMBER`, `REVOKED` */
  checkFilter(filter: string, origin: string, form: Form): void {
    checkFilter(filter, principalOf(undefined, origin, this.#options.grantTo(origin, form).role));
  }
}
