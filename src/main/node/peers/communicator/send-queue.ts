import { type PeerPriority, peerPriorities } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { DeliveryOutcome } from '../types.ts';
import { PriorityLanes } from './lanes.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

const { laneMessages, laneBytes, peerMessages, peerBytes, sweptMessages } = communicatorLimits;

/** Room that all peers share: a message has its part of it until it ends, also while it is on its way. */
export interface SharedRoom {
  /** Takes room for something new; of what waits, what is Low gives way to what is not. @returns false: there is none */
  take(message: OutgoingMessage): boolean;
  /** A message has ended. */
  release(message: OutgoingMessage): void;
}

export interface SendQueueOptions {
  /** For people. */
  readonly name: () => string;
  readonly room: SharedRoom;
  /** A message ends here without having been taken. */
  readonly onEnd: (message: OutgoingMessage, outcome: DeliveryOutcome) => void;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/** How far was looked: the lane, and in it the next message. */
interface Looking {
  lane: number;
  next: OutgoingMessage | undefined;
}

/** What waits for one peer: bounded by messages and bytes for each priority and all of them, the newest of a key only. */
export class SendQueue {
  readonly lanes: PriorityLanes<OutgoingMessage>;
  readonly #options: SendQueueOptions;
  readonly #byKey = new Map<string, OutgoingMessage>();
  /** Nothing that waits ends before: many that wait are not looked at each time. */
  #endsAtMs = Number.POSITIVE_INFINITY;
  /** While what waits is looked at for what is too old. */
  #looking: Looking | undefined;
  #live = 0;

  constructor(options: SendQueueOptions) {
    this.#options = options;
    this.lanes = new PriorityLanes(options.monotonicMs);
  }

  /** The peer, for people. */
  get name(): string {
    return this.#options.name();
  }

  /** Something for the live session alone waits (wire.md 3, ttl 0). */
  get hasLive(): boolean {
    return this.#live > 0;
  }

  /** @throws SignalboxError `QUEUE_FULL` */
  add(message: OutgoingMessage): void {
    if (this.#supersede(message)) return;
    const lane = this.lanes.laneFor(message.priority);
    const { messages, sizeBytes } = this.lanes.backlog(lane);
    if (messages >= laneMessages || sizeBytes + message.sizeBytes > laneBytes) throw this.#full(message.priority);
    while (this.lanes.size >= peerMessages || this.lanes.sizeBytes + message.sizeBytes > peerBytes)
      if (message.priority === 'Low' || !this.dropOldestLow()) throw this.#full(message.priority);
    if (!this.#options.room.take(message)) throw this.#full(message.priority);
    this.lanes.push(message, lane);
    this.#entered(message);
  }

  /** Takes a message for sending; {@link putBack} or the end of it follows. */
  take(message: OutgoingMessage): OutgoingMessage {
    this.#left(message);
    return this.lanes.take(message);
  }

  /** It was sent in vain: it is next again, unless a newer one of its key waits. Call from the last to the first. */
  putBack(message: OutgoingMessage): void {
    if (message.outcome !== undefined) return;
    const { supersedes } = message;
    const other = supersedes === undefined ? undefined : this.#byKey.get(supersedes);
    if (other !== undefined && other.ordinal > message.ordinal) {
      this.#options.onEnd(message, { outcome: 'dropped', error: superseded() });
      return;
    }
    // Both were on their way, and the older came back first.
    if (other !== undefined) this.end(other, { outcome: 'dropped', error: superseded() });
    // What was urgent stays so, and what was above the quota stays where it was.
    this.lanes.putBack(message);
    this.#entered(message);
  }

  /** Ends a message that waits. @returns false: it does not wait */
  end(message: OutgoingMessage, outcome: DeliveryOutcome): boolean {
    if (!message.isListed) return false;
    this.#left(message);
    this.lanes.remove(message);
    this.#options.onEnd(message, outcome);
    return true;
  }

  /** @returns false: nothing of Low waits */
  dropOldestLow(): boolean {
    const oldest = this.lanes.first('Low');
    if (oldest === undefined) return false;
    return this.end(oldest, { outcome: 'dropped', error: gaveWay() });
  }

  /**
   * Ends what is too old, of so many that wait at a time: to look at a hundred thousand would hold up the node.
   *
   * @param laggingMs a clock that never runs ahead
   * @returns false: call it again in a later turn of the event loop
   */
  expire(laggingMs: number): boolean {
    if (this.#looking === undefined) {
      if (laggingMs <= this.#endsAtMs) return true;
      this.#endsAtMs = Number.POSITIVE_INFINITY;
      this.#looking = { lane: -1, next: undefined };
    }
    for (let left = sweptMessages; left > 0; left--) {
      const message = this.#lookAtNext(this.#looking);
      if (message === undefined) {
        this.#looking = undefined;
        return true;
      }
      if (message.isExpired(laggingMs)) this.end(message, { outcome: 'expired' });
      else this.#endsAtMs = Math.min(this.#endsAtMs, message.endsAtMs);
    }
    return false;
  }

  /** Ends what waits in a priority. @returns how many */
  endAll(priority: PeerPriority, outcome: DeliveryOutcome, which: (message: OutgoingMessage) => boolean = () => true): number {
    let ended = 0;
    for (const message of this.lanes.waiting(priority)) if (which(message) && this.end(message, outcome)) ended++;
    return ended;
  }

  #supersede(message: OutgoingMessage): boolean {
    const { supersedes, priority } = message;
    const former = supersedes === undefined ? undefined : this.#byKey.get(supersedes);
    if (supersedes === undefined || former?.isListed !== true) return false;
    const outcome: DeliveryOutcome = { outcome: 'dropped', error: superseded() };
    if (former.priority !== priority || former.sizeBytes < message.sizeBytes) {
      this.end(former, outcome);
      return false;
    }
    // It keeps the place in the queue, so that what is renewed often is sent nonetheless.
    this.#left(former, message);
    this.lanes.replace(former, message);
    this.#entered(message);
    this.#options.onEnd(former, outcome);
    this.#options.room.take(message);
    return true;
  }

  /** The next that has not been looked at; undefined: all that waited have. */
  #lookAtNext(looking: Looking): OutgoingMessage | undefined {
    while (looking.next === undefined) {
      looking.lane++;
      const lane = peerPriorities[looking.lane];
      if (lane === undefined) return undefined;
      looking.next = this.lanes.first(lane);
    }
    const message = looking.next;
    looking.next = message.next;
    return message;
  }

  /** It waits from now on. */
  #entered(message: OutgoingMessage): void {
    this.#endsAtMs = Math.min(this.#endsAtMs, message.endsAtMs);
    if (message.ttlSeconds === 0) this.#live++;
    if (message.supersedes !== undefined) this.#byKey.set(message.supersedes, message);
  }

  /** It is about to wait no more. @param instead what stands in its place then */
  #left(message: OutgoingMessage, instead = message.next): void {
    if (this.#looking?.next === message) this.#looking.next = instead;
    if (message.ttlSeconds === 0) this.#live--;
    const { supersedes } = message;
    if (supersedes !== undefined && this.#byKey.get(supersedes) === message) this.#byKey.delete(supersedes);
  }

  #full(priority: PeerPriority): SignalboxError {
    return new SignalboxError(
      'QUEUE_FULL',
      `Too many messages of the priority ${priority} wait for ${this.#options.name()} already. This one was not taken.`,
      { executed: 'no' },
    );
  }
}

function superseded(): SignalboxError {
  return new SignalboxError('CANCELLED', 'A newer message took the place of this one before it was sent.', { executed: 'maybe' });
}

function gaveWay(): SignalboxError {
  return new SignalboxError('QUEUE_FULL', 'This message gave way to more urgent ones: no more can wait.', { executed: 'no' });
}
