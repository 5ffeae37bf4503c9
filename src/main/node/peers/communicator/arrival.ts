import type { PeerPriority } from '../../../../common/contract/peers.ts';
import type { PeerOrigin } from '../transport.ts';
import type { PeerMessage } from '../types.ts';
import type { Queued } from './lanes.ts';
import type { Refusal } from './wire.ts';

/** What a message is answered to, when all of its batch is known: nothing for one that came alone. */
export interface Answering {
  /** A message has ended. @param refusal undefined: it was taken */
  done(refusal: Refusal | undefined): void;
}

export interface ArrivalSizes {
  /** Its share of what it came with. */
  readonly sizeBytes: number;
  /** Bytes of all that it came with: it has no more. */
  readonly frameBytes: number;
}

export interface ArrivalFields extends ArrivalSizes {
  readonly messageId: string;
  readonly message: PeerMessage;
  readonly priority: PeerPriority;
  readonly origin: PeerOrigin;
  readonly ageMs: number;
  /** Milliseconds since the epoch until which its id is remembered on the disk; undefined: it is not durable. */
  readonly untilMs: number | undefined;
  readonly answering: Answering;
}

/** A message as it came, from when it was taken out of its batch until its handler has ended. */
export class Arrival implements ArrivalFields, Queued<Arrival> {
  readonly messageId: string;
  readonly message: PeerMessage;
  readonly priority: PeerPriority;
  readonly origin: PeerOrigin;
  readonly ageMs: number;
  readonly sizeBytes: number;
  readonly frameBytes: number;
  readonly untilMs: number | undefined;
  readonly answering: Answering;
  lane: PeerPriority;
  previous: Arrival | undefined;
  next: Arrival | undefined;
  isListed = false;

  constructor(fields: ArrivalFields) {
    this.messageId = fields.messageId;
    this.message = fields.message;
    this.priority = fields.priority;
    this.lane = fields.priority;
    this.origin = fields.origin;
    this.ageMs = fields.ageMs;
    this.sizeBytes = fields.sizeBytes;
    this.frameBytes = fields.frameBytes;
    this.untilMs = fields.untilMs;
    this.answering = fields.answering;
  }

  /** The peer that sent it. */
  get nodeId(): string {
    return this.origin.nodeId;
  }
}
