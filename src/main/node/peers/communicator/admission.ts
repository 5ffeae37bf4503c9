import { SignalboxError } from '../../../../common/errors.ts';
import { TokenBucket } from '../../trust/index.ts';
import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport } from '../transport.ts';
import type { PeerHandler } from '../types.ts';
import type { Arrival } from './arrival.ts';
import type { DeadLetters } from './dead-letters.ts';
import { communicatorLimits } from './limits.ts';
import type { Requests } from './requests.ts';

const { receivedPerSecond, receivedBurst, batchMessages, clockToleranceMs, messageBytes } = communicatorLimits;

export interface KnownHandler {
  readonly handle: PeerHandler;
  /** Largest message. */
  readonly mostBytes: number;
}

export interface AdmissionOptions {
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly handlers: ReadonlyMap<string, KnownHandler>;
  readonly requests: Requests;
  readonly deadLetters: DeadLetters;
  /** Tells a peer that a type is not known here. @param requestId of what it asked */
  readonly onUnknownType: (nodeId: string, type: string, requestId: string | undefined) => void;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

/** Whether what peers send is given to a handler: how much of it, of what time, of what type and size (security.md 2.6). */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Before anything is looked at (security.md row 51). @param count of messages @throws SignalboxError `OVERLOADED` */
  checkRate(nodeId: string, count: number): void {
    const nowMs = this.#options.monotonicMs();
    let bucket = this.#buckets.get(nodeId);
    if (bucket === undefined) {
      if (this.#buckets.size >= communicatorLimits.peers) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
      bucket = new TokenBucket(receivedPerSecond, receivedBurst, nowMs);
      this.#buckets.set(nodeId, bucket);
    }
    for (let left = Math.min(count, batchMessages); left > 0; left--) if (!bucket.take(nowMs)) throw overloaded();
  }

  /** By the clock of the sender as far as it is measured (wire.md 3). @param timestampMs when it was made @returns undefined: it is in time */
  timeFault(nodeId: string, timestampMs: number, ttlSeconds: number): SignalboxError | undefined {
    const { transport, nowMs } = this.#options;
    const offsetMs = transport.offsetMs(nodeId);
    const senderNowMs = nowMs() + (offsetMs ?? 0);
    const lateMs = offsetMs === undefined || ttlSeconds === 0 ? clockToleranceMs : 0;
    const isEarly = timestampMs > senderNowMs + clockToleranceMs;
    if (!isEarly && senderNowMs <= timestampMs + ttlSeconds * 1_000 + lateMs) return undefined;
    if (isEarly) transport.measureClock(nodeId);
    return isEarly
      ? new SignalboxError('FUTURE', 'Its time lies in the future: one of the two clocks is wrong.', { executed: 'no' })
      : new SignalboxError('EXPIRED', 'It came after its time was over.', { executed: 'no' });
  }

  /** Why a message is not given to a handler; undefined: it is. */
  faultOf(arrival: Arrival): SignalboxError | undefined {
    const { handlers, requests, oversight } = this.#options;
    const { nodeId, message, frameBytes } = arrival;
    const refusal = oversight.refusal(nodeId, message.type);
    if (refusal !== undefined) return refusal;
    const isAnswer = requests.isAwaited(nodeId, message);
    const handler = handlers.get(message.type);
    const mostBytes = isAnswer ? messageBytes : (handler?.mostBytes ?? messageBytes);
    // Beside many small ones a large one is of no unusual share.
    if (frameBytes > mostBytes && Buffer.byteLength(JSON.stringify(message)) > mostBytes)
      return new SignalboxError('TOO_LARGE', `A message of the type ${message.type} is larger than ${mostBytes} bytes.`, {
        executed: 'no',
      });
    if (isAnswer || handler !== undefined) return undefined;
    // An answer that nobody waits for any more says nothing. To refuse it would make its sender doubt the clocks, and send it again.
    if (message.type === 'Error' || (typeof message.request_id === 'string' && message.type.endsWith('Response'))) return undefined;
    return this.#unknown(arrival);
  }

  #unknown({ nodeId, messageId, message }: Arrival): SignalboxError {
    const { deadLetters, onUnknownType, nowMs } = this.#options;
    const { type, request_id: requestId } = message;
    const reason = `this version does not know the type ${type}`;
    deadLetters.add({ at: nowMs(), nodeId, direction: 'received', messageId, type, reason, content: JSON.stringify(message) });
    onUnknownType(nodeId, type, typeof requestId === 'string' ? requestId.slice(0, 128) : undefined);
    return new SignalboxError('BAD_REQUEST', `A message was refused: ${reason}.`, { executed: 'no' });
  }
}

/** A peer is told that it is to send less. */
export function overloaded(): SignalboxError {
  return new SignalboxError('OVERLOADED', 'The node has more messages of this peer than it can take now.', { executed: 'no' });
}
