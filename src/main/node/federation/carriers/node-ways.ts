import { type CarrierKind, carrierKinds } from '../../../../common/contract/nodes.ts';
import { compareSessions, type PresenceMessage } from '../presence-message.ts';

/** One way to a node: the session it was last announced in, and whether that session still stands. */
interface Way {
  readonly presence: PresenceMessage;
  /** The announcement was proven to be of the node. */
  readonly signed: boolean;
  readonly isOpen: boolean;
}

/** What an announcement over one way means for what was known of that way. */
export type WayChange = 'older' | 'same' | 'newSession';

/** The ways that lead to one node. Each has sessions of its own: a late will of the broker says nothing about a link. */
export class NodeWays {
  readonly #ways = new Map<CarrierKind, Way>();

  /** The best one that is open. */
  get best(): CarrierKind | undefined {
    return carrierKinds.find((kind) => this.isOpen(kind));
  }

  isOpen(kind: CarrierKind): boolean {
    return this.#ways.get(kind)?.isOpen === true;
  }

  /** True when the best way was proven to lead to the node. */
  get isProven(): boolean {
    const { best } = this;
    return best !== undefined && this.#ways.get(best)?.signed === true;
  }

  /** Sessions are those of the broker: over a link the node is heard itself, and another connection of it elsewhere changes nothing there. */
  compare(kind: CarrierKind, presence: PresenceMessage): WayChange {
    if (kind !== 'mqtt') return 'same';
    const known = this.#ways.get(kind);
    const order = known === undefined ? 0 : compareSessions(presence, known.presence);
    return order < 0 ? 'older' : order > 0 ? 'newSession' : 'same';
  }

  /** Keeps an announcement; the way is open when the node says that it is there. */
  set(kind: CarrierKind, presence: PresenceMessage, signed: boolean): void {
    this.#ways.set(kind, { presence, signed, isOpen: presence.status === 'online' });
  }

  /** @returns whether it was open */
  close(kind: CarrierKind): boolean {
    const way = this.#ways.get(kind);
    if (way?.isOpen !== true) return false;
    this.#ways.set(kind, { ...way, isOpen: false });
    return true;
  }

  /** The node was started again: nothing of before stands. */
  clear(): void {
    this.#ways.clear();
  }
}
