import { SignalboxError } from '../errors.ts';
import { cancelled, type QueueAnswer, type QueueConnection, QueueRefusal } from './queue-client-connection.ts';
import type { BrokerDirectory } from './queue-client-directory.ts';
import type { BrokerAddress } from './queue-client-stream.ts';

export interface CallOptions {
  /** How long the whole call may take, failovers included. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface QueueRequest extends CallOptions {
  readonly operation: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly payload?: Uint8Array | undefined;
  /** Whose leader is asked; undefined: any broker. */
  readonly groupId: string | undefined;
  /** Sent again when it is not known whether it was done. */
  readonly repeatable: boolean;
  /** How long the broker is asked to wait before it answers. */
  readonly waitMs?: number | undefined;
  readonly onAnswer?: ((answer: QueueAnswer, connection: QueueConnection) => void) | undefined;
}

export interface RequestLimits {
  readonly timeoutMs: number;
  /** After which a broker that does not answer is given up for another. */
  readonly attemptTimeoutMs: number;
  /** Requests at once. */
  readonly inFlight: number;
  /** Bytes of messages in requests at once. */
  readonly inFlightBytes: number;
}

const firstDelayMs = 20;
const longestDelayMs = 1_000;
const longestElectionDelayMs = 300;

/** Sends requests to whoever leads, and again to whoever leads next, as long as that can do no harm. */
export class RequestSender {
  readonly #directory: BrokerDirectory;
  readonly #limits: RequestLimits;
  #inFlight = 0;
  #inFlightBytes = 0;
  #refused = 0;

  constructor(directory: BrokerDirectory, limits: RequestLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Requests not sent because too many were on their way. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * @throws QueueRefusal what the leader says; SignalboxError `TIMEOUT`, `CANCELLED`, `NODE_LOST` (only when it must not be sent again),
   * `OVERLOADED` (of this client)
   */
  async send(request: QueueRequest): Promise<QueueAnswer> {
    const bytes = request.payload?.byteLength ?? 0;
    if (this.#inFlight >= this.#limits.inFlight || this.#inFlightBytes + bytes > this.#limits.inFlightBytes) {
      this.#refused++;
      throw new SignalboxError('OVERLOADED', 'The queue client has too many requests on their way. Wait for some of their answers.', {
        executed: 'no',
      });
    }
    this.#inFlight++;
    this.#inFlightBytes += bytes;
    try {
      return await this.#untilAnswered(request);
    } finally {
      this.#inFlight--;
      this.#inFlightBytes -= bytes;
    }
  }

  async #untilAnswered(request: QueueRequest): Promise<QueueAnswer> {
    const { timeoutMs = this.#limits.timeoutMs, signal, groupId } = request;
    const endsAtMs = performance.now() + timeoutMs;
    let maybe = false;
    let hint: BrokerAddress | undefined;
    for (let attempt = 0; ; attempt++) {
      const address = (groupId === undefined ? undefined : this.#directory.leaderOf(groupId)) ?? hint ?? this.#directory.next();
      try {
        return await this.#attempt(address, request, endsAtMs - performance.now());
      } catch (error) {
        const failure = asFailure(error);
        maybe ||= failure.executed === 'maybe';
        if (!isWorthRepeating(failure, request.repeatable)) throw failure;
        hint = failure instanceof QueueRefusal ? (failure.leader ?? undefined) : undefined;
        if (groupId !== undefined) this.#noteLeader(failure, address, groupId, hint);
        const delayMs = delayBefore(failure, hint, attempt);
        if (performance.now() + delayMs >= endsAtMs) throw timedOut(request.operation, timeoutMs, maybe, failure);
        if (delayMs > 0) await pause(delayMs, signal, maybe);
      }
    }
  }

  async #attempt(address: BrokerAddress, request: QueueRequest, leftMs: number): Promise<QueueAnswer> {
    const { operation, fields, payload, signal, waitMs = 0, onAnswer } = request;
    const timeoutMs = Math.max(1, Math.min(leftMs, this.#limits.attemptTimeoutMs + waitMs));
    const connection = await this.#directory.connection(address);
    // The broker gives up a little earlier than this side does, so that its answer can say what it knows.
    const header = { operation, timeout_ms: Math.max(100, Math.floor(timeoutMs * 0.9)), ...fields };
    return connection.request(header, { payload, timeoutMs, signal, onAnswer });
  }

  /** Notes who leads, by what went wrong. */
  #noteLeader({ code }: SignalboxError, address: BrokerAddress, groupId: string, hint: BrokerAddress | undefined): void {
    if (code !== 'OVERLOADED') this.#directory.forgetLeader(groupId, address);
    if (hint !== undefined) this.#directory.setLeader(groupId, hint);
  }
}

/** How long to wait before the next attempt: longer each time, with jitter, so that clients do not come back in step. */
function delayBefore(failure: SignalboxError, hint: BrokerAddress | undefined, attempt: number): number {
  // The first hint is followed at once; hints that lead in a circle are not followed in a loop.
  if (hint !== undefined && attempt === 0) return 0;
  // While a group elects its leader, a late question costs more than an early one.
  const mostMs = failure.code === 'NOT_LEADER' ? longestElectionDelayMs : longestDelayMs;
  const ceilingMs = Math.min(mostMs, firstDelayMs * 2 ** Math.min(attempt, 10));
  const delayMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
  return failure instanceof QueueRefusal ? Math.max(delayMs, failure.retryAfterMs ?? 0) : delayMs;
}

function asFailure(error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  throw error;
}

const repeatedCodes: ReadonlySet<string> = new Set(['NOT_LEADER', 'NO_QUORUM', 'OVERLOADED', 'NODE_UNREACHABLE', 'NODE_LOST', 'TIMEOUT']);

function isWorthRepeating(failure: SignalboxError, repeatable: boolean): boolean {
  if (!repeatedCodes.has(failure.code)) return false;
  const executed = failure.executed ?? (failure.code === 'TIMEOUT' || failure.code === 'NODE_LOST' ? 'maybe' : 'no');
  return executed === 'no' || repeatable;
}

function timedOut(operation: string, timeoutMs: number, maybe: boolean, last: SignalboxError): SignalboxError {
  return new SignalboxError('TIMEOUT', `${operation} was not answered in ${timeoutMs} ms. The last word was: ${last.message}`, {
    executed: maybe ? 'maybe' : 'no',
    cause: last,
  });
}

/** Waits, unless it is stopped. @throws SignalboxError `CANCELLED` */
function pause(delayMs: number, signal: AbortSignal | undefined, maybe: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled(maybe ? 'maybe' : 'no'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, delayMs);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
