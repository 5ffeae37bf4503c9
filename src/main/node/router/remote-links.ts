import type { EventMessage } from '../../../common/wire/messages.ts';
import type { RemoteNodes } from './remote-nodes.ts';

interface Link {
  count: number;
  readonly ended: Promise<() => void>;
}

/** Subscriptions at other nodes: one for each node and topic, however many clients here want it. */
export class RemoteLinks {
  readonly #remoteNodes: RemoteNodes;
  readonly #deliver: (nodeId: string, event: EventMessage) => void;
  readonly #links = new Map<string, Link>();

  constructor(remoteNodes: RemoteNodes, deliver: (nodeId: string, event: EventMessage) => void) {
    this.#remoteNodes = remoteNodes;
    this.#deliver = deliver;
  }

  /** True when somebody here follows it already. */
  holds(node: string, levels: readonly string[]): boolean {
    return this.#links.has(`${node}/${levels.join('/')}`);
  }

  /** Resolves when the far side has confirmed. */
  async acquire(node: string, levels: readonly string[]): Promise<void> {
    const topic = `/${levels.join('/')}`;
    const key = `${node}${topic}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = { count: 0, ended: this.#remoteNodes.subscribe(node, topic, this.#deliver) };
      this.#links.set(key, link);
    }
    link.count++;
    await link.ended;
  }

  release(node: string, levels: readonly string[]): void {
    const key = `${node}/${levels.join('/')}`;
    const link = this.#links.get(key);
    if (link === undefined || --link.count > 0) return;
    this.#links.delete(key);
    link.ended.then(
      (end) => end(),
      // It never began; who asked was told.
      () => undefined,
    );
  }
}
