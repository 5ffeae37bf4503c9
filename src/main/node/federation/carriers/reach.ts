import { type CarrierKind, carrierKinds } from '../../../../common/contract/nodes.ts';
import type { Carrier } from './carrier.ts';

/** The carriers of this node, and which of them takes a message to which node: the best that reaches it. */
export class Reach {
  readonly #carriers = new Map<CarrierKind, Carrier>();

  /** Takes the place of one of the same kind. */
  add(carrier: Carrier): void {
    this.#carriers.set(carrier.kind, carrier);
  }

  /** @param preferred taken as long as it reaches the node: an answer goes the way its question came */
  best(nodeId: string, preferred?: CarrierKind): Carrier | undefined {
    const first = preferred === undefined ? undefined : this.#carriers.get(preferred);
    if (first?.reaches(nodeId) === true) return first;
    for (const kind of carrierKinds) {
      const carrier = this.#carriers.get(kind);
      if (carrier?.reaches(nodeId) === true) return carrier;
    }
    return undefined;
  }

  /** True when the best way to the node does not keep up; also false when there is none. */
  isCongested(nodeId: string): boolean {
    return this.best(nodeId)?.isCongested(nodeId) === true;
  }
}
