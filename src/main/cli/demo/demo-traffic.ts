import type { Target } from '../../../common/wire/messages.ts';
import { connectToNode } from '../node-connection.ts';
import type { DemoNode, DemoVisitor } from './demo-node.ts';
import { DemoQueueTraffic } from './demo-queue-traffic.ts';
import { DemoStoreTraffic } from './demo-store-traffic.ts';
import { DemoTimers } from './demo-timers.ts';

const publishEveryMs = 250;
/** Mean pause between two calls of one node. */
const callPauseMs = 400;

/** What people and machines would do on a cluster: they measure, ask each other, look at lists, and err now and then. */
export class DemoTraffic {
  readonly #nodes: readonly DemoNode[];
  readonly #visitors: DemoVisitor[] = [];
  readonly #timers = new DemoTimers();
  #second = 0;

  readonly #withQueues: boolean;

  constructor(nodes: readonly DemoNode[], options: { readonly withQueues: boolean }) {
    this.#nodes = nodes;
    this.#withQueues = options.withQueues;
  }

  /** Signs in on each node with its token file, as the command line does. */
  async start(): Promise<void> {
    for (const node of this.#nodes) {
      const client = await connectToNode({ data: node.dataFolder });
      this.#visitors.push({ node, client });
    }
    const [first] = this.#visitors;
    // Somebody watches the whole cluster, so that events really travel.
    if (first !== undefined) for (const topic of ['+/site/#', '+/stats']) this.#watch(first, topic);
    for (const visitor of this.#visitors) {
      this.#timers.every(publishEveryMs, () => this.#measure(visitor));
      this.#callLater(visitor);
    }
    new DemoStoreTraffic(this.#visitors, this.#timers).start();
    if (this.#withQueues) new DemoQueueTraffic(this.#visitors, this.#timers).start();
  }

  stop(): Promise<void> {
    this.#timers.stop();
    for (const { client } of this.#visitors) client.close();
    return Promise.resolve();
  }

  /** Takes events and looks at none; again when they end, as when the node was restarted. */
  #watch(visitor: DemoVisitor, topic: string): void {
    drain(visitor.client.subscribe(topic))
      .catch(() => undefined)
      .finally(() => {
        this.#timers.after(callPauseMs, () => this.#watch(visitor, topic));
      });
  }

  /** A reading of a machine: slow waves with some noise. */
  #measure({ node, client }: DemoVisitor): void {
    this.#second += publishEveryMs / 1_000 / this.#nodes.length;
    const phase = this.#nodes.indexOf(node);
    const celsius = 60 + 12 * Math.sin(this.#second / 20 + phase) + Math.random();
    const topic = Math.random() < 0.7 ? '/site/temperature' : '/site/strokes';
    const data =
      topic === '/site/temperature'
        ? { celsius: Math.round(celsius * 10) / 10 }
        : { perMinute: Math.round(40 + 5 * Math.cos(this.#second / 7 + phase)) };
    this.#ask(client.call('events.publish', { topic, data }));
  }

  #callLater(visitor: DemoVisitor): void {
    this.#timers.after(-Math.log(1 - Math.random()) * callPauseMs, () => {
      this.#ask(this.#call(visitor));
      this.#callLater(visitor);
    });
  }

  #call({ node, client }: DemoVisitor): Promise<unknown> {
    const other = pick(this.#nodes.filter((candidate) => candidate !== node)) ?? node;
    const anywhere: Target = pick<Target>([{ node: other.nodeId }, { node: other.nodeId }, { any: 'edge' }, { all: true }]) ?? {
      all: true,
    };
    const dice = Math.random();
    if (dice < 0.35) return client.call('node.status', {}, { target: anywhere });
    if (dice < 0.6) return client.call('system.stats', {}, { serviceId: other.nodeId });
    if (dice < 0.75) return client.call('logs.list', {}, { serviceId: other.nodeId });
    if (dice < 0.85) return client.call('nodes.ping', { node: other.nodeId, count: 1 });
    if (dice < 0.93) return client.call('events.topics', { limit: 50 }, { serviceId: other.nodeId });
    // Somebody always mistypes.
    return client.callUnknown('press.start', { press: 7 }, { serviceId: other.nodeId });
  }

  /** The demo goes on whatever a single call does; its errors are part of the picture. */
  #ask(call: Promise<unknown>): void {
    call.catch(() => undefined);
  }
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _event of events);
}

function pick<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
