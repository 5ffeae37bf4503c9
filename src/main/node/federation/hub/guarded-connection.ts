import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { federationLimits } from '../limits.ts';
import { type HubRefusal, PacketGuard } from './packet-guard.ts';

const keepAliveProbeMs = 30_000;
/** Below it, the pieces of a packet are joined: one larger write costs less than several small ones. */
const joinedBytes = 16_384;

/**
 * A connection of the hub as the broker sees it: what comes in has passed the {@link PacketGuard}, and what goes out never
 * waits. The broker holds one of few delivery slots for as long as a write waits, so that one peer that stops reading would
 * stop them all (rpc.md section 5); here its bytes gather apart, and too many of them end that connection alone.
 */
export class GuardedConnection extends Duplex {
  readonly #socket: Socket;
  readonly #guard = new PacketGuard(federationLimits.connectPacketBytes, federationLimits.packetBytes);
  readonly #onRefused: (refusal: HubRefusal, remoteAddress: string | undefined) => void;
  readonly #remoteAddress: string | undefined;
  /** When the running packet began, by the monotonic clock; undefined between packets. */
  #packetSinceMs: number | undefined;
  /** Writes of this turn of the event loop. */
  #writes = 0;
  /** The turn before had several: more are likely to come. */
  #busy = false;

  constructor(socket: Socket, onRefused: (refusal: HubRefusal, remoteAddress: string | undefined) => void) {
    // Writes are taken at once, so the mark only has to be out of reach of what one turn can gather.
    super({ allowHalfOpen: false, writableHighWaterMark: 2 * federationLimits.unsentBytes });
    this.#socket = socket;
    this.#onRefused = onRefused;
    this.#remoteAddress = socket.remoteAddress;
    // Without it, each acknowledgement waits for the other side's delayed ACK: 88 ms a QoS 1 round trip.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveProbeMs);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  /** True once the broker has accepted the CONNECT. */
  get accepted(): boolean {
    return this.#guard.accepted;
  }

  accept(): void {
    this.#guard.accepted = true;
  }

  /** Bytes handed over and not yet taken by the peer. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Ends the connection when its running packet takes too long. @param nowMs monotonic */
  sweep(nowMs: number): void {
    if (this.#packetSinceMs !== undefined && nowMs - this.#packetSinceMs > federationLimits.packetMs) this.refuse('slow-packet');
  }

  /** Ends the connection and says why to whoever counts. */
  refuse(refusal: HubRefusal): void {
    if (this.destroyed) return;
    this.#onRefused(refusal, this.#remoteAddress);
    this.destroy();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk);
    done();
  }

  override _writev(pieces: readonly { readonly chunk: Buffer }[], done: () => void): void {
    const size = pieces.reduce((sum, { chunk }) => sum + chunk.length, 0);
    if (size <= joinedBytes) this.#send(Buffer.concat(pieces.map(({ chunk }) => chunk)));
    else for (const { chunk } of pieces) this.#send(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(_error: Error | null, done: (error: Error | null) => void): void {
    // What was said last, such as why a CONNECT is refused, still leaves.
    this.#socket.uncork();
    this.#socket.destroy();
    done(null);
  }

  #receive(chunk: Buffer): void {
    const refusal = this.#guard.check(chunk);
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    if (!this.#guard.insidePacket) this.#packetSinceMs = undefined;
    else this.#packetSinceMs ??= performance.now();
    if (!this.push(chunk)) this.#socket.pause();
  }

  /** The writes of one turn of the event loop leave together; a lone one does not wait for the end of its turn. */
  #send(chunk: Buffer): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (++this.#writes === 1) setImmediate(this.#endTurn);
    if (this.#writes === (this.#busy ? 1 : 2)) socket.cork();
    socket.write(chunk);
    if (socket.writableLength > federationLimits.unsentBytes) this.refuse('slow-reader');
  }

  readonly #endTurn = (): void => {
    this.#busy = this.#writes > 1;
    this.#writes = 0;
    this.#socket.uncork();
  };
}
