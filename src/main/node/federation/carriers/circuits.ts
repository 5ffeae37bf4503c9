import { SignalboxError } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/index.ts';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.ts';

export interface CircuitsOptions {
  readonly logger: Logger;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/** A node, for people. */
interface NamedNode {
  readonly nodeId: string;
  readonly name: string;
}

/** Which nodes are left alone because they do not answer. */
export class Circuits {
  readonly #options: CircuitsOptions;
  readonly #breakers = new Map<string, CircuitBreaker>();
  #opened = 0;

  constructor(options: CircuitsOptions) {
    this.#options = options;
  }

  /** Nodes that are left alone now. */
  get open(): number {
    return [...this.#breakers.values()].filter(({ state }) => state !== 'closed').length;
  }

  /** How often a node began to be left alone. */
  get opened(): number {
    return this.#opened;
  }

  stateOf(nodeId: string): CircuitState {
    return this.#breakers.get(nodeId)?.state ?? 'closed';
  }

  /** Milliseconds until a call to the node is let through. */
  restMsOf(nodeId: string): number {
    return this.#breakers.get(nodeId)?.restMs ?? 0;
  }

  /**
   * Asked before each call, which must then end with {@link answered}, {@link failed} or {@link undecided}.
   *
   * @throws SignalboxError `CIRCUIT_OPEN`: nothing may be sent
   */
  admit({ nodeId, name }: NamedNode): void {
    const breaker = this.#of(nodeId);
    if (breaker.admit()) return;
    const { restMs } = breaker;
    const wait = restMs > 0 ? `It is tried again in ${Math.ceil(restMs / 1_000)} s` : 'One call tries now whether it does';
    throw new SignalboxError('CIRCUIT_OPEN', `The node ${name} did not answer the last calls. ${wait}. This one was not sent.`, {
      executed: 'no',
      data: { retryAfterMs: Math.ceil(restMs) },
    });
  }

  /** The node answered, whatever it said. */
  answered(nodeId: string): void {
    if (this.#breakers.get(nodeId)?.answered() === true)
      this.#options.logger.info('federation.circuitClosed', 'A node answers again.', { nodeId });
  }

  /** The node did not answer in time. */
  failed({ nodeId, name }: NamedNode): void {
    const breaker = this.#of(nodeId);
    if (!breaker.failed()) return;
    this.#opened++;
    this.#options.logger.warn('federation.circuitOpened', 'A node does not answer and is left alone for a while.', {
      nodeId,
      name,
      restMs: Math.round(breaker.restMs),
    });
  }

  /** The call ended without telling anything about the node. */
  undecided(nodeId: string): void {
    this.#breakers.get(nodeId)?.undecided();
  }

  /** The node is there anew, or gone. */
  forget(nodeId: string): void {
    this.#breakers.delete(nodeId);
  }

  #of(nodeId: string): CircuitBreaker {
    let breaker = this.#breakers.get(nodeId);
    if (breaker === undefined) {
      breaker = new CircuitBreaker(this.#options.monotonicMs);
      this.#breakers.set(nodeId, breaker);
    }
    return breaker;
  }
}
