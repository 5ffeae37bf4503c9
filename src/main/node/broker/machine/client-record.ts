import { machineLimits } from './limits.ts';
import type { QueueId } from './types.ts';

/** What a read with a request id gave. */
export interface TakenRange {
  readonly requestId: string;
  readonly firstSequence: number;
  readonly count: number;
}

/** How far a client has read a queue, and its last reads, so that each can be repeated. */
export class ClientRecord {
  readonly queueId: QueueId;
  readonly clientId: string;
  /** The last message taken; 0: none. */
  position = 0;
  updatedAtMs: number;
  gone = false;
  /** Oldest first. */
  taken: TakenRange[] = [];

  constructor(queueId: QueueId, clientId: string, updatedAtMs: number) {
    this.queueId = queueId;
    this.clientId = clientId;
    this.updatedAtMs = updatedAtMs;
  }

  /** What a read with this id gave; undefined when it is not known. */
  takenBy(requestId: string | null): TakenRange | undefined {
    return requestId === null ? undefined : this.taken.find((range) => range.requestId === requestId);
  }

  /** Notes a read: the position moves to its last message. */
  take(requestId: string | null, firstSequence: number, count: number): void {
    this.position = firstSequence + count - 1;
    if (requestId === null) return;
    this.taken.push({ requestId, firstSequence, count });
    if (this.taken.length > machineLimits.requestsPerClient) this.taken.shift();
  }

  /** Sets the position; earlier reads can no longer be repeated, or a repeat would undo what was set. */
  seek(position: number): void {
    this.position = position;
    this.taken = [];
  }
}
