import type { Metrics } from '../telemetry/index.ts';
import type { BrokerFigures } from './figures.ts';

type QueueLabel = 'group' | 'queue';

/** What `/metrics` shows of the queue broker: the last figures that its thread told. */
export class BrokerMetrics {
  #figures: BrokerFigures | undefined;
  readonly #show: ((figures: BrokerFigures | undefined) => void)[] = [];

  constructor(metrics: Metrics) {
    this.#ofBroker(metrics, 'signalbox_broker_clients', 'Connections of clients to the queue broker', (now) => now.clients);
    this.#ofBroker(metrics, 'signalbox_broker_peers', 'Connections of the queue broker to other brokers', (now) => now.peers);
    this.#ofBroker(
      metrics,
      'signalbox_broker_refused',
      'Requests and connections refused because something was full, since the start',
      (now) => now.refused,
    );
    this.#ofBroker(metrics, 'signalbox_broker_flush_p50_seconds', 'Time of a flush of the log, median', (now) => now.flushP50Ms / 1_000);
    this.#ofBroker(
      metrics,
      'signalbox_broker_flush_p99_seconds',
      'Time of a flush of the log, 99th percentile',
      (now) => now.flushP99Ms / 1_000,
    );
    this.#ofBroker(metrics, 'signalbox_broker_log_bytes', 'Size of the log on the disk', (now) => now.logBytes);
    this.#ofBroker(metrics, 'signalbox_broker_tail_bytes', 'Recent messages held in memory', (now) => now.tailBytes);
    this.#ofGroups(metrics, 'signalbox_queue_group_term', 'Term of the group', (group) => group.term);
    this.#ofGroups(metrics, 'signalbox_queue_group_leads', '1: this broker leads the group and serves', (group) => (group.leads ? 1 : 0));
    this.#ofGroups(metrics, 'signalbox_queue_group_commit_index', 'Last log entry that a majority has', (group) => group.commitIndex);
    this.#ofGroups(
      metrics,
      'signalbox_queue_group_lag_entries',
      'Log entries that the slowest replica is behind, on the leader',
      (group) => group.maxLag,
    );
    this.#ofGroups(metrics, 'signalbox_queue_group_waiting', 'Operations that wait for an answer', (group) => group.waiting);
    this.#ofGroups(
      metrics,
      'signalbox_queue_group_elections',
      'Times this broker became leader, since the start',
      (group) => group.elections,
    );
    this.#ofGroups(
      metrics,
      'signalbox_queue_group_commands',
      'Commands this broker brought into the log, since the start',
      (group) => group.commands,
    );
    this.#ofGroups(metrics, 'signalbox_queue_group_entries', 'Log entries that held them', (group) => group.entries);
    this.#ofQueues(metrics, 'signalbox_queue_messages', 'Messages held by the queue', (queue) => queue.messages);
    this.#ofQueues(metrics, 'signalbox_queue_bytes', 'Bytes held by the queue', (queue) => queue.bytes);
    this.#ofQueues(metrics, 'signalbox_queue_appended', 'Messages ever appended to the queue', (queue) => queue.appended);
    this.#ofQueues(metrics, 'signalbox_queue_taken', 'Messages taken from the queue while this broker led it', (queue) => queue.taken);
    this.#ofQueues(metrics, 'signalbox_queue_oldest_seconds', 'Age of the oldest message', (queue) =>
      queue.oldestTimeMs === null ? 0 : Math.max(0, (Date.now() - queue.oldestTimeMs) / 1_000),
    );
  }

  /** @param figures undefined: the broker does not run */
  update(figures: BrokerFigures | undefined): void {
    this.#figures = figures;
    for (const show of this.#show) show(figures);
  }

  #ofBroker(metrics: Metrics, name: string, help: string, read: (figures: BrokerFigures) => number): void {
    metrics.gauge({ name, help }, () => (this.#figures === undefined ? undefined : read(this.#figures)));
  }

  #ofGroups(metrics: Metrics, name: string, help: string, read: (group: BrokerFigures['groups'][number]) => number): void {
    const gauge = metrics.gauge<'group'>({ name, help, labels: ['group'] });
    this.#show.push((figures) => {
      gauge.reset();
      for (const group of figures?.groups ?? []) gauge.set({ group: group.groupId }, read(group));
    });
  }

  #ofQueues(metrics: Metrics, name: string, help: string, read: (queue: BrokerFigures['queues'][number]) => number): void {
    const gauge = metrics.gauge<QueueLabel>({ name, help, labels: ['group', 'queue'] });
    this.#show.push((figures) => {
      gauge.reset();
      for (const queue of figures?.queues ?? []) gauge.set({ group: queue.groupId, queue: queue.queue }, read(queue));
    });
  }
}
