import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdOf } from '../../identity/index.ts';
import { type Link, type LinkFollower, LinkSession } from '../../links/index.ts';
import type { Carrier, CarrierListener } from './carrier.ts';

export interface LinkCarrierOptions {
  readonly received: CarrierListener['received'];
  /** Takes what a neighbour asks to pass on. */
  readonly onRelayed: (bytes: Buffer, from: string) => void;
  /** A member is linked. */
  readonly onLinked: (nodeId: string) => void;
  readonly onEnded: (nodeId: string, end: LinkEnd) => void;
  /** Everything that waited for a member has left: what was held back may go on. */
  readonly onDrained: (nodeId: string) => void;
  /** A message was refused. */
  readonly onRefused: (error: unknown, from: string) => void;
  readonly nowMs: () => number;
}

/** How a link ended. */
export interface LinkEnd {
  readonly reason: SignalboxError;
  /** Name that both ends have for the link. */
  readonly session: string;
  /** The other end knows: one of the two said so. */
  readonly wasSaid: boolean;
}

interface Neighbour {
  readonly link: Link;
  readonly session: LinkSession;
}

/** The direct links to other members: each has proven who is at its other end, and protects what it carries by keys of its own. */
export class LinkCarrier implements Carrier, LinkFollower {
  readonly kind = 'link';
  readonly #options: LinkCarrierOptions;
  readonly #neighbours = new Map<string, Neighbour>();
  /** Whose link is whose: to work it out of the key for every frame costs more than to look at the frame. */
  readonly #ids = new WeakMap<Link, string>();

  constructor(options: LinkCarrierOptions) {
    this.#options = options;
  }

  /** Ids of the members that are linked. */
  neighbours(): readonly string[] {
    return [...this.#neighbours.keys()];
  }

  reaches(nodeId: string): boolean {
    return this.#neighbours.get(nodeId)?.link.isOpen === true;
  }

  isCongested(nodeId: string): boolean {
    return this.#neighbours.get(nodeId)?.link.isPaused === true;
  }

  /** @throws SignalboxError `TOO_LARGE` */
  send(nodeId: string, bytes: Uint8Array | string): boolean {
    return this.#attempt(nodeId, ({ link, session }) =>
      link.sendAwaited(session.seal(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)),
    );
  }

  /** Hands a frame to a neighbour that passes it on. @returns false: nothing was sent. @throws SignalboxError `TOO_LARGE` */
  sendRelayed(nodeId: string, bytes: Uint8Array): boolean {
    return this.#attempt(nodeId, ({ link }) => link.sendRelayed(bytes));
  }

  linked(link: Link): void {
    const nodeId = this.#idOf(link);
    // One takes the place of another: what was under way on that is perhaps lost.
    const former = this.#neighbours.get(nodeId);
    if (former !== undefined) this.ended(former.link, new SignalboxError('CONFLICT', 'The two nodes keep their other link.'));
    this.#neighbours.set(nodeId, { link, session: new LinkSession(link.peer, this.#options.nowMs) });
    this.#options.onLinked(nodeId);
  }

  message(link: Link, bytes: Buffer): void {
    const nodeId = this.#idOf(link);
    const neighbour = this.#neighbours.get(nodeId);
    if (neighbour?.link !== link) return;
    try {
      const { body, ageMs } = neighbour.session.open(bytes);
      this.#options.received(body, { kind: 'link', peer: nodeId, ageMs });
    } catch (error) {
      this.#options.onRefused(error, nodeId);
      // Inside TLS nothing is altered on its way: the two ends do not agree, and will not again on this link.
      if (error instanceof SignalboxError) link.close(error);
    }
  }

  relayed(link: Link, bytes: Buffer): void {
    const nodeId = this.#idOf(link);
    if (this.#neighbours.get(nodeId)?.link === link) this.#options.onRelayed(bytes, nodeId);
  }

  drained(link: Link): void {
    this.#options.onDrained(this.#idOf(link));
  }

  ended(link: Link, reason: SignalboxError): void {
    const nodeId = this.#idOf(link);
    if (this.#neighbours.get(nodeId)?.link !== link) return;
    this.#neighbours.delete(nodeId);
    this.#options.onEnded(nodeId, { reason, session: link.peer.sessionId, wasSaid: link.wasClosed });
  }

  /** Ends the link of a session, if it is still held. */
  drop(nodeId: string, session: string, reason: SignalboxError): void {
    const link = this.#neighbours.get(nodeId)?.link;
    if (link?.peer.sessionId === session) link.abandon(reason);
  }

  #idOf(link: Link): string {
    let nodeId = this.#ids.get(link);
    if (nodeId === undefined) {
      nodeId = nodeIdOf(link.peer.hello.publicKey);
      this.#ids.set(link, nodeId);
    }
    return nodeId;
  }

  #attempt(nodeId: string, send: (neighbour: Neighbour) => void): boolean {
    const neighbour = this.#neighbours.get(nodeId);
    if (neighbour?.link.isOpen !== true) return false;
    try {
      send(neighbour);
      return true;
    } catch (error) {
      if (error instanceof SignalboxError && (error.code === 'NODE_LOST' || error.code === 'OVERLOADED')) return false;
      throw error;
    }
  }
}
