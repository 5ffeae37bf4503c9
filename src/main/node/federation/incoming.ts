import { parseGuarded } from '../../../common/wire/guarded-json.ts';
import { checkEnvelope, type Envelope, looksLikeEnvelope, sentAtMs } from './envelope.ts';
import type { Form } from './form.ts';
import { federationLimits } from './limits.ts';
import type { MessageAges } from './message-ages.ts';
import { isPlainObject, type PlainObject } from './plain-checks.ts';
import { type PresenceMessage, presenceSchema } from './presence-message.ts';
import { RecentIds } from './recent-ids.ts';
import type { RefusedMessages } from './refused-messages.ts';
import { checkRouterMessage, type MessageTopic, type RouterIntake, refusal } from './router-intake.ts';
import type { FederationTopics } from './topics.ts';

export interface IncomingOptions {
  readonly nodeId: string;
  readonly topics: FederationTopics;
  /** Whether anything is taken that carries no proof of its sender. */
  readonly acceptUnsigned: () => boolean;
  /** True for the id of a node that signs what it says: of such a one nothing unsigned is taken. */
  readonly isMember: (nodeId: string) => boolean;
  /** How far a node's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** The form a node announced. */
  readonly formOf: (nodeId: string) => Form;
  /** A message is about to be refused for its time. */
  readonly onTimeRefused: (nodeId: string) => void;
  readonly onStatus: (presence: PresenceMessage, retained: boolean) => void;
  /** Takes what members sign and seal. @throws SignalboxError */
  readonly onSecured: (payload: Buffer, topic: MessageTopic) => void;
  /** Takes a message of another type than `Router` that a node says without a signature. @throws SignalboxError */
  readonly onNodeMessage: (message: PlainObject, envelope: Envelope, sizeBytes: number) => void;
  readonly intake: RouterIntake;
  readonly ages: MessageAges;
  readonly refused: RefusedMessages;
  readonly nowMs: () => number;
}

const bounds = { depth: federationLimits.jsonDepth, keys: federationLimits.jsonKeys };

/** Bare messages and unsigned envelopes are JSON, and so begin with none of these bytes: forms 1 to 3, and `S` of a session agreement. */
const securedForms: ReadonlySet<number | undefined> = new Set([1, 2, 3, 0x53]);

/** Reads what the broker delivers: checks it, cheap things first, drops repeats, and hands on what is left (security.md 2.6). */
export class Incoming {
  readonly #options: IncomingOptions;
  /** Ids of messages, by sender. */
  readonly #seen = new Map<string, RecentIds>();

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** Never throws: a message that is refused is counted, and logged once in a while. */
  receive(topic: string, payload: Buffer, retained: boolean): void {
    const parsed = this.#options.topics.parse(topic);
    if (parsed === undefined) return;
    try {
      if (parsed.kind === 'status') this.#status(parsed.serviceId, payload, retained);
      else this.#message(parsed, payload, retained);
    } catch (error) {
      this.#options.refused.add(topic, error);
    }
  }

  #status(serviceId: string, payload: Buffer, retained: boolean): void {
    // An empty retained message clears a status.
    if (payload.length === 0) return;
    if (payload.length > federationLimits.statusBytes) throw refusal('TOO_LARGE', 'the status is too large');
    const parsed = presenceSchema.safeParse(parseGuarded(payload.toString(), bounds));
    if (!parsed.success) throw refusal('INVALID_PARAMS', 'the status is not valid');
    if (parsed.data.serviceId !== serviceId) throw refusal('INVALID_PARAMS', 'the status is of another node than its topic says');
    this.#options.onStatus(parsed.data, retained);
  }

  #message(topic: MessageTopic, payload: Buffer, retained: boolean): void {
    // A command that the broker keeps would be replayed to every newcomer (security.md row 26).
    if (retained) throw refusal('REPLAYED', 'it was retained');
    if (payload.length > federationLimits.packetBytes) throw refusal('TOO_LARGE', 'it is too large');
    if (securedForms.has(payload[0])) {
      this.#options.onSecured(payload, topic);
      return;
    }
    if (!this.#options.acceptUnsigned()) throw refusal('BAD_SIGNATURE', 'it is not signed, and unsigned messages are not taken here');
    const value = parseGuarded(payload.toString(), bounds);
    if (looksLikeEnvelope(value)) this.#envelope(topic, value, payload.length);
    else this.#bare(topic, value);
  }

  #envelope(topic: MessageTopic, value: unknown, sizeBytes: number): void {
    const { nodeId, nowMs, offsetMs, formOf, intake, ages, onTimeRefused } = this.#options;
    const envelope = checkEnvelope(value, { nodeId, nowMs: nowMs(), offsetMs, onTimeRefused });
    const origin = envelope.source_node_id;
    // Our own broadcast, back from the broker: the router has run it already.
    if (origin === nodeId) return;
    if (topic.kind === 'event' && topic.serviceId !== origin)
      throw refusal('INVALID_PARAMS', 'the event is of another node than its topic says');
    this.#checkUnsigned(origin);
    if (!this.#idsOf(origin).add(envelope.message_id)) return;
    if (!isPlainObject(envelope.payload)) throw refusal('BAD_REQUEST', 'it carries nothing');
    if (envelope.payload.type !== 'Router' && topic.kind !== 'event') {
      this.#options.onNodeMessage(envelope.payload, envelope, sizeBytes);
      return;
    }
    const ageMs = ages.ageMs(origin, sentAtMs(envelope));
    const announced = formOf(origin);
    intake.take(
      envelope.payload,
      {
        origin,
        form: announced === 'bare' ? 'envelope' : announced,
        // Who gives whole seconds may have sent it at the end of that second.
        ageMs: Math.max(0, ageMs - (envelope.timestamp_ms === undefined ? 999 : 0)),
        via: topic.kind,
      },
      topic,
    );
  }

  #bare(topic: MessageTopic, value: unknown): void {
    const message = checkRouterMessage(value, undefined, topic);
    const origin = message.originId ?? (topic.kind === 'event' ? topic.serviceId : undefined);
    if (origin === this.#options.nodeId) return;
    if (origin !== undefined) this.#checkUnsigned(origin);
    this.#options.intake.takeOne(message, { origin, form: 'bare', ageMs: 0, via: topic.kind });
  }

  /** Otherwise whoever reaches the broker could speak as a member. */
  #checkUnsigned(origin: string): void {
    if (this.#options.isMember(origin)) throw refusal('BAD_SIGNATURE', 'it names a member of the cluster, and is not signed by it');
  }

  #idsOf(origin: string): RecentIds {
    let ids = this.#seen.get(origin);
    if (ids === undefined) {
      if (this.#seen.size >= federationLimits.nodes) this.#seen.delete(this.#seen.keys().next().value ?? '');
      ids = new RecentIds(federationLimits.messageIds);
      this.#seen.set(origin, ids);
    }
    return ids;
  }
}
