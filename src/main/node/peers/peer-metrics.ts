import { type peerHealthSchema, peerPriorities } from '../../../common/contract/peers.ts';
import type { Metrics } from '../telemetry/index.ts';
import type { CommunicatorTotals } from './communicator/index.ts';

export interface PeerMetricsSource {
  readonly health: () => Readonly<Record<(typeof peerHealthSchema.options)[number], number>>;
  readonly totals: () => CommunicatorTotals;
  readonly graylisted: () => number;
  readonly recoveries: () => Readonly<Record<string, number>>;
}

/** What `/metrics` shows of the peers and of what passes between them and this node; `docs/peers.md` lists it. */
export class PeerMetrics {
  readonly #show: (() => void)[] = [];

  constructor(metrics: Metrics, { health, totals, graylisted, recoveries }: PeerMetricsSource) {
    const byPriority = (read: (priority: (typeof peerPriorities)[number]) => number) => () =>
      peerPriorities.map((priority) => [priority, read(priority)] as const);
    this.#labelled(metrics, 'signalbox_peers', 'Peers by health', 'health', () => Object.entries(health()));
    this.#labelled(
      metrics,
      'signalbox_peers_queued',
      'Messages that wait for peers',
      'priority',
      byPriority((priority) => totals().queued[priority].messages),
    );
    this.#labelled(
      metrics,
      'signalbox_peers_queued_bytes',
      'Bytes of messages that wait for peers',
      'priority',
      byPriority((priority) => totals().queued[priority].sizeBytes),
    );
    this.#labelled(
      metrics,
      'signalbox_peers_sent',
      'Messages sent to peers, since the start',
      'priority',
      byPriority((priority) => totals().sent[priority]),
    );
    this.#labelled(metrics, 'signalbox_peers_refused', 'Messages of peers that were refused, since the start', 'code', () =>
      Object.entries(totals().refused),
    );
    this.#labelled(metrics, 'signalbox_peers_recoveries', 'Errors after which this node had to go on, since the start', 'error', () =>
      Object.entries(recoveries()),
    );
    const plain = (name: string, help: string, read: () => number) => metrics.gauge({ name, help }, read);
    plain('signalbox_peers_graylisted', 'Peers of which only control traffic is taken now', graylisted);
    plain('signalbox_peers_durable', 'Messages that wait for peers on the disk', () => totals().durable.messages);
    plain('signalbox_peers_taken', 'Messages that peers acknowledged, since the start', () => totals().taken);
    plain('signalbox_peers_received', 'Messages of peers, since the start', () => totals().received);
    plain('signalbox_peers_repeated', 'Messages of peers that had come before, since the start', () => totals().repeated);
    plain('signalbox_peers_expired', 'Messages whose time was over before they were taken, since the start', () => totals().expired);
    plain('signalbox_peers_dropped', 'Messages that had no room or were discarded, since the start', () => totals().dropped);
    plain('signalbox_peers_demoted', 'Critical messages treated as High because one source sent too many', () => totals().demoted);
    plain('signalbox_peers_dead_letters', 'Messages that nobody could make anything of, since the start', () => totals().deadLetters);
    plain('signalbox_peers_ways_open', 'Ways to peers that are left alone because nothing is acknowledged there', () => totals().openWays);
    plain('signalbox_peers_batches', 'Batches sent to peers, since the start', () => totals().batches);
  }

  /** Shows the figures of now; called every few seconds. */
  update(): void {
    for (const show of this.#show) show();
  }

  #labelled<L extends string>(
    metrics: Metrics,
    name: string,
    help: string,
    label: L,
    read: () => readonly (readonly [string, number])[],
  ): void {
    const gauge = metrics.gauge<L>({ name, help, labels: [label] });
    this.#show.push(() => {
      // What has no value any more is not shown.
      gauge.reset();
      for (const [value, count] of read()) gauge.set({ [label]: value } as Record<L, string>, count);
    });
  }
}
