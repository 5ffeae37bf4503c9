import type { LinkSocket, LinkSocketEvents } from '../../src/main/node/tunnel/link/index.ts';

/** One end of a connection in memory, in place of a WebSocket. Frames arrive in later turns, and only when the other end reads. */
export class MemoryLinkSocket implements LinkSocket {
  /** Frames that were given to this end and not taken by the other. */
  readonly waiting: { readonly frame: Uint8Array; readonly sent: () => void }[] = [];
  /** What this end sent, as it was then. */
  readonly frames: Uint8Array[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  terminated = false;
  pings = 0;
  paused = false;
  /** False: frames stay in {@link waiting} until {@link step}. */
  automatic: boolean;
  #peer: MemoryLinkSocket | undefined;
  #events: LinkSocketEvents | undefined;
  #closed = false;
  #scheduled = false;

  constructor(automatic: boolean) {
    this.automatic = automatic;
  }

  /** @param automatic false: nothing arrives but by {@link step} */
  static pair(automatic = true): [MemoryLinkSocket, MemoryLinkSocket] {
    const [one, other] = [new MemoryLinkSocket(automatic), new MemoryLinkSocket(automatic)];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  get #connected(): MemoryLinkSocket {
    if (this.#peer === undefined) throw new Error('This socket has no other end.');
    return this.#peer;
  }

  /** Lets the other end take the oldest frame, as the network would. @returns false: there was none, or it does not read */
  step(): boolean {
    const peer = this.#connected;
    if (peer.paused || this.#closed) return false;
    const next = this.waiting.shift();
    if (next === undefined) return false;
    // A copy, and then the sender's bytes are spoilt: whoever kept a view of them is found out.
    const frame = Buffer.from(next.frame);
    Buffer.from(next.frame.buffer, next.frame.byteOffset, next.frame.byteLength).fill(0xff);
    next.sent();
    peer.#events?.onFrame(frame);
    return true;
  }

  /** What an end that keeps to no rule sends. */
  inject(frame: Uint8Array): void {
    this.#connected.#events?.onFrame(frame);
  }

  /** The connection breaks. */
  break(): void {
    for (const end of [this, this.#connected]) end.#close(1_006, '');
  }

  send(frame: Uint8Array, sent: () => void): void {
    this.frames.push(Buffer.from(frame));
    this.waiting.push({ frame, sent });
    this.#schedule();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#connected.#schedule();
  }

  ping(): void {
    this.pings++;
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
    setImmediate(() => {
      while (this.step()) {
        // What was given before goes out.
      }
      this.#connected.#close(code, reason);
      this.#close(code, reason);
    });
  }

  terminate(): void {
    this.terminated = true;
    setImmediate(() => this.break());
  }

  listen(events: LinkSocketEvents): void {
    this.#events = events;
  }

  #close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { sent } of this.waiting.splice(0)) sent();
    this.#events?.onClose(code, reason);
  }

  #schedule(): void {
    if (!this.automatic || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.step()) this.#schedule();
    });
  }
}
