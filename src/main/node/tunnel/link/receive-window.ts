import { linkLimits } from './limits.ts';

/** What the windows of a link share. */
export interface SharedWindow {
  /** For windows to grow by. */
  roomBytes: number;
  /** The shortest that was measured: with what waits in buffers in it, a window would grow by its own queue. */
  rttMs: number | undefined;
}

/** Windows that a round is: a burst of what stood in buffers is one at most, and tells nothing of the way. */
const roundWindows = 2;

/**
 * How much the other end may send on a stream. What it sent and was not consumed, and what it may still send, never exceed the window.
 *
 * Each stream has a small window of its own, so that one that nobody reads takes little and never what another was promised. It grows out of room
 * that the streams of a link share: once the stream shows to be more than a small body, and then as long as windows are consumed within two
 * round trips each, which is when the window and not the reader is what holds it up.
 */
export class ReceiveWindow {
  readonly #shared: SharedWindow;
  #windowBytes: number = linkLimits.firstWindowBytes;
  #grantedBytes: number = linkLimits.firstWindowBytes;
  #receivedBytes = 0;
  /** Consumed and not granted again. */
  #consumedBytes = 0;
  #roundBytes = 0;
  #roundStartMs = 0;

  constructor(shared: SharedWindow) {
    this.#shared = shared;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** What the other end may still send. */
  get grantedBytes(): number {
    return this.#grantedBytes;
  }

  /** @returns false: the other end had no credit for that */
  take(sizeBytes: number): boolean {
    if (sizeBytes > this.#grantedBytes) return false;
    this.#grantedBytes -= sizeBytes;
    this.#receivedBytes += sizeBytes;
    return true;
  }

  /** @returns credit to be given now because the stream is no small one; 0: none */
  opened(): number {
    if (this.#windowBytes !== linkLimits.firstWindowBytes || this.#receivedBytes < linkLimits.firstWindowBytes / 4) return 0;
    this.#roundStartMs = performance.now();
    return this.#grow(linkLimits.openWindowBytes);
  }

  /** @returns credit to be given now; 0: none yet */
  consumed(sizeBytes: number): number {
    this.#consumedBytes += sizeBytes;
    this.#roundBytes += sizeBytes;
    // Many small updates would cost more than they speed up.
    if (this.#consumedBytes < this.#windowBytes / 4) return 0;
    let credit = this.#consumedBytes;
    this.#consumedBytes = 0;
    this.#grantedBytes += credit;
    if (this.#roundBytes >= this.#windowBytes * roundWindows) credit += this.#nextRound();
    return credit;
  }

  /** Gives back what it took of the shared room. */
  release(): void {
    this.#shared.roomBytes += this.#windowBytes - linkLimits.firstWindowBytes;
    this.#windowBytes = linkLimits.firstWindowBytes;
  }

  #nextRound(): number {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#roundStartMs;
    this.#roundBytes = 0;
    this.#roundStartMs = nowMs;
    return elapsedMs < 2 * roundWindows * (this.#shared.rttMs ?? 0) ? this.#grow(this.#windowBytes * 2) : 0;
  }

  #grow(wantedBytes: number): number {
    const growth = Math.min(wantedBytes, linkLimits.largestWindowBytes) - this.#windowBytes;
    if (growth <= 0 || growth > this.#shared.roomBytes) return 0;
    this.#shared.roomBytes -= growth;
    this.#windowBytes += growth;
    this.#grantedBytes += growth;
    return growth;
  }
}
