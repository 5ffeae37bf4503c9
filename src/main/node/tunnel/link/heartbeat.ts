import type { LinkTiming } from './limits.ts';

/** Sent one after the other at the beginning: the first of a process is slow. */
const firstPings = 4;

export interface HeartbeatOptions {
  readonly timing: LinkTiming;
  /** Sends a ping with a payload that the pong brings back. */
  readonly ping: (payload: Uint8Array) => void;
  /** Called at each beat, for whatever else has to be looked at now and then. */
  readonly onBeat: () => void;
  readonly onSilent: () => void;
}

/** Asks the other end for a sign of life at each beat, and measures the round trip with it. One timer for a whole link. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #timer: NodeJS.Timeout;
  #heard = false;
  #unanswered = 0;
  #count = 0;
  /** Of the ping that is not answered. */
  #sentAtMs: number | undefined;
  #rttMs: number | undefined;
  #leastRttMs: number | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), options.timing.heartbeatMs);
  }

  /** Milliseconds; undefined: not measured yet. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /**
   * The shortest that was measured, milliseconds: the way itself, without what stood before a ping somewhere. Undefined: not measured yet.
   */
  get leastRttMs(): number | undefined {
    return this.#leastRttMs;
  }

  /** Something has come. */
  heard(): void {
    this.#heard = true;
  }

  /** @returns whether it answers the last ping */
  answered(payload: Uint8Array): boolean {
    if (payload.length !== 4 || Buffer.from(payload).readUInt32BE() !== this.#count || this.#sentAtMs === undefined) return false;
    this.#rttMs = performance.now() - this.#sentAtMs;
    this.#leastRttMs = Math.min(this.#rttMs, this.#leastRttMs ?? Number.POSITIVE_INFINITY);
    this.#sentAtMs = undefined;
    if (this.#count < firstPings) this.measure();
    return true;
  }

  /** Sends a ping now, to know the round trip. */
  measure(): void {
    this.#count = (this.#count + 1) >>> 0;
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(this.#count);
    this.#sentAtMs = performance.now();
    this.#options.ping(payload);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#options.onBeat();
    if (this.#heard) this.#unanswered = 0;
    else if (this.#unanswered >= this.#options.timing.missedHeartbeats) {
      this.#options.onSilent();
      return;
    } else this.#unanswered++;
    this.#heard = false;
    this.measure();
  }
}
