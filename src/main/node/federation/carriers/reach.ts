import { type CarrierKind, carrierKinds } from '../../../../common/contract/nodes.ts';
import type { Carrier } from './carrier.ts';

/** The carriers of this node, and which of them takes a message to which node: the best that reaches it. */
export class Reach {
  readonly #carriers = new Map<CarrierKind, Carrier>();

  /** Takes the place of one of the same kind. */
  add(carrier: Carrier): void {
    this.#carriers.set(carrier.kind, carrier);
  }

  best(nodeId: string): Carrier | undefined {
    for (const kind of carrierKinds) {
      const carrier = this.#carriers.get(kind);
      if (carrier?.reaches(nodeId) === true) return carrier;
    }
    return undefined;
  }

  /** The best of the ways that nobody trusts, for what is sealed. */
  bestSealed(nodeId: string): Carrier | undefined {
    const sealed = [this.#carriers.get('mqtt'), this.#carriers.get('relay')];
    return sealed.find((carrier) => carrier?.reaches(nodeId) === true);
  }

  /** True when the best way to the node does not keep up; also false when there is none. */
  isCongested(nodeId: string): boolean {
    return this.best(nodeId)?.isCongested(nodeId) === true;
  }
}
