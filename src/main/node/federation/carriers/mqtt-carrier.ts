import { isCongested, type MqttLink } from '../mqtt-link.ts';
import type { FederationTopics } from '../topics.ts';
import type { Carrier, CarryOptions } from './carrier.ts';

export interface MqttCarrierOptions {
  readonly link: Pick<MqttLink, 'connected' | 'unsentBytes' | 'publish'>;
  readonly topics: FederationTopics;
  /** Whether the node's status on the broker says that it is there. */
  readonly isPresent: (nodeId: string) => boolean;
}

/** The inbox topics of the broker. Nobody there is trusted: it may drop, delay and repeat, and read what is not sealed. */
export class MqttCarrier implements Carrier {
  readonly kind = 'mqtt';
  readonly #options: MqttCarrierOptions;

  constructor(options: MqttCarrierOptions) {
    this.#options = options;
  }

  reaches(nodeId: string): boolean {
    return this.#options.link.connected && this.#options.isPresent(nodeId);
  }

  isCongested(): boolean {
    return isCongested(this.#options.link);
  }

  /** Also to a node without a status: a person with `mosquitto_sub` has none. */
  send(nodeId: string, bytes: Uint8Array | string, { confirmed }: CarryOptions): boolean {
    const payload = typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#options.link.publish({
      topic: this.#options.topics.inbox(nodeId),
      payload,
      qos: confirmed ? 1 : 0,
      retain: false,
    });
  }
}
