import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { parseGuarded } from '../../../common/wire/guarded-json.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import { checkEnvelope, type Envelope, looksLikeEnvelope, routerMessagesOf, sentAtMs } from './envelope.ts';
import { federationLimits } from './limits.ts';
import type { Form } from './outgoing.ts';
import { type PresenceMessage, presenceSchema } from './presence-message.ts';
import { RecentIds } from './recent-ids.ts';
import { isRouterMessage, type RouterMessage } from './router-messages.ts';
import type { FederationTopic, FederationTopics } from './topics.ts';

/** Where a router message came from and how. */
export interface Arrival {
  /** The node that sent it; undefined for a bare message that does not say. */
  readonly origin: string | undefined;
  /** The form its sender reads. */
  readonly form: Form;
  /**
   * Milliseconds it was under way. While the sender's clock is not measured: beyond what its quickest message took; 0 for bare
   * messages, which do not say when they were sent.
   */
  readonly ageMs: number;
  readonly via: 'inbox' | 'broadcast' | 'event';
}

export interface IncomingOptions {
  readonly nodeId: string;
  readonly topics: FederationTopics;
  /** Setting `federation.acceptUnsigned`. */
  readonly acceptUnsigned: () => boolean;
  /** How far a node's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** The form a node announced. */
  readonly formOf: (nodeId: string) => Form;
  /** A message contradicts what is known of its sender's clock. @param refused it was refused for its time */
  readonly onClockDoubt: (nodeId: string, refused: boolean) => void;
  readonly onStatus: (presence: PresenceMessage, retained: boolean) => void;
  readonly onMessage: (message: RouterMessage, arrival: Arrival) => void;
  readonly onRefused: (code: string) => void;
  readonly onReceived: (routerMessages: number) => void;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** A measured clock is doubted when a message seems to be older or to come from further in the future. */
const oddAgeMs = 2_000;

/** What is remembered of a node that sends. */
interface Sender {
  readonly ids: RecentIds;
  /** Least difference between our clock when a message came and the sender's when it left; the clocks' own difference is in it. */
  quickestMs: number;
}

const bounds = { depth: federationLimits.jsonDepth, keys: federationLimits.jsonKeys };

/** Reads what the broker delivers: checks it, cheap things first, drops repeats, and hands on what is left (security.md 2.6). */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #senders = new Map<string, Sender>();
  readonly #faults = new RepeatSampler();

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
      this.#refused(topic, error);
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

  #message(topic: Exclude<FederationTopic, { kind: 'status' }>, payload: Buffer, retained: boolean): void {
    // A command that the broker keeps would be replayed to every newcomer (security.md row 26).
    if (retained) throw refusal('REPLAYED', 'it was retained');
    if (payload.length > federationLimits.packetBytes) throw refusal('TOO_LARGE', 'it is too large');
    if (!this.#options.acceptUnsigned()) throw refusal('BAD_SIGNATURE', 'it is not signed, and federation.acceptUnsigned is off');
    const value = parseGuarded(payload.toString(), bounds);
    if (looksLikeEnvelope(value)) this.#envelope(topic, value);
    else this.#bare(topic, value);
  }

  #envelope(topic: Exclude<FederationTopic, { kind: 'status' }>, value: unknown): void {
    const { nodeId, nowMs, offsetMs, formOf, onReceived, onClockDoubt } = this.#options;
    const envelope = checkEnvelope(value, { nodeId, nowMs: nowMs(), offsetMs, onTimeRefused: (origin) => onClockDoubt(origin, true) });
    const origin = envelope.source_node_id;
    // Our own broadcast, back from the broker: the router has run it already.
    if (origin === nodeId) return;
    if (topic.kind === 'event' && topic.serviceId !== origin)
      throw refusal('INVALID_PARAMS', 'the event is of another node than its topic says');
    const sender = this.#senderOf(origin);
    if (!sender.ids.add(envelope.message_id)) return;
    const messages = routerMessagesOf(envelope);
    const ageMs = this.#ageMs(sender, envelope);
    const announced = formOf(origin);
    const arrival: Arrival = { origin, form: announced === 'bare' ? 'envelope' : announced, ageMs, via: topic.kind };
    onReceived(messages.length);
    // One message that is refused must not take the rest of its envelope along: each may be the answer that somebody waits for.
    for (const message of messages) this.#handOn(message, arrival, topic);
  }

  #bare(topic: Exclude<FederationTopic, { kind: 'status' }>, value: unknown): void {
    const message = parse(value, undefined, topic);
    const origin = message.originId ?? (topic.kind === 'event' ? topic.serviceId : undefined);
    if (origin === this.#options.nodeId) return;
    this.#options.onReceived(1);
    this.#options.onMessage(message, { origin, form: 'bare', ageMs: 0, via: topic.kind });
  }

  #handOn(value: unknown, arrival: Arrival, topic: Exclude<FederationTopic, { kind: 'status' }>): void {
    try {
      this.#options.onMessage(parse(value, arrival.origin, topic), arrival);
    } catch (error) {
      this.#refused(`message of ${arrival.origin}`, error);
    }
  }

  #ageMs(sender: Sender, envelope: Envelope): number {
    const origin = envelope.source_node_id;
    const apartMs = this.#options.nowMs() - sentAtMs(envelope);
    sender.quickestMs = Math.min(sender.quickestMs, apartMs);
    const offset = this.#options.offsetMs(origin);
    // No message takes less than no time, so this is never too much: nothing is refused for a clock that is off.
    const underWayMs = apartMs + (offset ?? -sender.quickestMs);
    if (offset !== undefined && Math.abs(underWayMs) > oddAgeMs) this.#options.onClockDoubt(origin, false);
    // Who gives whole seconds may have sent it at the end of that second.
    return Math.max(0, underWayMs - (envelope.timestamp_ms === undefined ? 999 : 0));
  }

  #senderOf(origin: string): Sender {
    let sender = this.#senders.get(origin);
    if (sender === undefined) {
      if (this.#senders.size >= federationLimits.nodes) this.#senders.delete(this.#senders.keys().next().value ?? '');
      sender = { ids: new RecentIds(federationLimits.messageIds), quickestMs: Number.POSITIVE_INFINITY };
      this.#senders.set(origin, sender);
    }
    return sender;
  }

  #refused(what: string, error: unknown): void {
    const { code, message } = toErrorShape(error);
    this.#options.onRefused(code);
    const suppressed = this.#faults.take(`${code}/${what}`);
    if (suppressed === undefined) return;
    this.#options.logger.warn('federation.messageRefused', 'A message from another node was refused.', {
      what,
      code,
      message,
      suppressed,
      ...(!(error instanceof SignalboxError) && { error }),
    });
  }
}

/**
 * Checks a router message against where it came.
 *
 * @param origin source of its envelope; undefined: it has none
 */
function parse(message: unknown, origin: string | undefined, topic: Exclude<FederationTopic, { kind: 'status' }>): RouterMessage {
  if (!isRouterMessage(message)) throw refusal('INVALID_PARAMS', 'the router message is not valid');
  const expected = origin ?? (topic.kind === 'event' ? topic.serviceId : undefined);
  if (expected !== undefined && message.originId !== undefined && message.originId !== expected)
    throw refusal('INVALID_PARAMS', 'it names another origin than its envelope or its topic');
  const belongs = topic.kind === 'inbox' || message.type === (topic.kind === 'event' ? 'event' : 'rpc');
  if (!belongs) throw refusal('INVALID_PARAMS', `a message of the type ${message.type} does not belong on this topic`);
  if (topic.kind === 'event' && message.type === 'event' && message.topic !== topic.topic)
    throw refusal('INVALID_PARAMS', 'the event is of another topic than it came on');
  return message;
}

function refusal(code: 'TOO_LARGE' | 'INVALID_PARAMS' | 'REPLAYED' | 'BAD_SIGNATURE', why: string): SignalboxError {
  return new SignalboxError(code, `A message from another node was refused: ${why}.`, { executed: 'no' });
}
