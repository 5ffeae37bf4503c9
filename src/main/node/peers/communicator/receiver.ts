import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Statement, Store } from '../../store/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import { TokenBucket } from '../../trust/index.ts';
import type { PeerOversight } from '../oversight.ts';
import type { LoneEnvelope, PeerOrigin, PeerTransport } from '../transport.ts';
import type { PeerContext, PeerHandler, PeerMessage } from '../types.ts';
import type { PeerCounts, TotalCounts } from './counts.ts';
import type { DeadLetters } from './dead-letters.ts';
import { Intake } from './intake.ts';
import { communicatorLimits } from './limits.ts';
import type { ReceivedIds } from './received-ids.ts';
import type { Requests } from './requests.ts';
import { SeenIds } from './seen-ids.ts';
import { type BatchEnvelope, type Refusal, readBatch, refusalOf, takenText } from './wire.ts';

const { receivedPerSecond, receivedBurst, batchMessages, clockToleranceMs, defaultTtlSeconds, messageBytes } = communicatorLimits;

/** Refusals that may end otherwise when the same message comes again. */
const passing: ReadonlySet<string> = new Set(['OVERLOADED', 'STORAGE_FULL', 'FUTURE']);

export interface KnownHandler {
  readonly handle: PeerHandler;
  /** Largest message. */
  readonly mostBytes: number;
}

export interface ReceiverOptions {
  readonly nodeId: string;
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly handlers: ReadonlyMap<string, KnownHandler>;
  readonly requests: Requests;
  readonly deadLetters: DeadLetters;
  readonly received: ReceivedIds;
  readonly store: Store;
  readonly logger: Logger;
  readonly countsOf: (nodeId: string) => PeerCounts;
  readonly totals: TotalCounts;
  /** Tells a peer that a type is not known here. @param requestId of what it asked */
  readonly onUnknownType: (nodeId: string, type: string, requestId: string | undefined) => void;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

/** What a message is answered to, when all of its batch is known: nothing for one that came alone. */
interface Answering {
  done(messageId: string, refusal: Refusal | undefined): void;
}

/** A message as it came. */
interface Arrival {
  readonly messageId: string;
  readonly message: PeerMessage;
  readonly priority: PeerPriority;
  readonly origin: PeerOrigin;
  readonly ageMs: number;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch until which its id is remembered on the disk; undefined: it is not durable. */
  readonly untilMs: number | undefined;
}

const nobody: Answering = { done: () => undefined };

/** Takes what peers send: checks it, cheap things first, drops repeats, has each message handled and says what was taken (security.md 2.6). */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #intake: Intake;
  readonly #seen = new SeenIds();
  readonly #buckets = new Map<string, TokenBucket>();
  /** Who else is to be told of a message that runs: it came again meanwhile. */
  readonly #alsoTold = new Map<string, Answering[]>();

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#intake = new Intake(options.monotonicMs);
  }

  /** Urgent messages above the quota of their source. */
  get demoted(): number {
    return this.#intake.demoted;
  }

  stop(): void {
    this.#intake.stop();
    this.#alsoTold.clear();
  }

  /**
   * Takes a batch.
   *
   * @throws SignalboxError `OVERLOADED`, `INVALID_PARAMS`, `BAD_SIGNATURE`: none of it has an effect
   */
  batch(message: Readonly<Record<string, unknown>>, origin: PeerOrigin, sizeBytes: number): void {
    const { nodeId } = origin;
    this.#checkRate(nodeId, Array.isArray(message.envelopes) ? message.envelopes.length : 1);
    const { seq, envelopes } = readBatch(message, nodeId, this.#options.nodeId);
    const answering = this.#answering(origin, seq, envelopes.length);
    for (const envelope of envelopes) this.#envelope(envelope, origin, sizeBytes / envelopes.length, answering);
    this.#intake.drain();
  }

  /** Takes a message that came alone, of which nobody waits to hear. @throws SignalboxError `OVERLOADED` */
  lone(message: PeerMessage, origin: PeerOrigin, sizeBytes: number, { messageId, priority, timestampMs }: LoneEnvelope): void {
    this.#checkRate(origin.nodeId, 1);
    const ageMs = this.#ageMs(origin.nodeId, timestampMs);
    this.#take({ messageId, message, priority, origin, ageMs, sizeBytes, untilMs: undefined }, nobody);
    this.#intake.drain();
  }

  #envelope(envelope: BatchEnvelope, origin: PeerOrigin, sizeBytes: number, answering: Answering): void {
    const { nodeId } = origin;
    const { message_id: messageId, priority, payload, timestamp_ms: timestampMs, ttl, durable } = envelope;
    // By this node's clock, by which it is forgotten: that of the sender may be hours behind.
    const madeMs = timestampMs - (this.#options.transport.offsetMs(nodeId) ?? 0);
    const untilMs = Math.ceil(madeMs + Math.max(ttl, defaultTtlSeconds) * 1_000 + clockToleranceMs);
    const arrival: Arrival = {
      messageId,
      message: payload,
      priority,
      origin,
      ageMs: this.#ageMs(nodeId, timestampMs),
      sizeBytes,
      untilMs: durable === true ? untilMs : undefined,
    };
    const late = this.#timeFault(nodeId, timestampMs, ttl);
    // A repeat is answered as the first was, however late it is.
    if (late !== undefined && !this.#isKnown(nodeId, messageId)) this.#refuse(arrival, late, answering);
    else this.#take(arrival, answering);
  }

  #take(arrival: Arrival, answering: Answering): void {
    const { nodeId } = arrival.origin;
    const { messageId } = arrival;
    const { countsOf, totals, oversight } = this.#options;
    const known = this.#options.received.has(nodeId, messageId) ? 'taken' : this.#seen.get(nodeId, messageId);
    countsOf(nodeId).received++;
    totals.received++;
    if (known !== undefined) {
      countsOf(nodeId).repeated++;
      totals.repeated++;
      this.#seen.renew(nodeId, messageId);
      if (known === 'running') this.#alsoTell(arrival, answering);
      else answering.done(messageId, known === 'taken' ? undefined : { message_id: messageId, ...known });
      return;
    }
    const refusal = oversight.refusal(nodeId, arrival.message.type) ?? this.#faultOf(arrival);
    if (refusal !== undefined) {
      this.#refuse(arrival, refusal, answering);
      return;
    }
    this.#seen.set(nodeId, messageId, 'running');
    const { priority, sizeBytes } = arrival;
    if (this.#intake.add({ nodeId, priority, sizeBytes, run: () => this.#run(arrival, answering) })) return;
    this.#refuse(arrival, overloaded(), answering);
  }

  /** Why a message is not given to a handler. */
  #faultOf({ origin: { nodeId }, messageId, message, sizeBytes, untilMs }: Arrival): SignalboxError | undefined {
    const { handlers, requests, received, deadLetters, onUnknownType, nowMs } = this.#options;
    if (untilMs !== undefined && !received.hasRoom(nodeId)) return overloaded();
    const isAnswer = requests.isAwaited(nodeId, message);
    const handler = handlers.get(message.type);
    const mostBytes = isAnswer ? messageBytes : (handler?.mostBytes ?? messageBytes);
    if (sizeBytes > mostBytes && JSON.stringify(message).length > mostBytes)
      return new SignalboxError('TOO_LARGE', `A message of the type ${message.type} is larger than ${mostBytes} bytes.`, {
        executed: 'no',
      });
    if (isAnswer || handler !== undefined) return undefined;
    // An answer that nobody waits for any more says nothing. To refuse it would make its sender doubt the clocks, and send it again.
    if (message.type === 'Error' || (typeof message.request_id === 'string' && message.type.endsWith('Response'))) return undefined;
    const reason = `this version does not know the type ${message.type}`;
    deadLetters.add({
      at: nowMs(),
      nodeId,
      direction: 'received',
      messageId,
      type: message.type,
      reason,
      content: JSON.stringify(message),
    });
    onUnknownType(nodeId, message.type, typeof message.request_id === 'string' ? message.request_id.slice(0, 128) : undefined);
    return new SignalboxError('BAD_REQUEST', `A message was refused: ${reason}.`, { executed: 'no' });
  }

  #run(arrival: Arrival, answering: Answering): void | Promise<void> {
    const { requests, handlers } = this.#options;
    const { origin, message, messageId, priority, ageMs } = arrival;
    try {
      if (requests.isAwaited(origin.nodeId, message)) {
        requests.answered(message);
        return this.#handled(arrival, answering, false);
      }
      let isStored = false;
      const receipt = (): readonly Statement[] => {
        isStored = true;
        return this.#receiptOf(arrival);
      };
      const context: PeerContext = { origin, messageId, priority, ageMs, receipt };
      const ended = handlers.get(message.type)?.handle(message, context);
      if (ended === undefined) return this.#handled(arrival, answering, isStored);
      return ended.then(
        () => this.#handled(arrival, answering, isStored),
        (error: unknown) => this.#failed(arrival, error, answering),
      );
    } catch (error) {
      this.#failed(arrival, error, answering);
      return undefined;
    }
  }

  #receiptOf({ origin, messageId, untilMs }: Arrival): readonly Statement[] {
    return untilMs === undefined ? [] : [this.#options.received.statement(origin.nodeId, messageId, untilMs)];
  }

  /** @param isStored the handler has written the receipt together with the effect */
  #handled(arrival: Arrival, answering: Answering, isStored: boolean): void | Promise<void> {
    const { store, received } = this.#options;
    const { origin, messageId, untilMs } = arrival;
    if (untilMs === undefined || isStored) {
      if (untilMs !== undefined) received.remember(origin.nodeId, messageId, untilMs);
      this.#taken(arrival, answering);
      return undefined;
    }
    return store.transaction(this.#receiptOf(arrival)).then(
      () => {
        received.remember(origin.nodeId, messageId, untilMs);
        this.#taken(arrival, answering);
      },
      (error: unknown) => this.#failed(arrival, error, answering),
    );
  }

  #taken({ origin: { nodeId }, messageId }: Arrival, answering: Answering): void {
    this.#seen.set(nodeId, messageId, 'taken');
    this.#tell(nodeId, messageId, answering, undefined);
  }

  #failed(arrival: Arrival, error: unknown, answering: Answering): void {
    if (!(error instanceof SignalboxError))
      this.#options.logger.error('peers.handlerFailed', 'A message of a peer met an unexpected fault.', {
        nodeId: arrival.origin.nodeId,
        type: arrival.message.type,
        error,
      });
    this.#refuse(arrival, SignalboxError.fromShape(toErrorShape(error)), answering);
  }

  #refuse({ origin: { nodeId }, messageId, message }: Arrival, error: SignalboxError, answering: Answering): void {
    const { countsOf, totals, oversight } = this.#options;
    countsOf(nodeId).refused++;
    totals.refused.set(error.code, (totals.refused.get(error.code) ?? 0) + 1);
    oversight.observe(nodeId, { kind: 'refused', code: error.code, type: message.type });
    const { code, message: text, message_id } = refusalOf(messageId, error);
    if (passing.has(code)) this.#seen.delete(nodeId, messageId);
    else this.#seen.set(nodeId, messageId, { code, message: text });
    this.#tell(nodeId, messageId, answering, { message_id, code, message: text });
  }

  #tell(nodeId: string, messageId: string, answering: Answering, refusal: Refusal | undefined): void {
    answering.done(messageId, refusal);
    const key = `${nodeId} ${messageId}`;
    for (const other of this.#alsoTold.get(key) ?? []) other.done(messageId, refusal);
    this.#alsoTold.delete(key);
  }

  #alsoTell({ origin: { nodeId }, messageId }: Arrival, answering: Answering): void {
    const key = `${nodeId} ${messageId}`;
    // Of many repeats the last is answered: the first of them were given up.
    this.#alsoTold.set(key, [...(this.#alsoTold.get(key) ?? []).slice(-3), answering]);
  }

  #isKnown(nodeId: string, messageId: string): boolean {
    return this.#options.received.has(nodeId, messageId) || this.#seen.get(nodeId, messageId) !== undefined;
  }

  /** Says what was taken when all of a batch has ended, the way it came. */
  #answering({ nodeId, kind }: PeerOrigin, seq: number, count: number): Answering {
    const { transport, logger } = this.#options;
    const refusals: Refusal[] = [];
    let left = count;
    return {
      done: (_messageId, refusal) => {
        if (refusal !== undefined) refusals.push(refusal);
        if (--left > 0) return;
        const text = takenText(seq, refusals);
        try {
          const options = { ttlSeconds: defaultTtlSeconds };
          if (transport.send(nodeId, text, { ...options, kind }) === undefined) transport.send(nodeId, text, options);
        } catch (error) {
          // Its sender asks again.
          logger.debug('peers.notAcknowledged', 'What a peer sent could not be acknowledged.', { nodeId, error });
        }
      },
    };
  }

  #ageMs(nodeId: string, timestampMs: number): number {
    return Math.max(0, this.#options.nowMs() + (this.#options.transport.offsetMs(nodeId) ?? 0) - timestampMs);
  }

  /** By the clock of the sender as far as it is measured (wire.md 3). */
  #timeFault(nodeId: string, timestampMs: number, ttlSeconds: number): SignalboxError | undefined {
    const { transport, nowMs } = this.#options;
    const offsetMs = transport.offsetMs(nodeId);
    const senderNowMs = nowMs() + (offsetMs ?? 0);
    const lateMs = offsetMs === undefined || ttlSeconds === 0 ? clockToleranceMs : 0;
    const isEarly = timestampMs > senderNowMs + clockToleranceMs;
    if (!isEarly && senderNowMs <= timestampMs + ttlSeconds * 1_000 + lateMs) return undefined;
    if (isEarly) transport.measureClock(nodeId);
    return isEarly
      ? new SignalboxError('FUTURE', 'Its time lies in the future: one of the two clocks is wrong.', { executed: 'no' })
      : new SignalboxError('EXPIRED', 'It came after its time was over.', { executed: 'no' });
  }

  /** Before anything is looked at (security.md row 51). */
  #checkRate(nodeId: string, count: number): void {
    const nowMs = this.#options.monotonicMs();
    let bucket = this.#buckets.get(nodeId);
    if (bucket === undefined) {
      if (this.#buckets.size >= communicatorLimits.peers) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
      bucket = new TokenBucket(receivedPerSecond, receivedBurst, nowMs);
      this.#buckets.set(nodeId, bucket);
    }
    for (let left = Math.min(count, batchMessages); left > 0; left--) if (!bucket.take(nowMs)) throw overloaded();
  }
}

function overloaded(): SignalboxError {
  return new SignalboxError('OVERLOADED', 'The node has more messages of this peer than it can take now.', { executed: 'no' });
}
