/** The MQTT topics of federation (wire.md 2). */

/** Ids of nodes, ours (`n1…`) and those of the first system: one level of a topic. */
export const serviceIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** What a message's topic says about it. */
export type FederationTopic =
  | { readonly kind: 'inbox'; readonly serviceId: string }
  | { readonly kind: 'status'; readonly serviceId: string }
  /** `topic` has its leading slash back. */
  | { readonly kind: 'event'; readonly serviceId: string; readonly topic: string }
  | { readonly kind: 'broadcast' };

/** Makes and reads the topics under one prefix. */
export class FederationTopics {
  readonly prefix: string;
  readonly #servicePrefix: string;

  /** @param prefix setting `federation.prefix`, one or more levels */
  constructor(prefix: string) {
    this.prefix = prefix;
    this.#servicePrefix = `${prefix}/service/`;
  }

  get broadcast(): string {
    return `${this.prefix}/broadcast`;
  }

  inbox(serviceId: string): string {
    return `${this.#servicePrefix}${serviceId}/inbox`;
  }

  /** @param serviceId node id, or `+` for every node */
  status(serviceId: string): string {
    return `${this.#servicePrefix}${serviceId}/status`;
  }

  /**
   * @param serviceId node id, or `+` for every node
   * @param topic topic or filter on that node, with its leading slash
   */
  events(serviceId: string, topic: string): string {
    return `${this.#servicePrefix}${serviceId}/events${topic}`;
  }

  /** Undefined for a topic that is none of ours. */
  parse(topic: string): FederationTopic | undefined {
    if (topic === this.broadcast) return { kind: 'broadcast' };
    if (!topic.startsWith(this.#servicePrefix)) return undefined;
    const idEnd = topic.indexOf('/', this.#servicePrefix.length);
    if (idEnd === -1) return undefined;
    const serviceId = topic.slice(this.#servicePrefix.length, idEnd);
    if (!serviceIdPattern.test(serviceId)) return undefined;
    const rest = topic.slice(idEnd + 1);
    if (rest === 'inbox') return { kind: 'inbox', serviceId };
    if (rest === 'status') return { kind: 'status', serviceId };
    if (rest.startsWith('events/') && rest.length > 'events/'.length)
      return { kind: 'event', serviceId, topic: rest.slice('events'.length) };
    return undefined;
  }
}
