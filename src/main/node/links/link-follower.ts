import type { SignalboxError } from '../../../common/errors.ts';
import type { Link } from './link.ts';

/** Who takes what members say to each other over their links, beside who belongs to the cluster. */
export interface LinkFollower {
  /** A member is linked; messages of it come from now on. */
  linked(link: Link): void;
  message(link: Link, bytes: Buffer): void;
  /** Something that is to be passed on, or was. */
  relayed(link: Link, bytes: Buffer): void;
  /** Everything that waited for the member has left. */
  drained(link: Link): void;
  /** The link of the pair has ended; not called for one that another took the place of. */
  ended(link: Link, reason: SignalboxError): void;
}
