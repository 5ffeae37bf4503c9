import type { Counter } from 'prom-client';
import type { Metrics } from '../telemetry/index.ts';

/** What federation shows at each scrape. */
export interface FederationGauges {
  readonly linkUp: () => boolean;
  readonly sessionsOpen: () => number;
  readonly nodesOnline: () => number;
  readonly linked: () => number;
  readonly relayed: () => number;
  readonly circuitsOpen: () => number;
  readonly circuitsOpened: () => number;
  readonly pendingCalls: () => number;
  readonly runningCalls: () => number;
  readonly topicsFollowed: () => number;
  readonly topicsOffered: () => number;
  readonly eventsRelayed: () => number;
  readonly eventsDropped: () => number;
  readonly eventsLost: () => number;
  readonly outboxMessages: () => number;
  readonly outboxDropped: () => number;
  readonly statusesIgnored: () => number;
  readonly unsentBytes: () => number;
}

/** Counts what passes between nodes. Plain numbers on the way, handed to the registry when it is read. */
export class FederationMetrics {
  sentMessages = 0;
  sentBytes = 0;
  receivedMessages = 0;
  readonly refused: Record<string, number> = {};
  #refusedTotal: Counter<'code'> | undefined;

  sent(routerMessages: number, bytes: number): void {
    this.sentMessages += routerMessages;
    this.sentBytes += bytes;
  }

  received(routerMessages: number): void {
    this.receivedMessages += routerMessages;
  }

  refuse(code: string): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1;
    this.#refusedTotal?.inc({ code });
  }

  /** Offers everything to the node's registry. */
  expose(metrics: Metrics, gauges: FederationGauges): void {
    const gauge = (name: string, help: string, read: () => number) =>
      void metrics.gauge({ name: `signalbox_federation_${name}`, help }, read);
    gauge('link_up', 'Whether there is a connection to the MQTT broker', () => (gauges.linkUp() ? 1 : 0));
    gauge('sessions_open', 'Members with which session keys are agreed on', gauges.sessionsOpen);
    gauge('nodes_online', 'Other nodes that are there', gauges.nodesOnline);
    gauge('links', 'Members that this node is linked with', gauges.linked);
    gauge('circuits_open', 'Nodes that are left alone because they do not answer', gauges.circuitsOpen);
    gauge('calls_pending', 'Calls of this node that wait for others', gauges.pendingCalls);
    gauge('calls_running', 'Calls of other nodes that run here', gauges.runningCalls);
    gauge('topics_followed', 'Topics of other nodes followed here', gauges.topicsFollowed);
    gauge('topics_offered', 'Topics of this node that others follow', gauges.topicsOffered);
    gauge('outbox_messages', 'Messages that wait for the broker', gauges.outboxMessages);
    gauge('unsent_bytes', 'Bytes the broker has not taken yet', gauges.unsentBytes);
    this.#counter(metrics, 'relayed_total', 'Messages passed on between two other members', gauges.relayed);
    this.#counter(metrics, 'circuits_opened_total', 'How often a node began to be left alone', gauges.circuitsOpened);
    this.#counter(metrics, 'events_relayed_total', 'Events sent to other nodes', gauges.eventsRelayed);
    this.#counter(metrics, 'events_dropped_total', 'Events not sent because the broker was too slow', gauges.eventsDropped);
    this.#counter(metrics, 'events_lost_total', 'Events of other nodes that never came', gauges.eventsLost);
    this.#counter(metrics, 'outbox_dropped_total', 'Waiting messages that were too many or too old', gauges.outboxDropped);
    this.#counter(
      metrics,
      'statuses_ignored_total',
      'Status messages of older sessions, and of more nodes than are remembered',
      gauges.statusesIgnored,
    );
    this.#counter(metrics, 'messages_sent_total', 'Router messages sent to other nodes', () => this.sentMessages);
    this.#counter(metrics, 'bytes_sent_total', 'Bytes of messages sent to other nodes', () => this.sentBytes);
    this.#counter(metrics, 'messages_received_total', 'Router messages of other nodes', () => this.receivedMessages);
    this.#refusedTotal = metrics.counter({
      name: 'signalbox_federation_messages_refused_total',
      help: 'Messages of other nodes that were refused',
      labels: ['code'],
    });
  }

  #counter(metrics: Metrics, name: string, help: string, read: () => number): void {
    // A gauge that is read: the numbers are kept where they arise.
    metrics.gauge({ name: `signalbox_federation_${name}`, help }, read);
  }
}
