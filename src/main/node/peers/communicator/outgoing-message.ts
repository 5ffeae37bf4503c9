import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import type { Delivery, DeliveryOutcome } from '../types.ts';
import type { Queued } from './lanes.ts';
import { communicatorLimits } from './limits.ts';
import { newMessageId } from './message-id.ts';

/** Bytes of an envelope beside its content. */
const envelopeBytes = 420;

/** On what terms a message waits; those of one moment that are alike share it. */
export interface MessageTerms {
  readonly priority: PeerPriority;
  /** When it was made, milliseconds since the epoch. */
  readonly timestampMs: number;
  /** The same by the clock that never runs ahead: what waits is not ended by somebody who sets the clock (security.md row 72). */
  readonly queuedAtMs: number;
  readonly ttlSeconds: number;
  readonly durable: boolean;
}

export interface OutgoingMessageFields {
  /** One that was stored before has it; without: a new one. */
  readonly messageId?: string;
  readonly nodeId: string;
  /** JSON text of the content. */
  readonly payload: string;
  readonly terms: MessageTerms;
  readonly supersedes: string | undefined;
}

/** Messages that were made since the start. */
let made = 0;

/** Whoever asked how a message ends. */
interface Watched {
  readonly settled: Promise<DeliveryOutcome>;
  readonly resolve: (outcome: DeliveryOutcome) => void;
}

/**
 * A message on its way to one peer, from when it was accepted until it ends, in exactly one way. A hundred thousand may wait, so that one which
 * waits is this and the text of its content: its id, its envelope and the promise of its end are made when they are needed.
 */
export class OutgoingMessage implements OutgoingMessageFields, MessageTerms, Delivery, Queued<OutgoingMessage> {
  readonly nodeId: string;
  readonly payload: string;
  readonly terms: MessageTerms;
  readonly supersedes: string | undefined;
  readonly sizeBytes: number;
  /** Messages that were made before it: of two of one key the later counts. */
  readonly ordinal: number = made++;
  lane: PeerPriority;
  previous: OutgoingMessage | undefined;
  next: OutgoingMessage | undefined;
  isListed = false;
  /** How often it was sent. */
  attempts = 0;
  /** The way it was sent last. */
  lastWay: CarrierKind | undefined;
  #messageId: string | undefined;
  #outcome: DeliveryOutcome | undefined;
  #watched: Watched | undefined;

  constructor(fields: OutgoingMessageFields) {
    this.nodeId = fields.nodeId;
    this.payload = fields.payload;
    this.terms = fields.terms;
    this.lane = fields.terms.priority;
    this.supersedes = fields.supersedes;
    this.sizeBytes = Buffer.byteLength(fields.payload) + envelopeBytes;
    this.#messageId = fields.messageId;
  }

  get priority(): PeerPriority {
    return this.terms.priority;
  }

  get timestampMs(): number {
    return this.terms.timestampMs;
  }

  get queuedAtMs(): number {
    return this.terms.queuedAtMs;
  }

  get ttlSeconds(): number {
    return this.terms.ttlSeconds;
  }

  get durable(): boolean {
    return this.terms.durable;
  }

  get messageId(): string {
    this.#messageId ??= newMessageId(this.timestampMs);
    return this.#messageId;
  }

  get settled(): Promise<DeliveryOutcome> {
    if (this.#outcome !== undefined) return Promise.resolve(this.#outcome);
    this.#watched ??= watch();
    return this.#watched.settled;
  }

  /** How it ended; undefined while it has not. */
  get outcome(): DeliveryOutcome | undefined {
    return this.#outcome;
  }

  /** @returns false: it had ended before */
  settle(outcome: DeliveryOutcome): boolean {
    if (this.#outcome !== undefined) return false;
    this.#outcome = outcome;
    this.#watched?.resolve(outcome);
    return true;
  }

  /** @param laggingMs a clock that never runs ahead */
  isExpired(laggingMs: number): boolean {
    return laggingMs > this.endsAtMs;
  }

  /** When its time is over, by that clock. */
  get endsAtMs(): number {
    return this.queuedAtMs + (this.ttlSeconds === 0 ? communicatorLimits.liveMs : this.ttlSeconds * 1_000);
  }
}

function watch(): Watched {
  let resolve: Watched['resolve'] = () => undefined;
  const settled = new Promise<DeliveryOutcome>((end) => {
    resolve = end;
  });
  return { settled, resolve };
}
