import { SignalboxError } from '../../../common/errors.ts';
import { toBase64url } from '../identity/index.ts';
import type { Link } from '../links/index.ts';

/**
 * One link a pair of nodes. When both dialled at once, both keep the one that the lower public key dialled (security.md 2.4); one of a
 * later start, or of the same dialler, takes the place of the one before it, which is then dead at the other end.
 */
export class LinkTable {
  readonly #self: Uint8Array;
  readonly #links = new Map<string, Link>();

  /** @param self public key of this node */
  constructor(self: Uint8Array) {
    this.#self = self;
  }

  /** The link to a member. */
  of(member: Uint8Array): Link | undefined {
    return this.#links.get(toBase64url(member));
  }

  all(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** True when it is the link of its pair from now on; the one that is not kept is closed. */
  offer(link: Link): boolean {
    const name = toBase64url(link.peer.hello.publicKey);
    const known = this.#links.get(name);
    const loser = known === undefined || !known.isOpen ? undefined : this.#isBetter(link, known) ? known : link;
    if (loser !== link) this.#links.set(name, link);
    loser?.close(new SignalboxError('CONFLICT', 'The two nodes keep their other link.', { executed: 'no' }));
    return loser !== link;
  }

  /** True when it was the link of its pair. */
  remove(link: Link): boolean {
    const name = toBase64url(link.peer.hello.publicKey);
    return this.#links.get(name) === link && this.#links.delete(name);
  }

  #isBetter(link: Link, known: Link): boolean {
    if (link.dialled === known.dialled || link.peer.hello.epoch > known.peer.hello.epoch) return true;
    const isSelfLower = Buffer.compare(this.#self, link.peer.hello.publicKey) < 0;
    return link.dialled === isSelfLower;
  }
}
