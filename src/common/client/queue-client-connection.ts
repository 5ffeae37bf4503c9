import { SignalboxError } from '../errors.ts';
import { answerType, encodeFrame, type Frame, FrameAssembler, pushType } from './queue-client-frames.ts';
import type { BrokerAddress, ByteStream } from './queue-client-stream.ts';

/** What a broker answered. */
export interface QueueAnswer {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

/** A refusal of a broker, with the leader it named. */
export class QueueRefusal extends SignalboxError {
  /** undefined: it said nothing about a leader; null: there is none now. */
  readonly leader: BrokerAddress | null | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: Readonly<Record<string, unknown>>) {
    const shape = SignalboxError.fromShape(fields as { readonly code?: string });
    super(shape.code, shape.message, { retryable: shape.retryable, data: shape.data, ...(shape.executed && { executed: shape.executed }) });
    this.name = 'QueueRefusal';
    this.leader = fields.leader as BrokerAddress | null | undefined;
    this.retryAfterMs = typeof fields.retry_after_ms === 'number' ? fields.retry_after_ms : undefined;
  }
}

export interface RequestOptions {
  readonly payload?: Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of the answer before anything that came after it. */
  readonly onAnswer?: ((answer: QueueAnswer, connection: QueueConnection) => void) | undefined;
}

interface Pending {
  resolve(answer: QueueAnswer): void;
  reject(error: SignalboxError): void;
}

const highestRequestId = 0xffff_ffff;

/** One connection to one broker: many requests at once, each answered under its id; what comes unasked goes to subscriptions. */
export class QueueConnection {
  readonly address: BrokerAddress;
  readonly #stream: ByteStream;
  readonly #frames = new FrameAssembler();
  readonly #pending = new Map<number, Pending>();
  readonly #onPush: (push: QueueAnswer, connection: QueueConnection) => void;
  readonly #onClosed: (connection: QueueConnection) => void;
  #nextId = 1;
  #outgoing: Uint8Array[] = [];
  #closed: SignalboxError | undefined;
  /** Answers so far: a request that ends without any having come shows a dead connection. */
  #received = 0;

  constructor(
    address: BrokerAddress,
    stream: ByteStream,
    onPush: (push: QueueAnswer, connection: QueueConnection) => void,
    onClosed: (connection: QueueConnection) => void,
  ) {
    this.address = address;
    this.#stream = stream;
    this.#onPush = onPush;
    this.#onClosed = onClosed;
    stream.listen({
      onBytes: (chunk) => this.#receive(chunk),
      onClosed: (reason) => this.#end(lost(address, reason)),
    });
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws QueueRefusal what the broker says; SignalboxError `NODE_LOST`, `TIMEOUT`, `CANCELLED` with `executed: maybe`
   */
  request(header: Readonly<Record<string, unknown>>, { payload, timeoutMs, signal, onAnswer }: RequestOptions): Promise<QueueAnswer> {
    if (this.#closed !== undefined) return Promise.reject(notSent(this.address));
    if (signal?.aborted === true) return Promise.reject(cancelled('no'));
    const id = this.#takeId();
    const pieces = encodeFrame(id, header, payload);
    return new Promise((resolve, reject) => {
      const before = this.#received;
      const onAbort = () => settle(cancelled('maybe'));
      const timer = setTimeout(() => {
        settle(new SignalboxError('TIMEOUT', `${nameOf(this.address)} did not answer in ${timeoutMs} ms.`, { executed: 'maybe' }));
        if (this.#received === before) this.#end(lost(this.address, 'it answers nothing any more'));
      }, timeoutMs);
      const settle = (outcome: SignalboxError | QueueAnswer) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
        if (outcome instanceof SignalboxError) reject(outcome);
        else {
          onAnswer?.(outcome, this);
          resolve(outcome);
        }
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, { resolve: settle, reject: settle });
      this.#send(pieces);
    });
  }

  /** Ends it; what waits for an answer gets `NODE_LOST`. */
  close(): void {
    this.#end(lost(this.address, 'it was closed here'));
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === highestRequestId ? 1 : id + 1;
    return id;
  }

  /** All requests of a turn go out in one write. */
  #send(pieces: readonly Uint8Array[]): void {
    if (this.#outgoing.length === 0) void Promise.resolve().then(() => this.#flush());
    this.#outgoing.push(...pieces);
  }

  #flush(): void {
    const pieces = this.#outgoing;
    this.#outgoing = [];
    if (this.#closed === undefined) this.#stream.write(pieces);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed !== undefined) return;
    this.#received++;
    try {
      for (const frame of this.#frames.push(chunk)) this.#take(frame);
    } catch (error) {
      const cause = error instanceof SignalboxError ? error : undefined;
      this.#end(
        new SignalboxError(
          'NODE_LOST',
          `The connection to ${nameOf(this.address)} cannot be read: ${cause?.message ?? 'an answer is not valid'}`,
          { executed: 'maybe', cause: error },
        ),
      );
    }
  }

  #take({ type, requestId, header, payload }: Frame): void {
    const answer = { fields: header, payload };
    if (type === pushType) this.#onPush(answer, this);
    if (type !== answerType) return;
    const pending = this.#pending.get(requestId);
    if (header.status === 'success') pending?.resolve(answer);
    else pending?.reject(new QueueRefusal(header));
  }

  #end(error: SignalboxError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#stream.close();
    for (const { reject } of [...this.#pending.values()]) reject(error);
    this.#onClosed(this);
  }
}

/** How an address is named to people. */
export function nameOf({ host, port }: BrokerAddress): string {
  return `the broker at ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function lost(address: BrokerAddress, reason: string | undefined): SignalboxError {
  return new SignalboxError('NODE_LOST', `The connection to ${nameOf(address)} ended${reason === undefined ? '' : `: ${reason}`}.`, {
    executed: 'maybe',
  });
}

function notSent(address: BrokerAddress): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `There is no connection to ${nameOf(address)}.`, { executed: 'no' });
}

/** @param executed whether the request can have had its effect */
export function cancelled(executed: 'no' | 'maybe'): SignalboxError {
  return new SignalboxError('CANCELLED', 'The caller stopped the request.', { executed });
}
