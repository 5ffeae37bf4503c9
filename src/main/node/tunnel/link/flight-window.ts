import { linkLimits } from './limits.ts';

/** A ping that was sent behind data: once it is answered, all before it has left the buffers on the way. */
interface Mark {
  readonly number: number;
  /** Sent up to it, of all times. */
  readonly sentBytes: number;
  /** Known to be delivered when it was sent, and since when. */
  readonly deliveredBytes: number;
  readonly deliveredAtMs: number;
  /** Another mark was on its way already: what comes back tells how fast the way is, and not how much there was to send. */
  readonly busy: boolean;
}

/** Of a mark's payload; a heartbeat's is shorter. */
const markBytes = 8;
const ratesKept = 8;
/** What the processes at both ends may take to get their turn, milliseconds. */
const slackMs = 5;

/**
 * How much data may be on its way: given to the connection and not taken by the process at the other end.
 *
 * Credit bounds what waits at the other end, and the writer what waits in this process. In between are the buffers of two systems, several
 * megabytes on a slow uplink or before a busy process, and everything urgent stands behind them. The bound is twice what the way carries in the
 * shortest round trip (as BBR has it), so that the way is full and the buffers are not.
 */
export class FlightWindow {
  readonly #marks: Mark[] = [];
  /** The last ones that were measured, bytes a millisecond. */
  readonly #rates: number[] = [];
  #limitBytes: number = linkLimits.firstFlightBytes;
  #sentBytes = 0;
  #markedBytes = 0;
  #deliveredBytes = 0;
  #deliveredAtMs = 0;
  #number = 0;

  get hasRoom(): boolean {
    return this.#sentBytes - this.#deliveredBytes < this.#limitBytes;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Data were written. @returns payload of a ping that has to be written behind them; undefined: none yet */
  sent(sizeBytes: number): Uint8Array | undefined {
    this.#sentBytes += sizeBytes;
    if (this.#sentBytes - this.#markedBytes < linkLimits.flightMarkBytes) return undefined;
    this.#markedBytes = this.#sentBytes;
    const payload = Buffer.alloc(markBytes);
    payload.writeUIntBE(++this.#number, 2, 6);
    this.#marks.push({
      number: this.#number,
      sentBytes: this.#sentBytes,
      deliveredBytes: this.#deliveredBytes,
      deliveredAtMs: this.#deliveredAtMs,
      busy: this.#marks.length > 0,
    });
    return payload;
  }

  /**
   * A pong came.
   *
   * @param leastRttMs undefined: not measured yet
   * @returns whether it answers a mark
   */
  answered(payload: Uint8Array, leastRttMs: number | undefined): boolean {
    const [mark] = this.#marks;
    if (mark === undefined || payload.length !== markBytes || Buffer.from(payload).readUIntBE(2, 6) !== mark.number) return false;
    this.#marks.shift();
    const nowMs = performance.now();
    this.#deliveredBytes = mark.sentBytes;
    this.#deliveredAtMs = nowMs;
    const elapsedMs = nowMs - mark.deliveredAtMs;
    if (mark.busy && elapsedMs > 0) this.#measured((mark.sentBytes - mark.deliveredBytes) / elapsedMs, leastRttMs ?? 0);
    return true;
  }

  #measured(bytesPerMs: number, leastRttMs: number): void {
    this.#rates.push(bytesPerMs);
    if (this.#rates.length > ratesKept) this.#rates.shift();
    const wanted = 2 * Math.max(...this.#rates) * (leastRttMs + slackMs);
    this.#limitBytes = Math.min(Math.max(wanted, linkLimits.leastFlightBytes), linkLimits.mostFlightBytes);
  }
}
