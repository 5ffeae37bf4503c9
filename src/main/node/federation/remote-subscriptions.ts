import { SignalboxError } from '../../../common/errors.ts';
import { levelsMatch } from '../../../common/topics.ts';
import type { EventMessage } from '../../../common/wire/messages.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import type { KnownNode } from './node-directory.ts';
import type { NodeEvent } from './router-messages.ts';
import { SequenceWatch } from './sequence-watch.ts';

const askAgainMs = 5_000;

type Deliver = (nodeId: string, event: EventMessage) => void;

interface Wanted {
  /** Node id, or `+`. */
  readonly node: string;
  /** With its leading slash. */
  readonly topic: string;
  readonly levels: readonly string[];
  readonly deliver: Deliver;
}

export interface RemoteSubscriptionsOptions {
  readonly online: () => readonly KnownNode[];
  /** Opens the MQTT filter of a node's topic; resolves when the broker has granted it. */
  readonly openFilter: (node: string, topic: string) => Promise<void>;
  readonly closeFilter: (node: string, topic: string) => void;
  /** Asks a node to publish a topic. @throws SignalboxError when it does not confirm */
  readonly ask: (nodeId: string, topic: string) => Promise<void>;
  readonly release: (nodeId: string, topic: string) => void;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Topics of other nodes that somebody here follows; kept across the absence of a node and of the broker. */
export class RemoteSubscriptions {
  readonly #options: RemoteSubscriptionsOptions;
  readonly #wanted = new Set<Wanted>();
  readonly #sequences = new SequenceWatch();
  readonly #faults = new RepeatSampler();

  constructor(options: RemoteSubscriptionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#wanted.size;
  }

  /** Events that other nodes published for us and that never came. */
  get lost(): number {
    return this.#sequences.lost;
  }

  /**
   * Begins to follow a topic.
   *
   * @param node node id, or `+`: every node that is there, and those that come later
   * @returns ends it
   * @throws SignalboxError `NODE_UNREACHABLE`, `OVERLOADED`, and what the far node says
   */
  async begin(node: string, topic: string, deliver: Deliver): Promise<() => void> {
    const wanted: Wanted = { node, topic, levels: topic.split('/').slice(1), deliver };
    this.#sequences.forget(node, wanted.levels);
    this.#wanted.add(wanted);
    try {
      // The filter first: an answer to the question below must not come before it.
      await this.#options.openFilter(node, topic);
      if (node === '+') for (const { nodeId } of this.#options.online()) this.#askLater(nodeId, topic);
      else await this.#options.ask(node, topic);
    } catch (error) {
      this.#end(wanted);
      throw error;
    }
    return () => this.#end(wanted);
  }

  /** A node is there, perhaps again: it is asked for everything that is wanted of it. */
  nodeOnline(nodeId: string): void {
    this.#sequences.forget(nodeId);
    this.askAgain(nodeId);
  }

  /** A node that stays there is heard another way now: it may not know any more what is wanted of it. */
  askAgain(nodeId: string): void {
    const topics = new Set([...this.#wanted].filter(({ node }) => node === nodeId || node === '+').map(({ topic }) => topic));
    for (const topic of topics) this.#askLater(nodeId, topic);
  }

  /** An event of another node came. */
  receive(nodeId: string, event: NodeEvent): void {
    const levels = event.topic.split('/').slice(1);
    const receivers = new Set<Deliver>();
    for (const { node, levels: filter, deliver } of this.#wanted) {
      if ((node === nodeId || node === '+') && levelsMatch(filter, levels)) receivers.add(deliver);
    }
    if (receivers.size === 0) return;
    const seq = event.meta?.seq ?? 0;
    const gap = seq === 0 ? 0 : this.#sequences.note(nodeId, event.topic, seq);
    // It came over the broker and over a link.
    if (gap === undefined) return;
    const dropped = gap + (typeof event.meta?.dropped === 'number' ? event.meta.dropped : 0);
    const message: EventMessage = {
      type: 'event',
      name: event.name,
      status: event.status,
      topic: event.topic,
      data: event.data,
      meta: { ...event.meta, identity: nodeId, seq, ...(dropped > 0 && { dropped }) },
      timestamp: event.timestamp ?? this.#options.nowMs(),
    };
    // All of one router: it finds its own subscribers, and must be told once.
    for (const deliver of receivers) deliver(nodeId, message);
  }

  #end(wanted: Wanted): void {
    if (!this.#wanted.delete(wanted)) return;
    const { node, topic } = wanted;
    const same = [...this.#wanted].filter((other) => other.topic === topic);
    if (!same.some((other) => other.node === node)) this.#options.closeFilter(node, topic);
    if (same.some((other) => other.node === '+')) return;
    const nodes = node === '+' ? this.#options.online().map(({ nodeId }) => nodeId) : [node];
    for (const nodeId of nodes) if (!same.some((other) => other.node === nodeId)) this.#options.release(nodeId, topic);
  }

  /** Asks a node while nobody waits for its word: a refusal is logged, silence is asked again. */
  #askLater(nodeId: string, topic: string): void {
    this.#options.ask(nodeId, topic).catch((error: unknown) => {
      // A node that was lost is asked when it is back.
      if (error instanceof SignalboxError && error.code === 'NODE_LOST') return;
      const suppressed = this.#faults.take(`${nodeId}${topic}`);
      if (suppressed !== undefined)
        this.#options.logger.warn('federation.notSubscribed', 'A node did not confirm a subscription.', {
          nodeId,
          topic,
          error,
          suppressed,
        });
      if (error instanceof SignalboxError && !error.retryable) return;
      setTimeout(() => {
        if (this.#isWanted(nodeId, topic) && this.#options.online().some((node) => node.nodeId === nodeId)) this.#askLater(nodeId, topic);
      }, askAgainMs).unref();
    });
  }

  #isWanted(nodeId: string, topic: string): boolean {
    return [...this.#wanted].some((wanted) => wanted.topic === topic && (wanted.node === nodeId || wanted.node === '+'));
  }
}
