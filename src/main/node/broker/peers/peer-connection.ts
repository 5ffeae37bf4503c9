import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { PeerChannel } from '../../links/index.ts';
import type { BinaryFrame } from '../protocol/index.ts';
import type { PeerLimits } from './limits.ts';
import { decodePeerFrame, encodePeerFrame, type PeerFrame, peerFrameTypes } from './peer-frames.ts';
import type { PeerBroker } from './types.ts';

export interface PeerConnectionListener {
  /** A frame that is no answer and nothing of the connection's own. @throws SignalboxError `INVALID_PARAMS`, `BAD_REQUEST`: the connection ends */
  frame(connection: PeerConnection, frame: BinaryFrame): void;
  /** Too much waits to be sent, or no longer does. */
  congested(connection: PeerConnection, isCongested: boolean): void;
  /** The other broker, proven, refuses this one after all. */
  refused(connection: PeerConnection, reason: SignalboxError): void;
  ended(connection: PeerConnection, reason: SignalboxError): void;
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  resolve(frame: BinaryFrame): void;
  reject(error: SignalboxError): void;
}

/** A connection to another broker, both ends proven: frames, requests with answers, and the look whether the other side lives. */
export class PeerConnection {
  readonly peer: PeerBroker;
  /** This side dialled. */
  readonly dialled: boolean;
  readonly #channel: PeerChannel;
  readonly #limits: PeerLimits;
  readonly #listener: PeerConnectionListener;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watch: NodeJS.Timeout;
  #nextId = 1;
  #heardAtMs = performance.now();
  #isCongested = false;

  constructor(
    channel: PeerChannel,
    peer: PeerBroker,
    options: { readonly dialled: boolean; readonly limits: PeerLimits; readonly listener: PeerConnectionListener },
  ) {
    this.peer = peer;
    this.dialled = options.dialled;
    this.#channel = channel;
    this.#limits = options.limits;
    this.#listener = options.listener;
    this.#watch = setInterval(() => this.#look(), options.limits.idleMs / 2).unref();
    channel.onDrain(() => this.#congestion(false));
    channel.onEnd((reason) => this.#ended(reason));
  }

  /** Hands over what comes, from now on. */
  open(): void {
    this.#channel.follow(this.#limits.frameBytes, (body) => this.#take(body));
  }

  get isCongested(): boolean {
    return this.#isCongested;
  }

  get isEnded(): boolean {
    return this.#channel.ended !== undefined;
  }

  /** Milliseconds since something came from the other side. */
  get silentMs(): number {
    return performance.now() - this.#heardAtMs;
  }

  /**
   * Sends a frame that may be lost: nothing waits beyond the bound.
   *
   * @returns false when it was dropped
   */
  offer(pieces: readonly Uint8Array[]): boolean {
    if (this.isEnded) return false;
    if (this.#isCongested || this.#channel.unsentBytes > this.#limits.unsentBytes) {
      this.#congestion(true);
      return false;
    }
    this.#channel.sendPieces(pieces);
    return true;
  }

  /** Sends a small frame of the connection itself, also while much waits. */
  send(frame: PeerFrame): void {
    if (this.#channel.unsentBytes > this.#limits.brokenBytes)
      this.close(new SignalboxError('NODE_LOST', `The broker ${this.peer.brokerId} does not read what it is sent.`));
    else this.#channel.sendPieces(encodePeerFrame(frame));
  }

  /**
   * Asks the other broker something.
   *
   * @param timeMs for the answer
   * @throws SignalboxError `OVERLOADED`, `TIMEOUT`, `NODE_LOST`, `CANCELLED`
   */
  ask(type: number, header: object, timeMs: number): Promise<BinaryFrame> {
    const { brokerId } = this.peer;
    if (this.#channel.ended !== undefined) return Promise.reject(this.#channel.ended);
    if (this.#waiting.size >= this.#limits.requests)
      return Promise.reject(
        new SignalboxError('OVERLOADED', `Too many requests wait for an answer of the broker ${brokerId}.`, { executed: 'no' }),
      );
    const requestId = this.#nextId;
    this.#nextId = (this.#nextId % 0xffff_ffff) + 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(requestId);
        reject(new SignalboxError('TIMEOUT', `The broker ${brokerId} did not answer within ${timeMs / 1_000} s.`, { executed: 'maybe' }));
      }, timeMs).unref();
      this.#waiting.set(requestId, { timer, resolve, reject });
      this.send({ type, requestId, header, payload: [] });
    });
  }

  /** Whether the other side answers now. @param timeMs how long it may take */
  async lives(timeMs: number): Promise<boolean> {
    try {
      await this.ask(peerFrameTypes.ping, {}, timeMs);
      return true;
    } catch {
      // Whatever the reason: it did not answer.
      return false;
    }
  }

  /** Ends it. Safe to call twice. */
  close(reason: SignalboxError): void {
    this.#channel.end(reason);
  }

  /** Ends it: what came over it cannot be used. */
  unreadable(error: unknown): void {
    const { message } = toErrorShape(error);
    this.close(
      new SignalboxError('BAD_REQUEST', `What the broker ${this.peer.brokerId} sent cannot be used: ${message}`, { cause: error }),
    );
  }

  #take(body: Buffer): void {
    this.#heardAtMs = performance.now();
    try {
      const frame = decodePeerFrame(body);
      if ('refused' in frame) {
        this.#listener.refused(this, frame.refused);
        this.close(frame.refused);
      } else if (frame.type === peerFrameTypes.ping)
        this.send({ type: peerFrameTypes.pong, requestId: frame.requestId, header: {}, payload: [] });
      else if (answers.has(frame.type)) this.#settle(frame);
      else this.#listener.frame(this, frame);
    } catch (error) {
      this.unreadable(error);
    }
  }

  #settle(frame: BinaryFrame): void {
    const waiting = this.#waiting.get(frame.requestId);
    // Answered too late: whoever asked was told so.
    if (waiting === undefined) return;
    this.#waiting.delete(frame.requestId);
    clearTimeout(waiting.timer);
    waiting.resolve(frame);
  }

  #congestion(isCongested: boolean): void {
    if (this.#isCongested === isCongested) return;
    this.#isCongested = isCongested;
    this.#listener.congested(this, isCongested);
  }

  /** A side that has died without a word is found by its silence. */
  #look(): void {
    const { idleMs, deadMs } = this.#limits;
    if (this.silentMs >= deadMs)
      this.close(new SignalboxError('NODE_LOST', `The broker ${this.peer.brokerId} has been silent for ${deadMs / 1_000} s.`));
    else if (this.silentMs >= idleMs) this.send({ type: peerFrameTypes.ping, requestId: 0, header: {}, payload: [] });
  }

  #ended(reason: SignalboxError): void {
    clearInterval(this.#watch);
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waiting.clear();
    this.#listener.ended(this, reason);
  }
}

const answers: ReadonlySet<number> = new Set([peerFrameTypes.pong, peerFrameTypes.dataSyncChunk, peerFrameTypes.forwardAnswer]);
