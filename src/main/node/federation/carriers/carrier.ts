/** The ways by which bytes reach other nodes. */
import type { CarrierKind } from '../../../../common/contract/nodes.ts';

/** How a message is to be carried. */
export interface CarryOptions {
  /** It changes what the other node keeps of this one: a carrier that can confirm takes that trouble (QoS 1). */
  readonly confirmed: boolean;
}

/**
 * A way for bytes to other nodes. A link proves who is at its other end and protects what it carries, so it is given the plain content; what
 * others carry is sealed before it comes here.
 */
export interface Carrier {
  readonly kind: CarrierKind;
  /** Whether bytes for the node would leave now. */
  reaches(nodeId: string): boolean;
  /** True when the way does not keep up with what it is given. */
  isCongested(nodeId: string): boolean;
  /** @returns false: nothing was sent, and nothing is kept */
  send(nodeId: string, bytes: Uint8Array | string, options: CarryOptions): boolean;
}

/** Where bytes came from. */
export interface Provenance {
  readonly kind: CarrierKind;
  /** The node that sent them, as far as the carrier itself has proven it: over a link. */
  readonly peer: string | undefined;
  /** The neighbour that passed them on: what is wrong with them is its fault, not that of the node they name. */
  readonly relay?: string;
  /** Milliseconds under way, where the carrier itself can tell. */
  readonly ageMs: number | undefined;
}

/** Who takes what a carrier brings. */
export interface CarrierListener {
  received(bytes: Buffer, from: Provenance): void;
}
