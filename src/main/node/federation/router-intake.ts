import { SignalboxError } from '../../../common/errors.ts';
import type { Form } from './form.ts';
import { federationLimits } from './limits.ts';
import { hasOnly, type PlainObject } from './plain-checks.ts';
import type { RefusedMessages } from './refused-messages.ts';
import { isRouterMessage, type RouterMessage } from './router-messages.ts';
import type { FederationTopic } from './topics.ts';

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

/** A topic that messages come on. */
export type MessageTopic = Exclude<FederationTopic, { kind: 'status' }>;

export interface RouterIntakeOptions {
  readonly onMessage: (message: RouterMessage, arrival: Arrival) => void;
  readonly onReceived: (routerMessages: number) => void;
  readonly refused: RefusedMessages;
}

/** Hands router messages on, each checked against where it came. */
export class RouterIntake {
  readonly #options: RouterIntakeOptions;

  constructor(options: RouterIntakeOptions) {
    this.#options = options;
  }

  /**
   * Takes what one NodeMessage of the type `Router` holds. One message that is refused does not take the rest along: each may be the answer
   * that somebody waits for.
   *
   * @throws SignalboxError `INVALID_PARAMS` when the whole is malformed
   */
  take(payload: PlainObject, arrival: Arrival, topic: MessageTopic): void {
    const messages = routerMessagesOf(payload);
    this.#options.onReceived(messages.length);
    for (const message of messages) {
      try {
        this.#options.onMessage(checkRouterMessage(message, arrival.origin, topic), arrival);
      } catch (error) {
        this.#options.refused.add(`message of ${arrival.origin}`, error, arrival.form === 'secure' ? arrival.origin : undefined);
      }
    }
  }

  /** Takes a message that was checked already. */
  takeOne(message: RouterMessage, arrival: Arrival): void {
    this.#options.onReceived(1);
    this.#options.onMessage(message, arrival);
  }
}

const messageFields: ReadonlySet<string> = new Set(['type', 'message']);
const messagesFields: ReadonlySet<string> = new Set(['type', 'messages']);

/**
 * The router messages in a payload.
 *
 * @throws SignalboxError `BAD_REQUEST` for a payload of another type, `INVALID_PARAMS` for a malformed one
 */
function routerMessagesOf(payload: PlainObject): readonly unknown[] {
  if (payload.type !== 'Router') throw refusal('BAD_REQUEST', 'it carries nothing for the router');
  const { message, messages } = payload;
  if (message !== undefined && hasOnly(payload, messageFields)) return [message];
  const isBatch = Array.isArray(messages) && messages.length > 0 && messages.length <= federationLimits.batchMessages;
  if (isBatch && hasOnly(payload, messagesFields)) return messages;
  throw refusal('INVALID_PARAMS', 'its payload is not valid');
}

/**
 * Checks a router message against where it came.
 *
 * @param origin source of its envelope or session; undefined: it has none
 * @throws SignalboxError `INVALID_PARAMS`
 */
export function checkRouterMessage(message: unknown, origin: string | undefined, topic: MessageTopic): RouterMessage {
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

/** The refusal of what another node sent. Nothing of it took effect. */
export function refusal(code: 'TOO_LARGE' | 'INVALID_PARAMS' | 'REPLAYED' | 'BAD_SIGNATURE' | 'BAD_REQUEST', why: string): SignalboxError {
  return new SignalboxError(code, `A message from another node was refused: ${why}.`, { executed: 'no' });
}
