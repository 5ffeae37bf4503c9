import type { Metrics } from '../../telemetry/index.ts';
import type { Usage } from './usage.ts';
import { ownValues } from './usage.ts';

/** What `/metrics` shows of the key-value store. */
export class StorageMetrics {
  readonly #refused;
  readonly #copies;

  /** @param waiting copies that are to be sent yet */
  constructor(metrics: Metrics, usage: Usage, waiting: () => Promise<number>) {
    const ofOthers = () => usage.total.items - usage.of(ownValues).items;
    metrics.gauge({ name: 'signalbox_store_values', help: 'Values of this node in its key-value store' }, () => usage.of(ownValues).items);
    metrics.gauge({ name: 'signalbox_store_value_bytes', help: 'Their size' }, () => usage.of(ownValues).sizeBytes);
    metrics.gauge({ name: 'signalbox_store_copies', help: 'Copies that it keeps for other nodes' }, ofOthers);
    metrics.gauge({ name: 'signalbox_store_copy_bytes', help: 'Their size' }, () => usage.total.sizeBytes - usage.of(ownValues).sizeBytes);
    metrics.gauge({ name: 'signalbox_store_copies_waiting', help: 'Copies of its values that a replica does not hold yet' }, waiting);
    metrics.gauge(
      { name: 'signalbox_store_quota_refused', help: 'Values and copies that were not taken because of a quota, since the start' },
      () => usage.refused,
    );
    this.#refused = metrics.counter({
      name: 'signalbox_store_requests_refused_total',
      help: 'Storage messages of peers that were refused, by code',
      labels: ['code'],
    });
    this.#copies = metrics.counter({
      name: 'signalbox_store_copies_sent_total',
      help: 'Copies sent to replicas, by how it ended',
      labels: ['outcome'],
    });
  }

  /** A storage message of a peer was refused. */
  refused(code: string): void {
    this.#refused.inc({ code });
  }

  /** A copy was sent, or not. */
  copied(outcome: string): void {
    this.#copies.inc({ outcome });
  }
}
