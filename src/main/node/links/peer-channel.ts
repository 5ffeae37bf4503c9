import type { TLSSocket } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';
import { FrameReader, toFrame, toKindFrame } from './frames.ts';

/** ALPN name of a link (security.md 2.4). */
export const linkProtocol = 'sgbx/1';

/** ALPN name of what a node without membership may speak: asking to join, nothing else. */
export const joinProtocol = 'sgbx-join/1';

const keyBytes = 32;

/** A TLS connection as frames: asked for one at a time while the ends prove who they are, then handed over as they come. */
export class PeerChannel {
  readonly #socket: TLSSocket;
  readonly #reader: FrameReader;
  #remoteAddress: string;
  #listener: ((frame: Buffer) => void) | undefined;
  #waiting: { resolve(frame: Buffer): void; reject(error: SignalboxError): void } | undefined;
  #ended: SignalboxError | undefined;
  readonly #endListeners: ((error: SignalboxError) => void)[] = [];

  /** @param maxFrameBytes until {@link follow} */
  constructor(socket: TLSSocket, maxFrameBytes: number) {
    this.#socket = socket;
    this.#reader = new FrameReader(maxFrameBytes);
    this.#remoteAddress = socket.remoteAddress ?? '';
    // One that is dialled has none yet; one that has ended has none any more.
    socket.once('secureConnect', () => {
      this.#remoteAddress = socket.remoteAddress ?? '';
    });
    // Small frames go back and forth: with Nagle's algorithm each would wait for the other side's delayed acknowledgement.
    socket.setNoDelay(true);
    socket.on('readable', () => this.#read());
    socket.on('end', () => this.end(lost('The other node closed the connection.')));
    socket.on('close', () => this.end(lost('The connection was lost.')));
    socket.on('error', (error: Error) => this.end(lost(`The connection was lost: ${error.message}.`)));
  }

  get remoteAddress(): string {
    return this.#remoteAddress;
  }

  /** Why it ended; undefined while it lives. */
  get ended(): SignalboxError | undefined {
    return this.#ended;
  }

  /** Bytes handed over and not yet on the wire. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Sends a frame; nothing once it has ended. */
  send(body: Uint8Array): void {
    if (this.#ended === undefined) this.#socket.write(toFrame(body));
  }

  /** The same with a byte in front of the body that says what it is for. */
  sendKind(kind: number, body: Uint8Array): void {
    if (this.#ended === undefined) this.#socket.write(toKindFrame(kind, body));
  }

  /** Sends a whole frame, its length in front, that is in pieces: they are not copied together. All of one turn leaves in one write. */
  sendPieces(pieces: readonly Uint8Array[]): void {
    if (this.#ended !== undefined) return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    for (const piece of pieces) this.#socket.write(piece);
  }

  /** Called each time when everything that waited has left. */
  onDrain(listener: () => void): void {
    this.#socket.on('drain', listener);
  }

  /**
   * The next frame.
   *
   * @throws SignalboxError `TOO_LARGE`; `NODE_LOST` or why else it has ended
   */
  receive(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#read();
    });
  }

  /** Hands over every frame from now on, of another largest size. */
  follow(maxFrameBytes: number, listener: (frame: Buffer) => void): void {
    this.#reader.allow(maxFrameBytes);
    this.#listener = listener;
    this.#read();
  }

  /** Called once, when it has ended for whatever reason. */
  onEnd(listener: (error: SignalboxError) => void): void {
    if (this.#ended === undefined) this.#endListeners.push(listener);
    else listener(this.#ended);
  }

  /** A secret that only the two ends of this TLS connection know (RFC 8446 7.5). */
  exportSecret(label: string, context: Uint8Array): Uint8Array {
    return this.#socket.exportKeyingMaterial(keyBytes, label, Buffer.from(context));
  }

  /** Ends it, after what was sent. Safe to call twice. */
  end(error: SignalboxError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#socket.end();
    // An end that the other side does not answer must not hold the socket.
    this.#socket.destroySoon();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    for (const listener of this.#endListeners.splice(0)) listener(error);
  }

  /** While nobody wants a frame nothing is read: what a stranger sends then waits in the kernel. */
  #read(): void {
    try {
      while (this.#ended === undefined && (this.#listener !== undefined || this.#waiting !== undefined)) {
        const frame = this.#reader.next();
        if (frame !== undefined) this.#handOver(frame);
        else {
          const chunk = this.#socket.read() as Buffer | null;
          if (chunk === null) return;
          this.#reader.push(chunk);
        }
      }
    } catch (error) {
      this.end(error instanceof SignalboxError ? error : lost(String(error)));
    }
  }

  #handOver(frame: Buffer): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      this.#listener?.(frame);
      return;
    }
    this.#waiting = undefined;
    waiting.resolve(frame);
  }
}

function lost(message: string): SignalboxError {
  return new SignalboxError('NODE_LOST', message, { executed: 'maybe' });
}
