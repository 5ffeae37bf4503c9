/** What has come from one sender, so that nothing acts twice (security.md 2.6). */
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

/** What replay protection looks at in an envelope. */
export interface Arrival {
  readonly epoch: number;
  readonly seq: number;
  /** Message id in hex. */
  readonly id: string;
  /** When it can no longer be valid: time, time to live and tolerance, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** What {@link SourceHistory.add} let go of, for the rows of it to go as well. */
export interface Forgotten {
  /** Expired before this time, and of a former epoch or not above `passedSeq`. */
  readonly expiredBeforeMs: number;
  readonly passedSeq: number;
}

/**
 * Every number of the present epoch above the floor that was used, and the id it was used for. At and below the floor everything counts
 * as used: what is let go of raises it, so forgetting never lets anything in.
 */
export class SourceHistory {
  #epoch: number;
  #floor: number;
  #highest: number;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #seqs = new Set<number>();

  constructor(stored: { readonly epoch: number; readonly floor: number } = { epoch: 0, floor: 0 }, arrivals: Iterable<Arrival> = []) {
    this.#epoch = stored.epoch;
    this.#floor = stored.floor;
    this.#highest = stored.floor;
    for (const arrival of arrivals) this.#remember(arrival);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get floor(): number {
    return this.#floor;
  }

  /**
   * `duplicate`: this very message came before; it is acknowledged again without effect.
   *
   * @throws SignalboxError `REPLAYED` for another message under a used number, an earlier epoch, or a jump that would poison the rest
   */
  check({ epoch, seq, id }: Arrival): 'new' | 'duplicate' {
    if (this.#arrivals.has(id)) return 'duplicate';
    if (epoch < this.#epoch) throw replayed('it is from an earlier start of that node', { reason: 'epoch', highestEpoch: this.#epoch });
    if (epoch > this.#epoch) return 'new';
    if (seq > this.#highest + trustLimits.sequenceJump) throw replayed('its sequence number jumps too far', { reason: 'jump' });
    if (seq <= this.#floor || this.#seqs.has(seq)) throw replayed('its sequence number was used before', { reason: 'sequence' });
    return 'new';
  }

  /** Notes a message that is `new`. @returns what was let go of to make room */
  add(arrival: Arrival, nowMs: number): Forgotten | undefined {
    if (arrival.epoch > this.#epoch) {
      this.#epoch = arrival.epoch;
      this.#floor = 0;
      this.#highest = 0;
      this.#seqs.clear();
    }
    const forgotten = this.#arrivals.size >= trustLimits.replayIds ? this.#makeRoom(nowMs) : undefined;
    this.#remember(arrival);
    return forgotten;
  }

  /** Takes back a message that was noted and could not be stored. */
  remove(arrival: Arrival): void {
    this.#arrivals.delete(arrival.id);
    if (arrival.epoch === this.#epoch) this.#seqs.delete(arrival.seq);
  }

  #remember(arrival: Arrival): void {
    this.#arrivals.set(arrival.id, arrival);
    if (arrival.epoch !== this.#epoch) return;
    this.#seqs.add(arrival.seq);
    this.#highest = Math.max(this.#highest, arrival.seq);
  }

  /** First what has expired and lies below the window; when that is not enough, the lowest tenth and everything of former epochs. */
  #makeRoom(nowMs: number): Forgotten {
    const expired = { expiredBeforeMs: nowMs, passedSeq: this.#highest - trustLimits.replayWindow };
    this.#forget(expired);
    const enough = trustLimits.replayIds * 0.9;
    if (this.#arrivals.size <= enough) return expired;
    const seqs = [...this.#seqs].sort((a, b) => a - b);
    const passedSeq = seqs[Math.floor(seqs.length / 10)] ?? this.#floor;
    const lowest = { expiredBeforeMs: Number.MAX_SAFE_INTEGER, passedSeq };
    this.#forget(lowest);
    return lowest;
  }

  #forget(what: Forgotten): void {
    for (const arrival of this.#arrivals.values()) {
      const isPresent = arrival.epoch === this.#epoch;
      if (arrival.expiresAtMs >= what.expiredBeforeMs || (isPresent && arrival.seq > what.passedSeq)) continue;
      this.#arrivals.delete(arrival.id);
      if (!isPresent) continue;
      this.#seqs.delete(arrival.seq);
      this.#floor = Math.max(this.#floor, arrival.seq);
    }
  }
}

function replayed(why: string, data: unknown) {
  return refusal('REPLAYED', `A message from another node was refused: ${why}.`, data);
}
