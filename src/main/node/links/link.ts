import { SignalboxError } from '../../../common/errors.ts';
import type { ProvenPeer } from './handshake.ts';
import type { LinkLimits } from './limits.ts';
import type { PeerChannel } from './peer-channel.ts';

/** First byte of a frame: what it is for. Ours; the envelope forms of both versions follow. */
const kinds = { message: 1, ping: 2, pong: 3, bye: 4, control: 5, relay: 6 } as const;

/** Reasons for the end of a link whose data the other side needs: which start was kept, and when to come again. */
const toldData: ReadonlySet<string> = new Set(['SELF', 'OVERLOADED']);

/** Who hears what comes over a link. */
export interface LinkListener {
  /** Bytes of one message, as the other side handed them to {@link Link.send}. */
  message(bytes: Buffer): void;
  /** The same for {@link Link.sendControl}; passed over when absent. */
  control?(bytes: Buffer): void;
  /** The same for {@link Link.sendRelayed}. */
  relay?(bytes: Buffer): void;
  /** Everything that waited has left. */
  drained?(): void;
  /** Called once. The reason is that of {@link Link.close} at either side, or why the connection was lost. */
  ended(reason: SignalboxError): void;
}

/** A connection to a node that has proven who it is: messages both ways, watched by a heartbeat (wire.md 3). */
export class Link {
  readonly peer: ProvenPeer;
  /** True when this node dialled. */
  readonly dialled: boolean;
  readonly #channel: PeerChannel;
  readonly #limits: LinkLimits;
  #listener: LinkListener | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #missed = 0;
  #wasClosed = false;
  /** Since when the other side leaves too much unread. */
  #pausedSinceMs: number | undefined;
  #pingSentMs: number | undefined;
  #rttMs: number | undefined;
  readonly #monotonicMs: () => number;

  /** @param monotonicMs a clock that is never set */
  constructor(
    channel: PeerChannel,
    peer: ProvenPeer,
    options: { readonly dialled: boolean; readonly limits: LinkLimits; readonly monotonicMs?: () => number },
  ) {
    this.#channel = channel;
    this.peer = peer;
    this.dialled = options.dialled;
    this.#limits = options.limits;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  /** Round trip of the last heartbeat; undefined before the first. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  get remoteAddress(): string {
    return this.#channel.remoteAddress;
  }

  get isOpen(): boolean {
    return this.#channel.ended === undefined;
  }

  /** True when one side ended it and told the other; false when it was lost. */
  get wasClosed(): boolean {
    return this.#wasClosed;
  }

  /** True while the other side does not read what it is sent: what can wait or be left out should be. */
  get isPaused(): boolean {
    return this.#channel.unsentBytes > this.#limits.pausedBytes;
  }

  /** Begins to hand over what comes, and to ask whether the other side lives. */
  start(listener: LinkListener): void {
    this.#listener = listener;
    this.#channel.onEnd((reason) => {
      clearInterval(this.#heartbeat);
      listener.ended(reason);
    });
    this.#heartbeat = setInterval(() => this.#beat(), this.#limits.heartbeatMs).unref();
    this.#channel.onDrain(() => listener.drained?.());
    this.#channel.follow(this.#limits.frameBytes, (frame) => this.#take(frame));
  }

  /**
   * Sends a message.
   *
   * @throws SignalboxError `NODE_LOST` (not sent) when the link has ended, `OVERLOADED` when the other side does not read, `TOO_LARGE`
   */
  send(bytes: Uint8Array): void {
    this.#checkSendable(bytes);
    this.#checkRead();
    this.#post(kinds.message, bytes);
  }

  /**
   * Sends what somebody waits for, such as an answer: it passes while {@link isPaused}, until the link is closed because nothing is read.
   *
   * @throws SignalboxError `NODE_LOST` (not sent) when the link has ended, `TOO_LARGE`
   */
  sendAwaited(bytes: Uint8Array): void {
    this.#checkSendable(bytes);
    if (this.#channel.unsentBytes > this.#limits.unsentBytes) this.#unread();
    this.#checkSendable(bytes);
    this.#post(kinds.message, bytes);
  }

  /**
   * Sends something that is to be passed on, or was.
   *
   * @throws SignalboxError as {@link send}
   */
  sendRelayed(bytes: Uint8Array): void {
    this.#checkSendable(bytes);
    this.#checkRead();
    this.#post(kinds.relay, bytes);
  }

  /**
   * Sends what the nodes agree on among themselves, such as who belongs to the cluster: it passes while messages wait.
   *
   * @throws SignalboxError `NODE_LOST` (not sent) when the link has ended, `TOO_LARGE`
   */
  sendControl(bytes: Uint8Array): void {
    this.#checkSendable(bytes);
    this.#post(kinds.control, bytes);
  }

  /** Ends the link without a word: what is said over it would not arrive. */
  abandon(reason: SignalboxError): void {
    this.#channel.end(reason);
  }

  /** Ends the link and tells the other side why. */
  close(reason: SignalboxError): void {
    this.#wasClosed = true;
    const { code, message, data } = reason;
    const bye = { code, message: message.slice(0, 512), ...(toldData.has(code) && { data }) };
    this.#post(kinds.bye, Buffer.from(JSON.stringify(bye)));
    this.#channel.end(reason);
  }

  #checkSendable(bytes: Uint8Array): void {
    if (this.#channel.ended !== undefined) throw new SignalboxError('NODE_LOST', 'The link to the node has ended.', { executed: 'no' });
    if (bytes.byteLength >= this.#limits.frameBytes)
      throw new SignalboxError('TOO_LARGE', `A message of ${bytes.byteLength} bytes does not go over a link.`, { executed: 'no' });
  }

  #checkRead(): void {
    if (this.isPaused) throw new SignalboxError('OVERLOADED', 'The other node does not take what it is sent.', { executed: 'no' });
  }

  #unread(): void {
    this.#channel.end(new SignalboxError('OVERLOADED', 'The node did not read what it was sent.', { executed: 'maybe' }));
  }

  #post(kind: number, body: Uint8Array): void {
    this.#channel.sendKind(kind, body);
  }

  #take(frame: Buffer): void {
    // Whatever comes shows that the other side lives.
    this.#missed = 0;
    const body = frame.subarray(1);
    switch (frame[0]) {
      case kinds.message:
        this.#listener?.message(body);
        return;
      case kinds.control:
        this.#listener?.control?.(body);
        return;
      case kinds.relay:
        this.#listener?.relay?.(body);
        return;
      case kinds.ping:
        this.#post(kinds.pong, body);
        return;
      case kinds.pong:
        if (this.#pingSentMs !== undefined) this.#rttMs = this.#monotonicMs() - this.#pingSentMs;
        this.#pingSentMs = undefined;
        return;
      case kinds.bye:
        this.#wasClosed = true;
        this.#channel.end(reasonOf(body));
        return;
      default:
        // Of a newer version: not for this one, and no reason to part.
        return;
    }
  }

  #beat(): void {
    if (this.#missed >= this.#limits.missedHeartbeats) {
      this.#channel.end(new SignalboxError('NODE_LOST', `The node has not answered ${this.#missed} heartbeats.`, { executed: 'maybe' }));
      return;
    }
    this.#pausedSinceMs = this.isPaused ? (this.#pausedSinceMs ?? this.#monotonicMs()) : undefined;
    const isStuck = this.#pausedSinceMs !== undefined && this.#monotonicMs() - this.#pausedSinceMs >= this.#limits.pausedMs;
    if (isStuck || this.#channel.unsentBytes > this.#limits.unsentBytes) {
      this.#unread();
      return;
    }
    this.#missed++;
    this.#pingSentMs = this.#monotonicMs();
    this.#post(kinds.ping, new Uint8Array(0));
  }
}

function reasonOf(body: Buffer): SignalboxError {
  try {
    const { code, message, data } = JSON.parse(body.toString('utf8')) as { code?: unknown; message?: unknown; data?: unknown };
    return SignalboxError.fromShape({
      code: typeof code === 'string' ? code : undefined,
      message: typeof message === 'string' ? message.slice(0, 512) : undefined,
      data,
    });
  } catch {
    return new SignalboxError('NODE_LOST', 'The other node ended the link.', { executed: 'maybe' });
  }
}
