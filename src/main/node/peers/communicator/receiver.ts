import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Statement, Store } from '../../store/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { LoneEnvelope, PeerOrigin } from '../transport.ts';
import type { PeerContext, PeerMessage } from '../types.ts';
import { Admission, type AdmissionOptions, overloaded } from './admission.ts';
import { type Answering, Arrival, type ArrivalSizes } from './arrival.ts';
import { type BatchEnvelope, readBatch } from './batch-reader.ts';
import type { PeerCounts, TotalCounts } from './counts.ts';
import { Intake } from './intake.ts';
import { communicatorLimits } from './limits.ts';
import type { ReceivedIds } from './received-ids.ts';
import { SeenIds } from './seen-ids.ts';
import { type Refusal, refusalOf, takenText } from './wire.ts';

const { clockToleranceMs, defaultTtlSeconds } = communicatorLimits;

/** Refusals that may end otherwise when the same message comes again. */
const passing: ReadonlySet<string> = new Set(['OVERLOADED', 'STORAGE_FULL', 'FUTURE']);

export interface ReceiverOptions extends AdmissionOptions {
  readonly nodeId: string;
  readonly received: ReceivedIds;
  readonly store: Store;
  readonly logger: Logger;
  readonly countsOf: (nodeId: string) => PeerCounts;
  readonly totals: TotalCounts;
}

const nobody: Answering = { done: () => undefined };
const noReceipt = (): readonly Statement[] => [];

/** Takes what peers send: checks it, cheap things first, drops repeats, has each message handled and says what was taken (security.md 2.6). */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #admission: Admission;
  readonly #intake: Intake;
  readonly #seen = new SeenIds();
  /** Who else is to be told of a message that runs: it came again meanwhile. */
  readonly #alsoTold = new Map<string, Answering[]>();

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#admission = new Admission(options);
    this.#intake = new Intake({ run: (arrival) => this.#run(arrival), monotonicMs: options.monotonicMs });
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
    this.#admission.checkRate(nodeId, Array.isArray(message.envelopes) ? message.envelopes.length : 1);
    const { seq, envelopes } = readBatch(message, nodeId, this.#options.nodeId);
    const answering = this.#answering(origin, seq, envelopes.length);
    const sizes = { sizeBytes: sizeBytes / envelopes.length, frameBytes: sizeBytes };
    for (const envelope of envelopes) this.#envelope(envelope, origin, sizes, answering);
    this.#intake.drain();
  }

  /** Takes a message that came alone, of which nobody waits to hear. @throws SignalboxError `OVERLOADED` */
  lone(message: PeerMessage, origin: PeerOrigin, sizeBytes: number, { messageId, priority, timestampMs }: LoneEnvelope): void {
    this.#admission.checkRate(origin.nodeId, 1);
    const ageMs = this.#ageMs(origin.nodeId, timestampMs);
    const sizes = { sizeBytes, frameBytes: sizeBytes };
    this.#take(new Arrival({ messageId, message, priority, origin, ageMs, ...sizes, untilMs: undefined, answering: nobody }));
    this.#intake.drain();
  }

  #envelope(envelope: BatchEnvelope, origin: PeerOrigin, sizes: ArrivalSizes, answering: Answering): void {
    const { nodeId } = origin;
    const { message_id: messageId, priority, payload, timestamp_ms: timestampMs, ttl, durable } = envelope;
    // By this node's clock, by which it is forgotten: that of the sender may be hours behind.
    const madeMs = timestampMs - (this.#options.transport.offsetMs(nodeId) ?? 0);
    const untilMs = Math.ceil(madeMs + Math.max(ttl, defaultTtlSeconds) * 1_000 + clockToleranceMs);
    const arrival = new Arrival({
      messageId,
      message: payload,
      priority,
      origin,
      ageMs: this.#ageMs(nodeId, timestampMs),
      ...sizes,
      untilMs: durable === true ? untilMs : undefined,
      answering,
    });
    const late = this.#admission.timeFault(nodeId, timestampMs, ttl);
    // A repeat is answered as the first was, however late it is.
    if (late !== undefined && !this.#isKnown(nodeId, messageId)) this.#refuse(arrival, late);
    else this.#take(arrival);
  }

  #take(arrival: Arrival): void {
    const { nodeId, messageId, answering } = arrival;
    const { countsOf, totals, received } = this.#options;
    const known = received.has(nodeId, messageId) ? 'taken' : this.#seen.get(nodeId, messageId);
    countsOf(nodeId).received++;
    totals.received++;
    if (known !== undefined) {
      countsOf(nodeId).repeated++;
      totals.repeated++;
      this.#seen.renew(nodeId, messageId);
      if (known === 'running') this.#alsoTell(arrival);
      else answering.done(known === 'taken' ? undefined : { message_id: messageId, ...known });
      return;
    }
    const refusal = this.#admission.faultOf(arrival);
    if (refusal !== undefined) {
      this.#refuse(arrival, refusal);
      return;
    }
    this.#seen.set(nodeId, messageId, 'running');
    if (!this.#intake.add(arrival)) this.#refuse(arrival, overloaded());
  }

  #run(arrival: Arrival): void | Promise<void> {
    const { requests, handlers, received } = this.#options;
    const { origin, message, messageId, priority, ageMs, untilMs } = arrival;
    // Looked at here: thousands that wait for their handler would each find the room that is there for one.
    if (untilMs !== undefined && !received.hasRoom(origin.nodeId)) {
      this.#refuse(arrival, overloaded());
      return undefined;
    }
    try {
      if (requests.isAwaited(origin.nodeId, message)) {
        requests.answered(message);
        return this.#handled(arrival, false);
      }
      let isStored = false;
      const receipt = (): readonly Statement[] => {
        isStored = true;
        return this.#receiptOf(arrival);
      };
      const context: PeerContext = { origin, messageId, priority, ageMs, receipt: untilMs === undefined ? noReceipt : receipt };
      const ended = handlers.get(message.type)?.handle(message, context);
      if (ended === undefined) return this.#handled(arrival, isStored);
      return ended.then(
        () => this.#handled(arrival, isStored),
        (error: unknown) => this.#failed(arrival, error),
      );
    } catch (error) {
      this.#failed(arrival, error);
      return undefined;
    }
  }

  #receiptOf({ nodeId, messageId, untilMs }: Arrival): readonly Statement[] {
    return untilMs === undefined ? [] : [this.#options.received.statement(nodeId, messageId, untilMs)];
  }

  /** @param isStored the handler has written the receipt together with the effect */
  #handled(arrival: Arrival, isStored: boolean): void | Promise<void> {
    const { store, received } = this.#options;
    const { nodeId, messageId, untilMs } = arrival;
    if (untilMs === undefined || isStored) {
      if (untilMs !== undefined) received.remember(nodeId, messageId, untilMs);
      this.#taken(arrival);
      return undefined;
    }
    return store.transaction(this.#receiptOf(arrival)).then(
      () => {
        received.remember(nodeId, messageId, untilMs);
        this.#taken(arrival);
      },
      (error: unknown) => this.#failed(arrival, error),
    );
  }

  #taken(arrival: Arrival): void {
    this.#seen.set(arrival.nodeId, arrival.messageId, 'taken');
    this.#tell(arrival, undefined);
  }

  #failed(arrival: Arrival, error: unknown): void {
    if (!(error instanceof SignalboxError))
      this.#options.logger.error('peers.handlerFailed', 'A message of a peer met an unexpected fault.', {
        nodeId: arrival.nodeId,
        type: arrival.message.type,
        error,
      });
    this.#refuse(arrival, SignalboxError.fromShape(toErrorShape(error)));
  }

  #refuse(arrival: Arrival, error: SignalboxError): void {
    const { countsOf, totals, oversight } = this.#options;
    const { nodeId, messageId } = arrival;
    countsOf(nodeId).refused++;
    totals.refused.set(error.code, (totals.refused.get(error.code) ?? 0) + 1);
    oversight.observe(nodeId, { kind: 'refused', code: error.code, type: arrival.message.type });
    const refusal = refusalOf(messageId, error);
    const { code, message } = refusal;
    if (passing.has(code)) this.#seen.delete(nodeId, messageId);
    else this.#seen.set(nodeId, messageId, { code, message });
    this.#tell(arrival, refusal);
  }

  #tell({ nodeId, messageId, answering }: Arrival, refusal: Refusal | undefined): void {
    answering.done(refusal);
    if (this.#alsoTold.size === 0) return;
    const key = `${nodeId} ${messageId}`;
    for (const other of this.#alsoTold.get(key) ?? []) other.done(refusal);
    this.#alsoTold.delete(key);
  }

  #alsoTell({ nodeId, messageId, answering }: Arrival): void {
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
      done: (refusal) => {
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
}
