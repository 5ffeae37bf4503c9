import type { Arrival } from './arrival.ts';
import { PriorityLanes } from './lanes.ts';
import { communicatorLimits } from './limits.ts';

const { inboxMessages, inboxBytes, handlersPerPeer, handlers, sliceMessages } = communicatorLimits;

export interface IntakeOptions {
  /** Has a message its effect. Never rejects. */
  readonly run: (arrival: Arrival) => void | Promise<void>;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

interface Source {
  readonly lanes: PriorityLanes<Arrival>;
  running: number;
}

/**
 * Hands what came from peers to its handlers: the urgent first, the peers in turn, so many at a time. Whoever floods this node fills its own
 * room and nobody else's (security.md row 40).
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #sources = new Map<string, Source>();
  /** Peers of which something waits and may run; the first is next. */
  readonly #ready = new Set<string>();
  #running = 0;
  #demoted = 0;
  #later: NodeJS.Immediate | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Urgent ones above the quota of their source, which count as High. */
  get demoted(): number {
    return this.#demoted;
  }

  /** Messages that wait for a handler. */
  get waiting(): number {
    let waiting = 0;
    for (const { lanes } of this.#sources.values()) waiting += lanes.size;
    return waiting;
  }

  /** @returns false: too much of this peer waits already */
  add(arrival: Arrival): boolean {
    const source = this.#of(arrival.nodeId);
    const { lanes } = source;
    const lane = lanes.laneFor(arrival.priority);
    const isFull = lanes.size >= inboxMessages || lanes.sizeBytes + arrival.sizeBytes > inboxBytes;
    // What is urgent gets in as well: its quota bounds it.
    if (isFull && lane !== 'Critical') return false;
    if (lane !== arrival.priority) this.#demoted++;
    lanes.push(arrival, lane);
    if (source.running < handlersPerPeer) this.#ready.add(arrival.nodeId);
    return true;
  }

  /** Runs what may run now; the rest in later turns of the event loop. */
  drain(): void {
    if (this.#later !== undefined) return;
    for (let left = sliceMessages; left > 0 && this.#running < handlers; left--) if (!this.#runNext()) return;
    if (this.#ready.size === 0 || this.#running >= handlers) return;
    this.#later = setImmediate(() => {
      this.#later = undefined;
      this.drain();
    });
  }

  /** Lets go of all that waits. */
  stop(): void {
    clearImmediate(this.#later);
    this.#sources.clear();
    this.#ready.clear();
  }

  #runNext(): boolean {
    const nodeId = this.#ready.values().next().value;
    if (nodeId === undefined) return false;
    const source = this.#of(nodeId);
    // Behind the others, for it has its turn.
    if (this.#ready.size > 1) {
      this.#ready.delete(nodeId);
      this.#ready.add(nodeId);
    }
    const arrival = source.lanes.next();
    if (arrival !== undefined) this.#run(source, arrival);
    this.#settleReady(nodeId, source);
    return true;
  }

  #run(source: Source, arrival: Arrival): void {
    const ended = this.#options.run(arrival);
    if (ended === undefined) return;
    source.running++;
    this.#running++;
    void ended.then(() => {
      source.running--;
      this.#running--;
      this.#settleReady(arrival.nodeId, source);
      this.drain();
    });
  }

  #settleReady(nodeId: string, source: Source): void {
    if (source.lanes.size > 0 && source.running < handlersPerPeer) {
      this.#ready.add(nodeId);
      return;
    }
    this.#ready.delete(nodeId);
    if (source.lanes.size === 0 && source.running === 0 && this.#sources.size > communicatorLimits.peers) this.#sources.delete(nodeId);
  }

  #of(nodeId: string): Source {
    let source = this.#sources.get(nodeId);
    if (source === undefined) {
      source = { lanes: new PriorityLanes(this.#options.monotonicMs), running: 0 };
      this.#sources.set(nodeId, source);
    }
    return source;
  }
}
