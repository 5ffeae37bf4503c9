import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport } from '../transport.ts';
import type { DeliveryOutcome } from '../types.ts';
import type { PeerCounts, TotalCounts } from './counts.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { Rests } from './rests.ts';
import type { SendQueue, SharedRoom } from './send-queue.ts';

export interface EndingsOptions {
  readonly nodeId: string;
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly room: SharedRoom;
  readonly counts: PeerCounts;
  readonly totals: TotalCounts;
  /** A message has ended. */
  readonly onSettled: (message: OutgoingMessage, outcome: DeliveryOutcome) => void;
  /** A peer refused a message for a reason that will not pass. */
  readonly onDeadLetter: (message: OutgoingMessage, reason: string) => void;
}

/** How messages to one peer end, each once, and which of them are tried again. */
export class Endings {
  readonly #options: EndingsOptions;
  readonly #queue: SendQueue;
  readonly #rests: Rests;

  /** @param queue where what is tried again waits @param rests whether it waits for a while */
  constructor(options: EndingsOptions, queue: SendQueue, rests: Rests) {
    this.#options = options;
    this.#queue = queue;
    this.#rests = rests;
  }

  /** A message that does not wait ends. */
  end(message: OutgoingMessage, outcome: DeliveryOutcome): void {
    if (!message.settle(outcome)) return;
    const { nodeId, counts, totals, room, oversight, onSettled } = this.#options;
    room.release(message);
    if (outcome.outcome !== 'refused') {
      counts[outcome.outcome]++;
      totals[outcome.outcome]++;
    }
    if (outcome.outcome === 'expired' || outcome.outcome === 'dropped')
      oversight.observe(nodeId, { kind: 'settled', outcome: outcome.outcome });
    onSettled(message, outcome);
  }

  /** A message that was sent ends, perhaps while it waits to be sent again. */
  finish(message: OutgoingMessage, outcome: DeliveryOutcome): void {
    if (!this.#queue.end(message, outcome)) this.end(message, outcome);
  }

  /** The way did not take them. @param error whatever it threw */
  couldNotSend(messages: readonly OutgoingMessage[], error: unknown): void {
    const why = SignalboxError.fromShape(toErrorShape(error));
    for (const message of messages.toReversed()) this.failed(message, why, undefined);
  }

  /** A message was refused: it is tried again later, or ends. @param way by which the peer had got it */
  failed(message: OutgoingMessage, error: SignalboxError, way: CarrierKind | undefined): void {
    const { nodeId, oversight, transport, onDeadLetter } = this.#options;
    const recovery = oversight.recover(nodeId, error, Math.max(1, message.attempts));
    switch (recovery.action) {
      case 'retry':
        this.#again(message, recovery.afterMs, message.lane === 'Critical');
        return;
      case 'rest':
        this.#again(message, recovery.forMs, true);
        return;
      case 'measureClock':
        transport.measureClock(nodeId);
        this.#again(message, communicatorLimits.busyMs, false);
        return;
      case 'deadLetter':
        onDeadLetter(message, recovery.reason);
        break;
      case 'stopAccepting':
      case 'fail':
        break;
    }
    this.finish(message, { outcome: 'refused', error });
    const { code } = error;
    oversight.observe(nodeId, { kind: 'settled', outcome: 'refused', code, ...(way !== undefined && { way }) });
  }

  #again(message: OutgoingMessage, afterMs: number, alsoUrgent: boolean): void {
    this.#rests.rest(afterMs, alsoUrgent);
    this.#queue.putBack(message);
  }
}
