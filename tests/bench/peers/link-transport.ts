import { SignalboxError } from '../../../src/common/errors.ts';
import { parseGuarded } from '../../../src/common/wire/guarded-json.ts';
import { nodeIdOf } from '../../../src/main/node/identity/index.ts';
import { type Link, LinkSession } from '../../../src/main/node/links/index.ts';
import type { PeerTransport, TransportListener, TransportNode, TransportWay } from '../../../src/main/node/peers/transport.ts';

interface Neighbour {
  readonly link: Link;
  readonly session: LinkSession;
}

const way: TransportWay = { kind: 'link', available: true, circuit: 'closed', circuitOpenMs: 0, failures: 0, through: null };

/** Ways to peers over links alone, without a node's federation: fifty peers fit into one process. */
export class LinkTransport implements PeerTransport {
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #listeners: TransportListener[] = [];

  /** Takes what a link brings from now on. */
  add(link: Link): void {
    const nodeId = nodeIdOf(link.peer.hello.publicKey);
    const session = new LinkSession(link.peer, Date.now);
    this.#neighbours.set(nodeId, { link, session });
    link.start({
      message: (bytes) => this.#received(nodeId, session.open(bytes).body),
      ended: () => undefined,
    });
    for (const listener of this.#listeners) listener.changed(nodeId);
  }

  nodes(): readonly TransportNode[] {
    return [...this.#neighbours.keys()].map(describe);
  }

  node(nodeId: string): TransportNode | undefined {
    return this.#neighbours.has(nodeId) ? describe(nodeId) : undefined;
  }

  ways(nodeId: string): readonly TransportWay[] {
    return this.#neighbours.has(nodeId) ? [way] : [];
  }

  send(nodeId: string, text: string): 'link' | undefined {
    const neighbour = this.#neighbours.get(nodeId);
    if (neighbour === undefined) return undefined;
    neighbour.link.sendAwaited(neighbour.session.seal(Buffer.from(text)));
    return 'link';
  }

  answered(): void {
    // There is one way, and it holds.
  }

  failed(nodeId: string): void {
    throw new SignalboxError('NODE_LOST', `The peer ${nodeId} does not acknowledge.`);
  }

  isCongested(nodeId: string): boolean {
    return this.#neighbours.get(nodeId)?.link.isPaused === true;
  }

  offsetMs(): number {
    return 0;
  }

  measureClock(): void {
    // One machine, one clock.
  }

  listen(listener: TransportListener): void {
    this.#listeners.push(listener);
  }

  #received(nodeId: string, body: Buffer): void {
    const message = parseGuarded(body.toString('utf8'), { depth: 40, keys: 200_000 }) as Readonly<Record<string, unknown>>;
    for (const listener of this.#listeners)
      listener.received(message, { nodeId, secure: true, kind: 'link', role: 'operator' }, body.length);
  }
}

function describe(nodeId: string): TransportNode {
  return { nodeId, name: nodeId, online: true, secure: true, lastSeenMs: null, epoch: 1, acknowledges: true };
}
