import { SignalboxError } from '../../../common/errors.ts';
import type { Flushable, Turn } from '../router/turn.ts';
import { sealRouterMessages } from './envelope.ts';
import { federationLimits } from './limits.ts';
import type { LinkMessage } from './link-message.ts';
import type { FederationTopics } from './topics.ts';

/** How a node wants to be spoken to: `bare` is what the first system's nodes and people with `mosquitto_pub` read. */
export type Form = 'bare' | 'envelope' | 'batch';

const liveTtlSeconds = 60;

interface Waiting {
  readonly texts: string[];
  bytes: number;
  ttlSeconds: number;
}

export interface OutgoingOptions {
  readonly nodeId: string;
  readonly topics: FederationTopics;
  readonly turn: Turn;
  readonly epoch: () => number;
  readonly publish: (message: LinkMessage) => boolean;
  readonly nowMs: () => number;
  /** Counts what leaves, by MQTT message and router messages in it. */
  readonly onSent: (routerMessages: number, bytes: number) => void;
}

/**
 * Messages to other nodes: what is for one node in one turn of the event loop leaves in one envelope. A lone message does not
 * wait for the end of its turn: at both ends of a call that took a tenth of the round trip.
 */
export class Outgoing implements Flushable {
  readonly #options: OutgoingOptions;
  readonly #waiting = new Map<string, Waiting>();
  #seq = 0;
  #scheduled = false;
  /** Messages of this turn that may be joined. */
  #thisTurn = 0;
  /** The turn before had several: more are likely to come. */
  #busy = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /**
   * Sends a message of the live session, QoS 0: its fate is watched by deadline and presence.
   *
   * @param ttlSeconds after that, nobody waits for it
   * @throws SignalboxError `TOO_LARGE`
   */
  send(target: string, form: Form, message: object, ttlSeconds = liveTtlSeconds): void {
    const text = JSON.stringify(message);
    checkSize(text);
    const topic = this.#options.topics.inbox(target);
    if (form === 'batch') this.#gather(target, text, ttlSeconds);
    else this.#publish(topic, form === 'bare' ? text : this.#seal(target, [text], ttlSeconds), 1, 0);
  }

  /** Sends a message that changes what the other node keeps of this one, QoS 1. */
  sendConfirmed(target: string, form: Form, message: object): boolean {
    const text = JSON.stringify(message);
    const topic = this.#options.topics.inbox(target);
    return this.#publish(topic, form === 'bare' ? text : this.#seal(target, [text], liveTtlSeconds), 1, 1);
  }

  /** The envelope of a message for every node, as {@link LinkMessage}: it may wait for the broker. */
  broadcast(message: object): LinkMessage {
    const text = JSON.stringify(message);
    checkSize(text);
    return { topic: this.#options.topics.broadcast, payload: this.#seal(null, [text], liveTtlSeconds), qos: 1, retain: false };
  }

  /**
   * Publishes events of one topic of this node.
   *
   * @param topic with its leading slash
   * @param texts JSON texts of the events
   */
  publishEvents(topic: string, texts: readonly string[], batch: boolean): void {
    const mqttTopic = this.#options.topics.events(this.#options.nodeId, topic);
    if (batch && texts.length > 1) {
      for (const part of parts(texts)) this.#publish(mqttTopic, this.#seal(null, part, liveTtlSeconds), part.length, 0);
    } else for (const text of texts) this.#publish(mqttTopic, this.#seal(null, [text], liveTtlSeconds), 1, 0);
  }

  flush(): void {
    this.#scheduled = false;
    this.#busy = this.#thisTurn > 1;
    this.#thisTurn = 0;
    for (const [target, { texts, ttlSeconds }] of this.#waiting) {
      this.#publish(this.#options.topics.inbox(target), this.#seal(target, texts, ttlSeconds), texts.length, 0);
    }
    this.#waiting.clear();
  }

  #gather(target: string, text: string, ttlSeconds: number): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#options.turn.add(this);
    }
    if (++this.#thisTurn === 1 && !this.#busy) {
      this.#publish(this.#options.topics.inbox(target), this.#seal(target, [text], ttlSeconds), 1, 0);
      return;
    }
    let waiting = this.#waiting.get(target);
    if (
      waiting !== undefined &&
      (waiting.texts.length >= federationLimits.batchMessages || waiting.bytes + text.length > federationLimits.batchBytes)
    ) {
      this.#waiting.delete(target);
      this.#publish(this.#options.topics.inbox(target), this.#seal(target, waiting.texts, waiting.ttlSeconds), waiting.texts.length, 0);
      waiting = undefined;
    }
    if (waiting === undefined) {
      waiting = { texts: [], bytes: 0, ttlSeconds: 0 };
      this.#waiting.set(target, waiting);
    }
    waiting.texts.push(text);
    waiting.bytes += text.length;
    waiting.ttlSeconds = Math.max(waiting.ttlSeconds, ttlSeconds);
  }

  #seal(target: string | null, texts: readonly string[], ttlSeconds: number): string {
    const { nodeId, epoch, nowMs } = this.#options;
    return sealRouterMessages({ source: nodeId, target, ttlSeconds, epoch: epoch(), seq: ++this.#seq, nowMs: nowMs() }, texts);
  }

  #publish(topic: string, payload: string, routerMessages: number, qos: 0 | 1): boolean {
    const sent = this.#options.publish({ topic, payload, qos, retain: false });
    if (sent) this.#options.onSent(routerMessages, payload.length);
    return sent;
  }
}

function checkSize(text: string): void {
  const most = federationLimits.messageBytes;
  // Only a text that could be too long in UTF-8 is measured.
  if (text.length * 3 <= most || Buffer.byteLength(text) <= most) return;
  throw new SignalboxError('TOO_LARGE', `The message is larger than ${most} bytes, so it cannot go over MQTT. Ask for less at a time.`, {
    executed: 'no',
  });
}

function parts(texts: readonly string[]): string[][] {
  const all: string[][] = [];
  let part: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    if (part.length >= federationLimits.batchMessages || (part.length > 0 && bytes + text.length > federationLimits.batchBytes)) {
      all.push(part);
      part = [];
      bytes = 0;
    }
    part.push(text);
    bytes += text.length;
  }
  if (part.length > 0) all.push(part);
  return all;
}
