import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import type { Delivery, DeliveryOutcome } from '../types.ts';
import type { Place } from './lanes.ts';
import { communicatorLimits } from './limits.ts';
import { envelopeText } from './wire.ts';

/** Bytes of an envelope beside its content. */
const envelopeBytes = 420;

export interface OutgoingMessageFields {
  readonly messageId: string;
  readonly source: string;
  readonly nodeId: string;
  readonly priority: PeerPriority;
  /** JSON text of the content. */
  readonly payload: string;
  readonly payloadBytes: number;
  /** When it was made, milliseconds since the epoch. */
  readonly timestampMs: number;
  /** The same by the clock that never runs ahead: what waits is not ended by somebody who sets the clock (security.md row 72). */
  readonly queuedAtMs: number;
  readonly ttlSeconds: number;
  readonly durable: boolean;
  readonly supersedes: string | undefined;
}

/** A message on its way to one peer, from when it was accepted until it ends, in exactly one way. */
export class OutgoingMessage implements OutgoingMessageFields, Delivery {
  readonly messageId: string;
  readonly source: string;
  readonly nodeId: string;
  readonly priority: PeerPriority;
  readonly payload: string;
  readonly payloadBytes: number;
  readonly timestampMs: number;
  readonly queuedAtMs: number;
  readonly ttlSeconds: number;
  readonly durable: boolean;
  readonly supersedes: string | undefined;
  readonly sizeBytes: number;
  /** Where it waits; undefined while it is on its way. */
  place: Place<OutgoingMessage> | undefined;
  /** The lane it waits in, or came from: that of High for an urgent one above the quota. */
  lane: PeerPriority;
  /** How often it was sent. */
  attempts = 0;
  /** The way it was sent last. */
  lastWay: CarrierKind | undefined;
  #outcome: DeliveryOutcome | undefined;
  #settled: Promise<DeliveryOutcome> | undefined;
  #resolve: ((outcome: DeliveryOutcome) => void) | undefined;

  constructor(fields: OutgoingMessageFields) {
    this.messageId = fields.messageId;
    this.source = fields.source;
    this.nodeId = fields.nodeId;
    this.priority = fields.priority;
    this.lane = fields.priority;
    this.payload = fields.payload;
    this.payloadBytes = fields.payloadBytes;
    this.timestampMs = fields.timestampMs;
    this.queuedAtMs = fields.queuedAtMs;
    this.ttlSeconds = fields.ttlSeconds;
    this.durable = fields.durable;
    this.supersedes = fields.supersedes;
    this.sizeBytes = fields.payloadBytes + envelopeBytes;
  }

  /** Made when somebody asks: of a hundred thousand that wait hardly one is watched. */
  get settled(): Promise<DeliveryOutcome> {
    this.#settled ??= new Promise((resolve) => {
      if (this.#outcome === undefined) this.#resolve = resolve;
      else resolve(this.#outcome);
    });
    return this.#settled;
  }

  /** How it ended; undefined while it has not. */
  get outcome(): DeliveryOutcome | undefined {
    return this.#outcome;
  }

  /** @returns false: it had ended before */
  settle(outcome: DeliveryOutcome): boolean {
    if (this.#outcome !== undefined) return false;
    this.#outcome = outcome;
    this.#resolve?.(outcome);
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

  /** The text of its envelope. */
  text(): string {
    const { messageId, source, nodeId: target, timestampMs, ttlSeconds, priority, durable } = this;
    return envelopeText({ messageId, source, target, timestampMs, ttlSeconds, priority, durable }, this.payload);
  }
}
