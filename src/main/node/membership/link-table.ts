import { SignalboxError } from '../../../common/errors.ts';
import { toBase64url } from '../identity/index.ts';
import type { Hello, Link } from '../links/index.ts';

/** What became of a link that was offered. */
export type Offer =
  /** It is the link of its pair from now on. */
  | 'kept'
  /** The pair keeps the link it has. */
  | 'closed'
  /** A later start of the same key is linked: two nodes have one key, and both run. */
  | 'outlived';

/**
 * One link a pair of nodes. When both dialled at once, both keep the one that the lower public key dialled (security.md 2.4); one of the
 * same dialler takes the place of the one before it, which is then dead at the other end. Of two starts of one key, the later is kept
 * (row 39): the earlier is dead, or a copy of its data folder runs.
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

  /** Takes a link, unless the pair has a better one; the one that is not kept is closed. */
  offer(link: Link): Offer {
    const name = toBase64url(link.peer.hello.publicKey);
    const known = this.#links.get(name);
    const rival = known?.isOpen === true ? known : undefined;
    const order = rival === undefined ? 0 : compareStarts(link.peer.hello, rival.peer.hello);
    const isKept = rival === undefined || order > 0 || (order === 0 && this.#isBetter(link, rival));
    if (isKept) this.#links.set(name, link);
    const loser = isKept ? rival : link;
    loser?.close(order === 0 ? keptOther() : outlived(isKept ? link : rival));
    if (isKept) return 'kept';
    return order < 0 ? 'outlived' : 'closed';
  }

  /** True when it was the link of its pair. */
  remove(link: Link): boolean {
    const name = toBase64url(link.peer.hello.publicKey);
    return this.#links.get(name) === link && this.#links.delete(name);
  }

  #isBetter(link: Link, known: Link): boolean {
    if (link.dialled === known.dialled) return true;
    const isSelfLower = Buffer.compare(this.#self, link.peer.hello.publicKey) < 0;
    return link.dialled === isSelfLower;
  }
}

/** Negative when `a` is of an earlier start than `b`, 0 for the same. Copies of one data folder can have counted alike. */
function compareStarts(a: Hello, b: Hello): number {
  if (a.instance === b.instance) return 0;
  return a.epoch - b.epoch || a.sinceMs - b.sinceMs || (a.instance < b.instance ? -1 : 1);
}

function keptOther(): SignalboxError {
  return new SignalboxError('CONFLICT', 'The two nodes keep their other link.', { executed: 'no' });
}

function outlived(winner: Link | undefined): SignalboxError {
  return new SignalboxError('SELF', 'A node with the same key that started later is linked.', {
    executed: 'no',
    data: { epoch: winner?.peer.hello.epoch },
  });
}
