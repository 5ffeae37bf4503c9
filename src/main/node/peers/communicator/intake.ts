import { PriorityLanes, type Queued } from './lanes.ts';
import { communicatorLimits } from './limits.ts';

const { inboxMessages, inboxBytes, handlersPerPeer, handlers, sliceMessages } = communicatorLimits;

/** A message of a peer that waits for its handler. */
export interface Received extends Queued {
  readonly nodeId: string;
  /** Has its effect. Never rejects. */
  run(): void | Promise<void>;
}

interface Source {
  readonly lanes: PriorityLanes<Received>;
  running: number;
}

/**
 * Hands what came from peers to its handlers: the urgent first, the peers in turn, so many at a time. Whoever floods this node fills its own
 * room and nobody else's (security.md row 40).
 */
export class Intake {
  readonly #monotonicMs: () => number;
  readonly #sources = new Map<string, Source>();
  /** Peers of which something waits and may run; the first is next. */
  readonly #ready = new Set<string>();
  #running = 0;
  #demoted = 0;
  #later: NodeJS.Immediate | undefined;

  /** @param monotonicMs a clock that is never set */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
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
  add(received: Received): boolean {
    const source = this.#of(received.nodeId);
    const { lanes } = source;
    const lane = lanes.laneFor(received.priority);
    const isFull = lanes.size >= inboxMessages || lanes.sizeBytes + received.sizeBytes > inboxBytes;
    // What is urgent gets in as well: its quota bounds it.
    if (isFull && lane !== 'Critical') return false;
    if (lane !== received.priority) this.#demoted++;
    lanes.push(received, lane);
    if (source.running < handlersPerPeer) this.#ready.add(received.nodeId);
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
    this.#ready.delete(nodeId);
    const source = this.#of(nodeId);
    const received = source.lanes.next();
    if (received !== undefined) this.#run(source, received);
    this.#settleReady(nodeId, source);
    return true;
  }

  #run(source: Source, received: Received): void {
    const ended = received.run();
    if (ended === undefined) return;
    source.running++;
    this.#running++;
    void ended.then(() => {
      source.running--;
      this.#running--;
      this.#settleReady(received.nodeId, source);
      this.drain();
    });
  }

  /** Behind the others, for it had its turn. */
  #settleReady(nodeId: string, source: Source): void {
    if (source.lanes.size > 0 && source.running < handlersPerPeer) this.#ready.add(nodeId);
    else if (source.lanes.size === 0 && source.running === 0 && this.#sources.size > communicatorLimits.peers) this.#sources.delete(nodeId);
  }

  #of(nodeId: string): Source {
    let source = this.#sources.get(nodeId);
    if (source === undefined) {
      source = { lanes: new PriorityLanes(this.#monotonicMs), running: 0 };
      this.#sources.set(nodeId, source);
    }
    return source;
  }
}
