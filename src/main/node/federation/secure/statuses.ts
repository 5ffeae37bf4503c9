import { SignalboxError } from '../../../../common/errors.ts';
import type { KnownKeys } from '../../identity/index.ts';
import type { PresenceMessage } from '../presence-message.ts';
import type { ClusterView } from './cluster-view.ts';
import { secureLimits } from './limits.ts';
import { checkPresence } from './presence-signature.ts';

export interface StatusesOptions {
  readonly nodeId: string;
  readonly keys: KnownKeys;
  readonly cluster: () => ClusterView | undefined;
  readonly isMember: (nodeId: string) => boolean;
  /** Whether a status without proof is taken from who is no member. */
  readonly acceptUnsigned: () => boolean;
  /** Takes the status of another node. @param signed it was proven to be of the member it names */
  readonly onStatus: (presence: PresenceMessage, signed: boolean) => void;
  /** Takes a status under this node's own id. */
  readonly onOwn: (presence: PresenceMessage, retained: boolean) => void;
}

/**
 * Decides which statuses count. Of a member only what it signed: nobody else can say that it is gone. One whose node is not known as a member
 * yet is kept, because the broker says it once and the membership may come a moment later.
 */
export class Statuses {
  readonly #options: StatusesOptions;
  readonly #unproven = new Map<string, PresenceMessage>();

  constructor(options: StatusesOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `BAD_SIGNATURE`, `NOT_MEMBER`, `REVOKED`, `INVALID_PARAMS`, `KEY_WEAK` */
  take(presence: PresenceMessage, retained: boolean): void {
    const { nodeId, cluster, acceptUnsigned, isMember } = this.#options;
    const view = cluster();
    const signed = view !== undefined && presence.signature !== undefined;
    if (signed) this.#prove(presence, view);
    else if (view !== undefined && isMember(presence.serviceId)) {
      // This node's own, from before it joined: it has said it anew.
      if (presence.serviceId === nodeId && retained) return;
      throw new SignalboxError('BAD_SIGNATURE', 'A status names a member of the cluster, and is not signed by it.', { executed: 'no' });
    } else if (!acceptUnsigned())
      throw new SignalboxError('BAD_SIGNATURE', 'A status is not signed, and unsigned messages are not taken here.', { executed: 'no' });
    if (presence.serviceId === nodeId) this.#options.onOwn(presence, retained);
    else this.#options.onStatus(presence, signed);
  }

  /** The membership is another one: whose status waited may be a member now. */
  membershipChanged(): void {
    const view = this.#options.cluster();
    if (view === undefined) return;
    const waiting = [...this.#unproven.values()];
    this.#unproven.clear();
    for (const presence of waiting) {
      try {
        this.take(presence, true);
      } catch (error) {
        // It was counted as refused when it came.
        if (!(error instanceof SignalboxError)) throw error;
      }
    }
  }

  #prove(presence: PresenceMessage, view: ClusterView): void {
    try {
      checkPresence(presence, view, this.#options.keys);
    } catch (error) {
      if (error instanceof SignalboxError && error.code === 'NOT_MEMBER') this.#keep(presence);
      throw error;
    }
  }

  #keep(presence: PresenceMessage): void {
    this.#unproven.delete(presence.serviceId);
    if (this.#unproven.size >= secureLimits.unprovenStatuses) this.#unproven.delete(this.#unproven.keys().next().value ?? '');
    this.#unproven.set(presence.serviceId, presence);
  }
}
