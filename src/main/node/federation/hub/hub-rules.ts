import { federationLimits } from '../limits.ts';
import { FederationTopics } from '../topics.ts';

const clientIdPattern = /^[A-Za-z0-9._:/-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f]/;

/** What clients of the hub may do (security.md rows 23, 24 and 26). Each answers why not, or undefined. */
export class HubRules {
  readonly #topics: FederationTopics;
  /** Payload bytes by topic. */
  readonly #retained = new Map<string, number>();
  #retainedBytes = 0;

  /** @param prefix the only part of the topic space the hub carries */
  constructor(prefix: string) {
    this.#topics = new FederationTopics(prefix);
  }

  /** Topics with a retained message. */
  get retainedCount(): number {
    return this.#retained.size;
  }

  clientId(clientId: string, clean: boolean): string | undefined {
    if (clientId === '') return clean ? undefined : 'a client without an id must ask for a clean session';
    if (clientId.length > federationLimits.clientIdBytes) return `the client id is longer than ${federationLimits.clientIdBytes} bytes`;
    return clientIdPattern.test(clientId) ? undefined : 'the client id has characters that are not allowed';
  }

  /** @param payloadBytes 0 and retained: clears what was kept */
  publish(topic: string, retain: boolean, payloadBytes: number): string | undefined {
    const refusal = this.#topic(topic) ?? (/[+#]/.test(topic) ? 'a wildcard in PUBLISH' : undefined);
    if (refusal !== undefined || !retain) return refusal;
    // A retained command would be replayed to every newcomer.
    if (this.#topics.parse(topic)?.kind !== 'status') return 'only status messages may be retained';
    return this.#retain(topic, payloadBytes);
  }

  /** @param held subscriptions the connection has already */
  subscribe(filter: string, held: number): string | undefined {
    if (held >= federationLimits.subscriptions) return `more than ${federationLimits.subscriptions} subscriptions`;
    return this.#topic(filter);
  }

  /** Everybody who joins is sent all of them at once, and is closed when that is more than a connection may leave unread. */
  #retain(topic: string, payloadBytes: number): string | undefined {
    const before = this.#retained.get(topic);
    const bytes = this.#retainedBytes - (before ?? 0) + payloadBytes;
    if (payloadBytes > 0) {
      if (payloadBytes > federationLimits.statusBytes) return `a status larger than ${federationLimits.statusBytes} bytes`;
      const isNew = before === undefined;
      if (isNew && this.#retained.size >= federationLimits.retainedStatuses) return 'too many retained messages';
      if (bytes > federationLimits.retainedBytes) return 'too many bytes of retained messages';
      this.#retained.set(topic, payloadBytes);
    } else this.#retained.delete(topic);
    this.#retainedBytes = bytes;
    return undefined;
  }

  #topic(topic: string): string | undefined {
    if (Buffer.byteLength(topic) > federationLimits.topicBytes) return `a topic longer than ${federationLimits.topicBytes} bytes`;
    if (topic.split('/').length > federationLimits.topicLevels) return `a topic with more than ${federationLimits.topicLevels} levels`;
    if (controlCharacters.test(topic)) return 'a topic with control characters';
    // Shared subscriptions ($share) would be granted and never delivered; $SYS is the broker's own.
    return topic.startsWith(`${this.#topics.prefix}/`) ? undefined : `a topic outside ${this.#topics.prefix}/`;
  }
}
