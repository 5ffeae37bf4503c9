import type { Socket } from 'node:net';
import { brokerLimits } from '../limits.ts';

/** Pieces of this size and more are handed to the socket as they are; smaller ones are put together first. */
const largePieceBytes = 16_384;

/** What goes out on a connection: one write a turn, however many answers it holds, and a bound for what the other end does not take. */
export class Outbox {
  readonly #socket: Socket;
  readonly #onStuck: () => void;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;
  #stuckTimer: NodeJS.Timeout | undefined;

  /** @param onStuck the other end took nothing for too long, or far too much waits for it */
  constructor(socket: Socket, onStuck: () => void) {
    this.#socket = socket;
    this.#onStuck = onStuck;
  }

  /** Bytes that the other end has not taken. */
  get unsentBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  get isFull(): boolean {
    return this.unsentBytes > brokerLimits.unsentBytes;
  }

  send(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#bytes += piece.byteLength;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0 || this.#socket.destroyed) return;
    this.#pieces = [];
    this.#bytes = 0;
    this.#socket.cork();
    let small: Uint8Array[] = [];
    for (const piece of pieces) {
      if (piece.byteLength < largePieceBytes) small.push(piece);
      else {
        this.#writeJoined(small);
        small = [];
        this.#socket.write(piece);
      }
    }
    this.#writeJoined(small);
    this.#socket.uncork();
    if (this.unsentBytes > brokerLimits.unsentBytesMost) this.#onStuck();
    else if (this.isFull) this.#stuckTimer ??= setTimeout(() => this.#onStuck(), brokerLimits.unsentMs);
  }

  /** The socket has room again. */
  drained(): void {
    clearTimeout(this.#stuckTimer);
    this.#stuckTimer = undefined;
  }

  close(): void {
    this.drained();
    this.#pieces = [];
    this.#bytes = 0;
  }

  #writeJoined(pieces: readonly Uint8Array[]): void {
    const [first] = pieces;
    if (first !== undefined) this.#socket.write(pieces.length === 1 ? first : Buffer.concat(pieces));
  }
}
