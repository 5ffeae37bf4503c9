import { SignalboxError } from '../../../common/errors.ts';
import type { Flushable, Turn } from '../router/turn.ts';
import { type EnvelopeHead, routerContent, sealContent, sealRouterMessages } from './envelope.ts';
import type { Form, Readers } from './form.ts';
import { federationLimits } from './limits.ts';
import type { LinkMessage } from './link-message.ts';
import type { MemberTraffic, Unsent } from './secure/index.ts';
import { TextBatches } from './text-batches.ts';
import type { FederationTopics } from './topics.ts';

const liveTtlSeconds = 60;

export interface OutgoingOptions {
  readonly nodeId: string;
  readonly topics: FederationTopics;
  readonly turn: Turn;
  readonly epoch: () => number;
  readonly publish: (message: LinkMessage) => boolean;
  /** The way to the members of this node's cluster. */
  readonly members: MemberTraffic;
  /** True for the id of a member, and of one that was removed. */
  readonly isMemberId: (nodeId: string) => boolean;
  /** Whether this node signs what is for everybody. */
  readonly isMember: () => boolean;
  /** Whether somebody may read what is for everybody without being a member. */
  readonly hasUnsignedReaders: () => boolean;
  readonly nowMs: () => number;
  /** Counts what leaves, by MQTT message and router messages in it. */
  readonly onSent: (routerMessages: number, bytes: number) => void;
  /** A message that nobody waits for could not be sent. */
  readonly onUnsent: (nodeId: string, error: SignalboxError) => void;
}

/**
 * Messages to other nodes: what is for one node in one turn of the event loop leaves in one envelope or session message. A lone message does
 * not wait for the end of its turn: at both ends of a call that took a tenth of the round trip.
 */
export class Outgoing implements Flushable {
  readonly #options: OutgoingOptions;
  readonly #batches = new TextBatches((batch) => this.#emit(batch.target, batch.secure ? 'secure' : 'batch', batch));
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
   * @param unsent told when it is given up before anything of it left, for a form that may wait
   * @throws SignalboxError `TOO_LARGE`
   */
  send(target: string, form: Form, message: object, ttlSeconds = liveTtlSeconds, unsent?: Unsent): void {
    const text = JSON.stringify(message);
    checkSize(text);
    if (form === 'batch' || form === 'secure') this.#gather(target, form, text, ttlSeconds, unsent);
    else this.#emit(target, form, { texts: [text], ttlSeconds, unsent: unsent === undefined ? [] : [unsent] });
  }

  /** Sends a message that changes what the other node keeps of this one, QoS 1. False: it was not sent. */
  sendConfirmed(target: string, form: Form, message: object, unsent?: Unsent): boolean {
    const texts = [JSON.stringify(message)];
    return this.#emit(target, form, { texts, ttlSeconds: liveTtlSeconds, unsent: unsent === undefined ? [] : [unsent] }, true);
  }

  /**
   * A message for every node.
   *
   * @returns what is published, which may wait for the broker, and the bytes that members take another way as well
   * @throws SignalboxError `TOO_LARGE`
   */
  broadcast(message: object): { readonly published: readonly LinkMessage[]; readonly signed: Buffer | undefined } {
    const { topics, members, isMember, hasUnsignedReaders } = this.#options;
    const text = JSON.stringify(message);
    checkSize(text);
    const signed = isMember() ? members.broadcast(routerContent([text]), liveTtlSeconds) : undefined;
    const unsigned = hasUnsignedReaders() ? this.#seal(null, [text], liveTtlSeconds) : undefined;
    const payloads = [signed, unsigned].filter((payload) => payload !== undefined);
    return { published: payloads.map((payload) => ({ topic: topics.broadcast, payload, qos: 1, retain: false })), signed };
  }

  /** Sends events of this node to one member. @param texts JSON texts of the events */
  sendEvents(target: string, texts: readonly string[]): void {
    for (const part of parts(texts))
      this.#emitSecured(target, { text: routerContent(part), ttlSeconds: liveTtlSeconds, confirmed: false, unsent: [] }, part.length);
  }

  /**
   * Publishes events of one topic of this node.
   *
   * @param topic with its leading slash
   * @param texts JSON texts of the events
   */
  publishEvents(topic: string, texts: readonly string[], { secure, unsigned }: Readers): void {
    const { topics, nodeId, isMember, hasUnsignedReaders } = this.#options;
    const mqttTopic = topics.events(nodeId, topic);
    if (secure && isMember())
      for (const part of parts(texts))
        this.#publish(mqttTopic, this.#options.members.events(routerContent(part), liveTtlSeconds), part.length);
    // Who followed before the node joined a cluster reads nothing more.
    if (unsigned === undefined || !hasUnsignedReaders()) return;
    const batches = unsigned === 'batch' ? parts(texts) : texts.map((text) => [text]);
    for (const batch of batches) this.#publish(mqttTopic, this.#seal(null, batch, liveTtlSeconds), batch.length);
  }

  /** Says something to a member that nobody waits for. @param text JSON text of a NodeMessage */
  tell(target: string, text: string): void {
    this.#emitSecured(target, { text, ttlSeconds: liveTtlSeconds, confirmed: true, unsent: [] }, 0);
  }

  /**
   * Says something to a node that does not sign, in an envelope that nobody signs. Never for a member.
   *
   * @param text JSON text of a NodeMessage
   * @param head what is to stand on the envelope; `nowMs`: when it was made
   * @returns false: it was not sent
   */
  tellUnsigned(
    target: string,
    text: string,
    head: Pick<EnvelopeHead, 'ttlSeconds' | 'messageId' | 'priority'> & { nowMs?: number },
  ): boolean {
    if (this.#options.isMemberId(target)) return false;
    const { nodeId, epoch, nowMs, topics } = this.#options;
    const envelope = sealContent({ source: nodeId, target, epoch: epoch(), seq: ++this.#seq, nowMs: nowMs(), ...head }, text);
    return this.#publish(topics.inbox(target), envelope, 0);
  }

  flush(): void {
    this.#scheduled = false;
    this.#busy = this.#thisTurn > 1;
    this.#thisTurn = 0;
    this.#batches.flush();
  }

  #gather(target: string, form: 'batch' | 'secure', text: string, ttlSeconds: number, unsent: Unsent | undefined): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#options.turn.add(this);
    }
    if (++this.#thisTurn === 1 && !this.#busy)
      this.#emit(target, form, { texts: [text], ttlSeconds, unsent: unsent === undefined ? [] : [unsent] });
    else this.#batches.add(target, form === 'secure', text, ttlSeconds, unsent);
  }

  /** Sends messages to one node now. False: nothing was sent, and who waits was told. */
  #emit(
    target: string,
    form: Form,
    { texts, ttlSeconds, unsent }: { readonly texts: readonly string[]; readonly ttlSeconds: number; readonly unsent: readonly Unsent[] },
    confirmed = false,
  ): boolean {
    // Whatever form a member is thought to read while there is no way to it, nothing for it leaves unsealed.
    if (form === 'secure' || this.#options.isMemberId(target))
      return this.#emitSecured(target, { text: routerContent(texts), ttlSeconds, confirmed, unsent }, texts.length);
    const payload = form === 'bare' ? (texts[0] ?? '') : this.#seal(target, texts, ttlSeconds);
    return this.#publish(this.#options.topics.inbox(target), payload, texts.length, confirmed ? 1 : 0);
  }

  #emitSecured(target: string, message: Parameters<MemberTraffic['send']>[1], routerMessages: number): boolean {
    let error: SignalboxError | undefined;
    try {
      if (this.#options.members.send(target, message)) {
        this.#options.onSent(routerMessages, message.text.length);
        return true;
      }
    } catch (refused) {
      if (!(refused instanceof SignalboxError)) throw refused;
      error = refused;
    }
    error ??= new SignalboxError('NODE_UNREACHABLE', `There is no way to the node ${target} now. Nothing was sent.`, { executed: 'no' });
    for (const tell of message.unsent) tell(error);
    if (message.unsent.length === 0) this.#options.onUnsent(target, error);
    return false;
  }

  #seal(target: string | null, texts: readonly string[], ttlSeconds: number): string {
    const { nodeId, epoch, nowMs } = this.#options;
    return sealRouterMessages({ source: nodeId, target, ttlSeconds, epoch: epoch(), seq: ++this.#seq, nowMs: nowMs() }, texts);
  }

  #publish(topic: string, payload: string | Buffer, routerMessages: number, qos: 0 | 1 = 0): boolean {
    const sent = this.#options.publish({ topic, payload, qos, retain: false });
    if (sent) this.#options.onSent(routerMessages, payload.length);
    return sent;
  }
}

function checkSize(text: string): void {
  const most = federationLimits.messageBytes;
  // Only a text that could be too long in UTF-8 is measured.
  if (text.length * 3 <= most || Buffer.byteLength(text) <= most) return;
  throw new SignalboxError(
    'TOO_LARGE',
    `The message is larger than ${most} bytes, so it cannot go to another node. Ask for less at a time.`,
    {
      executed: 'no',
    },
  );
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
