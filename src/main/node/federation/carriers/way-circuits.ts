import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { Logger } from '../../telemetry/index.ts';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts';

/** The circuit of a way has changed. `probed`: one message is let through to see whether the way works again. */
export interface CircuitChange {
  readonly nodeId: string;
  readonly kind: CarrierKind;
  readonly circuit: 'opened' | 'probed' | 'closed';
  /** Milliseconds for which the way is left alone; 0 unless it was opened. */
  readonly restMs: number;
}

/** The state of one way's circuit. */
export interface WayCircuit {
  readonly state: CircuitState;
  readonly restMs: number;
  readonly failures: number;
}

export interface WayCircuitsOptions {
  readonly logger: Logger;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

const closed: WayCircuit = { state: 'closed', restMs: 0, failures: 0 };

/**
 * Which ways to which nodes are left alone because what takes them is not acknowledged: a node that cannot be heard one way may well be heard
 * another. Every message asks, so a way that works costs nothing here.
 */
export class WayCircuits {
  readonly #options: WayCircuitsOptions;
  readonly #breakers = new Map<string, Map<CarrierKind, CircuitBreaker>>();
  readonly #listeners = new Set<(change: CircuitChange) => void>();
  /** Ways whose circuit is not closed. */
  #open = 0;
  #opened = 0;

  constructor(options: WayCircuitsOptions) {
    this.#options = options;
  }

  /** Ways that are left alone now. */
  get open(): number {
    return this.#open;
  }

  /** How often a way began to be left alone. */
  get opened(): number {
    return this.#opened;
  }

  /** @returns stops it */
  listen(listener: (change: CircuitChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isClosed(nodeId: string, kind: CarrierKind): boolean {
    return this.#open === 0 || (this.#breakers.get(nodeId)?.get(kind)?.state ?? 'closed') === 'closed';
  }

  of(nodeId: string, kind: CarrierKind): WayCircuit {
    const breaker = this.#breakers.get(nodeId)?.get(kind);
    return breaker === undefined ? closed : { state: breaker.state, restMs: breaker.restMs, failures: breaker.failures };
  }

  /** Lets one message through a circuit that is not closed; {@link answered}, {@link failed} or {@link undecided} follows. */
  probe(nodeId: string, kind: CarrierKind): void {
    const breaker = this.#breakers.get(nodeId)?.get(kind);
    if (breaker === undefined || breaker.state === 'closed') return;
    breaker.probeNow();
    this.#tell({ nodeId, kind, circuit: 'probed', restMs: 0 });
  }

  /** Something that took the way was acknowledged. */
  answered(nodeId: string, kind: CarrierKind): void {
    if (this.#breakers.get(nodeId)?.get(kind)?.answered() === true) this.#closed(nodeId, kind);
  }

  /** Nothing came back in time for what took the way. */
  failed(nodeId: string, kind: CarrierKind): void {
    const breaker = this.#breakerOf(nodeId, kind);
    const wasClosed = breaker.state === 'closed';
    if (!breaker.failed()) return;
    if (wasClosed) this.#open++;
    this.#opened++;
    const restMs = Math.round(breaker.restMs);
    this.#options.logger.warn('federation.wayOpened', 'A way to a node does not lead there any more and is left alone for a while.', {
      nodeId,
      kind,
      restMs,
    });
    this.#tell({ nodeId, kind, circuit: 'opened', restMs });
  }

  /** What was let through was lost together with its carrier, which says nothing about the way itself. */
  undecided(nodeId: string, kind: CarrierKind): void {
    this.#breakers.get(nodeId)?.get(kind)?.undecided();
  }

  /** The node is there anew, or gone; or only one way to it is. */
  forget(nodeId: string, only?: CarrierKind): void {
    const breakers = this.#breakers.get(nodeId);
    for (const [kind, breaker] of breakers ?? []) {
      if (only !== undefined && kind !== only) continue;
      breakers?.delete(kind);
      if (breaker.state !== 'closed') this.#closed(nodeId, kind);
    }
    if (breakers?.size === 0) this.#breakers.delete(nodeId);
  }

  #closed(nodeId: string, kind: CarrierKind): void {
    this.#open--;
    this.#options.logger.info('federation.wayClosed', 'A way to a node is used again.', { nodeId, kind });
    this.#tell({ nodeId, kind, circuit: 'closed', restMs: 0 });
  }

  #tell(change: CircuitChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #breakerOf(nodeId: string, kind: CarrierKind): CircuitBreaker {
    let breakers = this.#breakers.get(nodeId);
    if (breakers === undefined) {
      breakers = new Map();
      this.#breakers.set(nodeId, breakers);
    }
    let breaker = breakers.get(kind);
    if (breaker === undefined) {
      breaker = new CircuitBreaker(this.#options.monotonicMs);
      breakers.set(kind, breaker);
    }
    return breaker;
  }
}
