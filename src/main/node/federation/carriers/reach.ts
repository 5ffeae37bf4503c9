import { type CarrierKind, carrierKinds } from '../../../../common/contract/nodes.ts';
import type { Carrier } from './carrier.ts';
import type { WayCircuits } from './way-circuits.ts';

const sealedKinds: readonly CarrierKind[] = ['mqtt', 'relay'];

/**
 * The carriers of this node, and which of them takes a message to which node: the best that reaches it, those left out whose circuit is open
 * while another leads there.
 */
export class Reach {
  /** Ways that are left alone. */
  readonly circuits: WayCircuits;
  readonly #carriers = new Map<CarrierKind, Carrier>();

  constructor(circuits: WayCircuits) {
    this.circuits = circuits;
  }

  /** Takes the place of one of the same kind. */
  add(carrier: Carrier): void {
    this.#carriers.set(carrier.kind, carrier);
  }

  best(nodeId: string): Carrier | undefined {
    return this.#bestOf(carrierKinds, nodeId);
  }

  /** The best of the ways that nobody trusts, for what is sealed. */
  bestSealed(nodeId: string): Carrier | undefined {
    return this.#bestOf(sealedKinds, nodeId);
  }

  /** The carrier of a kind if it reaches the node, whatever its circuit. */
  by(kind: CarrierKind, nodeId: string): Carrier | undefined {
    const carrier = this.#carriers.get(kind);
    return carrier?.reaches(nodeId) === true ? carrier : undefined;
  }

  /** True when the best way to the node does not keep up; also false when there is none. */
  isCongested(nodeId: string): boolean {
    return this.best(nodeId)?.isCongested(nodeId) === true;
  }

  #bestOf(kinds: readonly CarrierKind[], nodeId: string): Carrier | undefined {
    let last: Carrier | undefined;
    for (const kind of kinds) {
      const carrier = this.by(kind, nodeId);
      if (carrier === undefined) continue;
      if (this.circuits.isClosed(nodeId, kind)) return carrier;
      last ??= carrier;
    }
    return last;
  }
}
