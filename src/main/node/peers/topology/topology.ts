import type { z } from 'zod';
import type { peersContract } from '../../../../common/contract/peers.ts';
import { steadyNowMs } from '../../clock/index.ts';
import type { Startable } from '../../startable.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import type { Communicator } from '../types.ts';
import { type TopologyLimits, topologyLimits } from './limits.ts';
import { PartitionProblem } from './partition-problem.ts';
import { type Partition, PartitionWatch } from './partition-watch.ts';
import { PeerHints } from './peer-hints.ts';
import type { TopologySource } from './topology-source.ts';

export type TopologyView = z.output<(typeof peersContract)['peers.topology']['result']>;

/** A partition that is over, wholly or in part. */
export interface Healing {
  /** Members that are reached again. */
  readonly returned: readonly string[];
  /** Milliseconds since the epoch since which they were missed. */
  readonly sinceMs: number;
}

export interface TopologyOptions {
  readonly source: TopologySource;
  readonly communicator: Pick<Communicator, 'request' | 'answer' | 'send' | 'on' | 'reachable'>;
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  readonly logger: Logger;
  readonly limits?: TopologyLimits;
  /** Milliseconds since the epoch, by a clock that does not go back. */
  readonly nowMs?: () => number;
  /** For tests; 0 to 1. */
  readonly random?: () => number;
}

/** The cluster as a graph: who is linked with whom, who is missing, whether it is in parts, and that the parts find each other again. */
export class Topology implements Startable {
  readonly #options: TopologyOptions;
  readonly #limits: TopologyLimits;
  readonly #nowMs: () => number;
  readonly #watch: PartitionWatch;
  readonly #hints: PeerHints;
  readonly #problem: PartitionProblem;
  readonly #healed = new Set<(healing: Healing) => void>();
  readonly #left = new Set<(nodeId: string) => void>();
  readonly #stops: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #settling: NodeJS.Timeout | undefined;
  #redialling: NodeJS.Timeout | undefined;
  #isAsking = false;
  /** Whom others were asked about last, and when. */
  #asked: { readonly about: ReadonlySet<string>; readonly atMs: number } = { about: new Set(), atMs: Number.NEGATIVE_INFINITY };
  #partition: Partition | null = null;
  #healedAt: number | null = null;
  #isStopped = false;

  constructor(options: TopologyOptions) {
    this.#options = options;
    const { source, communicator, problems } = options;
    this.#limits = options.limits ?? topologyLimits;
    this.#nowMs = options.nowMs ?? steadyNowMs;
    this.#watch = new PartitionWatch(this.#limits);
    this.#problem = new PartitionProblem(problems, (nodeId) => this.#nameOf(nodeId));
    this.#hints = new PeerHints({
      communicator,
      reached: () => this.#reached(),
      onLeft: (nodeId) => this.#nodeLeft(nodeId),
      onTestimony: (nodeId, by) => this.#watch.testified(nodeId, by),
      answerMs: this.#limits.answerMs,
      monotonicMs: () => performance.now(),
    });
    this.#stops.push(source.onChange(() => this.#reviewSoon()));
    this.#stops.push(source.onNetworkChange(() => this.#redialSoon()));
  }

  start(): Promise<void> {
    this.#timer = setInterval(() => this.review(), this.#limits.reviewMs).unref();
    this.review();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    clearTimeout(this.#redialling);
    clearImmediate(this.#soon);
    for (const stop of this.#stops.splice(0)) stop();
    return Promise.resolve();
  }

  /** Calls `listener` when members that were missing in a partition are reached again. @returns stops it */
  onHealed(listener: (healing: Healing) => void): () => void {
    this.#healed.add(listener);
    return () => this.#healed.delete(listener);
  }

  /** Calls `listener` when a node says that it leaves. @returns stops it */
  onLeft(listener: (nodeId: string) => void): () => void {
    this.#left.add(listener);
    return () => this.#left.delete(listener);
  }

  /** Nodes that this one is linked with. */
  get degree(): number {
    return this.#options.source.neighbours().length;
  }

  /** For `peers.topology`. */
  view(): TopologyView {
    const { source } = this.#options;
    const members = source.members();
    const reached = this.#reached();
    const partition = this.#partition;
    return {
      members: members.length,
      reachable: members.length === 0 ? 0 : reached.length + 1,
      partition: partition && {
        since: partition.sinceMs,
        missing: partition.missing.map((nodeId) => ({ nodeId, name: this.#nameOf(nodeId) })),
        isMinority: partition.isMinority,
      },
      healedAt: this.#healedAt,
      degree: { links: this.degree, ...source.degree() },
      edges: this.#edges(reached),
    };
  }

  /** Looks now who is missing. */
  review(): void {
    if (this.#isStopped) return;
    const { source } = this.#options;
    const nowMs = this.#nowMs();
    const sightings = source.members().flatMap(({ nodeId, provenMs }) => {
      return nodeId === source.self ? [] : [{ nodeId, isReached: source.via(nodeId) !== null, provenMs }];
    });
    const { doubtful, returned, isFirstContact } = this.#watch.observe(sightings, nowMs);
    if (isFirstContact || returned !== undefined) this.#redialSoon();
    if (returned !== undefined) this.#tellHealed({ returned: returned.nodeIds, sinceMs: returned.sinceMs });
    if (sightings.some(({ isReached }) => !isReached)) this.#settleSoon();
    if (this.#mustAsk(doubtful, nowMs)) void this.#ask(doubtful, nowMs);
    else if (!this.#isAsking) this.#conclude();
  }

  #mustAsk(about: readonly string[], nowMs: number): boolean {
    if (this.#isAsking || about.length === 0) return false;
    return about.some((nodeId) => !this.#asked.about.has(nodeId)) || nowMs - this.#asked.atMs >= this.#limits.askAgainMs;
  }

  async #ask(about: readonly string[], nowMs: number): Promise<void> {
    this.#isAsking = true;
    this.#asked = { about: new Set(about), atMs: nowMs };
    this.#watch.asking(about);
    await this.#hints.ask(about);
    this.#isAsking = false;
    if (!this.#isStopped) this.#conclude();
  }

  #conclude(): void {
    const before = this.#partition;
    const partition = this.#watch.judge(this.#nowMs());
    this.#partition = partition;
    this.#problem.show(partition, this.#reached().length + 1);
    if ((before === null) === (partition === null)) return;
    const { logger } = this.#options;
    if (partition === null) logger.info('topology.whole', 'The cluster is not in parts any more.');
    else {
      const { missing, isMinority } = partition;
      logger.warn('topology.parted', 'The cluster is in parts.', { missing: missing.slice(0, 16), count: missing.length, isMinority });
    }
  }

  #tellHealed(healing: Healing): void {
    this.#healedAt = this.#nowMs();
    this.#options.logger.info('topology.healed', 'Members on the other side of a partition are reached again.', {
      returned: healing.returned.slice(0, 16),
      count: healing.returned.length,
    });
    for (const listener of this.#healed) listener(healing);
  }

  #nodeLeft(nodeId: string): void {
    this.#watch.left(nodeId);
    for (const listener of this.#left) listener(nodeId);
  }

  /** Members that are reached, without this node. */
  #reached(): readonly string[] {
    const { source } = this.#options;
    return source.members().flatMap(({ nodeId }) => (nodeId !== source.self && source.via(nodeId) !== null ? [nodeId] : []));
  }

  #edges(reached: readonly string[]): TopologyView['edges'] {
    const { source } = this.#options;
    const linked = source.neighbours();
    const known = new Set<string>();
    const links = [source.self, ...linked].flatMap((from) =>
      (from === source.self ? linked : source.neighboursOf(from)).flatMap((to) => {
        const pair = [from, to].sort().join(' ');
        if (known.has(pair)) return [];
        known.add(pair);
        return [{ from, to, kind: 'link' as const }];
      }),
    );
    const others = reached.flatMap((to) => {
      const kind = source.via(to);
      return kind === null || kind === 'link' ? [] : [{ from: source.self, to, kind }];
    });
    return [...links, ...others].slice(0, this.#limits.edges);
  }

  #nameOf(nodeId: string): string {
    return this.#options.source.members().find((member) => member.nodeId === nodeId)?.name ?? nodeId;
  }

  /** Changes come in bursts. */
  #reviewSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.review();
    });
  }

  /** Looks again when those that are missing now have been so for long enough. */
  #settleSoon(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      this.review();
    }, this.#limits.settleMs).unref();
  }

  /** Not all nodes of a network dial at the moment at which it is back. */
  #redialSoon(): void {
    if (this.#isStopped) return;
    const pauseMs = (this.#options.random ?? Math.random)() * this.#limits.redialJitterMs;
    this.#redialling ??= setTimeout(() => {
      this.#redialling = undefined;
      this.#options.source.redial();
    }, pauseMs).unref();
  }
}
