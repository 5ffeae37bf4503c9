import type { PeerHealth, PeerPriority } from '../../../common/contract/peers.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import type { Logs, Metrics, Problems } from '../telemetry/index.ts';
import { PeerCommunicator } from './communicator/index.ts';
import { sayGoodbye } from './health/farewell.ts';
import { GraylistProblems } from './health/graylist-problems.ts';
import { Heartbeats } from './health/heartbeats.ts';
import { healthLimits } from './health/limits.ts';
import { type HealthReport, readHealthReport } from './health/messages.ts';
import { Overseer } from './health/overseer.ts';
import { PeerChoices } from './health/peer-choices.ts';
import type { PeerRecord } from './health/peer-record.ts';
import { PeerWatch } from './health/peer-watch.ts';
import type { Reputation } from './health/reputation.ts';
import { Suspects } from './health/suspicion.ts';
import { PeerBook } from './peer-book.ts';
import { PeerMetrics } from './peer-metrics.ts';
import { Recoveries } from './recovery/index.ts';
import { Topology, type TopologyLimits, type TopologySource, topologyLimits } from './topology/index.ts';
import type { PeerTransport } from './transport.ts';

/** Times that tests shorten; `docs/peers.md` lists those that hold. */
export interface PeerTimes {
  readonly heartbeatMs: number;
  readonly removedAfterMs: number;
  readonly askedProbeMs: number;
  readonly askMs: number;
  readonly topology: TopologyLimits;
}

const usualTimes: PeerTimes = { ...healthLimits, topology: topologyLimits };
const probeMs = 10_000;
/** Passes of {@link PeersPart.maintain} between two heartbeats. */
const passes = 10;

export interface PeersPartOptions {
  readonly nodeId: string;
  /** What people call this node. */
  readonly name: () => string;
  readonly transport: PeerTransport;
  readonly topologySource: TopologySource;
  /** Also asked by the federation, which is made before. */
  readonly reputation: Reputation;
  /** Told when nodes came or went. @returns stops it */
  readonly followNodes: (changed: () => void) => () => void;
  /** How this node is, and how many calls run on it. */
  readonly health: () => PeerHealth;
  readonly load: () => number;
  readonly store: Store;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly problems: Problems;
  readonly times?: Partial<PeerTimes>;
}

/** This node and its peers: the communicator, what is known of each peer and how it goes on after errors (seed 3). */
export class PeersPart implements Startable {
  readonly communicator: PeerCommunicator;
  readonly topology: Topology;
  /** The peers as people see and name them. */
  readonly book: PeerBook;
  readonly times: PeerTimes;
  readonly #options: PeersPartOptions;
  readonly #choices: PeerChoices;
  readonly #watch: PeerWatch;
  readonly #recoveries: Recoveries;
  readonly #graylistProblems: GraylistProblems;
  readonly #heartbeats: Heartbeats;
  readonly #metrics: PeerMetrics;
  readonly #stopping = new AbortController();
  readonly #stops: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PeersPartOptions) {
    this.#options = options;
    const { nodeId, transport, topologySource, reputation, store, logs, metrics, problems } = options;
    const logger = logs.logger('peers');
    this.times = { ...usualTimes, ...options.times };
    this.#choices = new PeerChoices(store);
    this.#graylistProblems = new GraylistProblems(problems);
    this.#recoveries = new Recoveries({ problems, nameOf: (id) => this.book.nameOf(id), monotonicMs: () => performance.now() });
    this.#watch = new PeerWatch({
      nodeId,
      transport,
      choices: this.#choices,
      reputation,
      isMember: (id) => topologySource.members().some((member) => member.nodeId === id),
      ask: (suspect) => suspects.ask(suspect, this.#stopping.signal),
      heartbeatMs: this.times.heartbeatMs,
      removedAfterMs: this.times.removedAfterMs,
      monotonicMs: () => performance.now(),
      wallMs: Date.now,
      logger,
    });
    const overseer = new Overseer({ watch: this.#watch, reputation, recoveries: this.#recoveries });
    this.communicator = new PeerCommunicator({ nodeId, transport, oversight: overseer, store, logger });
    this.book = new PeerBook({
      ...options,
      watch: this.#watch,
      choices: this.#choices,
      communicator: this.communicator,
      heartbeatMs: this.times.heartbeatMs,
    });
    const suspects = new Suspects({
      nodeId,
      communicator: this.communicator,
      probe: async (suspect, timeoutMs) => void (await this.communicator.probe(suspect, this.#report(), 'High', timeoutMs)),
      canAsk: (id, suspect) => {
        const peer = this.#watch.get(id);
        // Of a node that is proven nobody is believed who is not.
        return peer?.acknowledges === true && (peer.secure || this.#watch.get(suspect)?.secure !== true);
      },
      times: this.times,
    });
    this.topology = new Topology({
      source: topologySource,
      communicator: this.communicator,
      problems,
      logger: logs.logger('topology'),
      limits: this.times.topology,
    });
    this.#heartbeats = new Heartbeats({
      communicator: this.communicator,
      receivers: () => this.book.receivers(),
      report: () => this.#report(),
      heartbeatMs: this.times.heartbeatMs,
      logger,
    });
    this.#metrics = new PeerMetrics(metrics, {
      health: () => this.book.health(),
      totals: () => this.communicator.totals(),
      graylisted: () => reputation.graylisted().length,
      recoveries: () => this.#recoveries.counts,
    });
    this.communicator.on('HealthReport', (message, { origin }) => this.#watch.reported(origin.nodeId, readHealthReport(message)));
    this.#stops.push(
      this.topology.onLeft((id) => this.#watch.left(id)),
      this.communicator.onReachable((id) => this.#appeared(id)),
    );
  }

  /** @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
  async start(): Promise<void> {
    await this.#choices.load();
    this.#watch.refresh();
    await this.communicator.start();
    await this.topology.start();
    this.#stops.push(this.#options.followNodes(() => this.#watch.refreshSoon()));
    this.#heartbeats.start();
    this.#timer = setInterval(() => this.maintain(), this.times.heartbeatMs / passes).unref();
  }

  /** Says good-bye, so that nobody has to find out, then ends what waits in memory. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#heartbeats.stop();
    this.#stopping.abort();
    for (const stop of this.#stops.splice(0)) stop();
    await sayGoodbye(this.communicator, this.book.present());
    await this.topology.stop();
    await this.communicator.stop();
    // Last: whatever still comes during the farewell would have it judge peers again.
    this.#watch.stop();
  }

  /** One pass over everything that goes by time (seed 3, maintain). */
  maintain(): void {
    const { reputation } = this.#options;
    reputation.maintain();
    this.#graylistProblems.maintain(reputation);
    this.#recoveries.maintain();
    this.#watch.maintain();
    this.#metrics.update();
  }

  /** Told after anything about any peer is new. @returns stops it */
  onChange(listener: () => void): () => void {
    return this.#watch.onChange(listener);
  }

  /** Errors after which this node had to go on, by kind. */
  get recoveries(): Record<string, number> {
    return this.#recoveries.counts;
  }

  /**
   * Keeps a node as a peer, also one that was never seen (seed 3, add_peer). It counts when it is on the disk.
   *
   * @throws SignalboxError `SELF`, `NOT_FOUND`, `CONFLICT`, `LIMIT`, `STORAGE_FULL`
   */
  async add(idOrName: string): Promise<PeerRecord> {
    const { nodeId, name } = this.book.identify(idOrName);
    await this.#choices.choose({ nodeId, choice: 'pinned', name });
    this.#watch.refresh();
    if (this.book.receivers().includes(nodeId)) this.#heartbeats.beatTo(nodeId);
    return this.book.find(nodeId);
  }

  /**
   * Takes a node out of the peers: it is sent nothing, and what waits for it is discarded (seed 3, remove_peer).
   *
   * @returns how many messages were discarded
   * @throws SignalboxError `SELF`, `NOT_FOUND`, `CONFLICT`, `LIMIT`, `STORAGE_FULL`
   */
  async remove(idOrName: string): Promise<number> {
    const record = this.book.find(idOrName);
    const { nodeId, name } = record;
    await this.#choices.choose({ nodeId, choice: 'removed', name });
    const discarded = this.communicator.discard(nodeId, 'all');
    this.#watch.note(record, 'removed', `A person took it out of the peers; ${discarded} messages that waited for it were discarded.`);
    this.#watch.refresh(nodeId);
    return discarded;
  }

  /** Whether a person took a node out of the peers. */
  isRemoved(nodeId: string): boolean {
    return this.#choices.isRemoved(nodeId);
  }

  /**
   * Measures the way to a peer now, also where a circuit is open.
   *
   * @throws SignalboxError `SELF`, `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`, `TIMEOUT`, `NODE_UNREACHABLE`
   */
  async probe(idOrName: string, priority: PeerPriority): Promise<Awaited<ReturnType<PeerCommunicator['probe']>>> {
    const { nodeId, name, acknowledges, isOnline } = this.book.find(idOrName);
    if (isOnline && !acknowledges)
      throw new SignalboxError(
        'NODE_UNREACHABLE',
        `${name} acknowledges nothing, as nodes of the first system do, so the way to it cannot be measured.`,
        { executed: 'no', retryable: false },
      );
    return await this.communicator.probe(nodeId, this.#report(), priority, probeMs);
  }

  /** Sets the standing of a peer to nothing known. @throws SignalboxError `SELF`, `NOT_FOUND`, `CONFLICT` */
  forgive(idOrName: string): PeerRecord {
    const record = this.book.find(idOrName);
    this.#options.reputation.forgive(record.nodeId);
    this.#graylistProblems.clear(record.nodeId);
    this.#watch.note(record, 'recovered', 'An operator forgave it: its standing is that of a stranger.');
    this.#watch.refresh(record.nodeId);
    return record;
  }

  /** A peer fell below the last threshold of its standing. @param forMs 0: the cluster is too small, so it is only said */
  graylisted(nodeId: string, forMs: number, why: string): void {
    const consequence = this.#graylistProblems.raise({ nodeId, name: this.book.nameOf(nodeId) }, forMs, why);
    const record = this.#watch.get(nodeId);
    if (record !== undefined) this.#watch.note(record, 'graylisted', `It behaved badly (last: ${why}). ${consequence}`);
    this.#watch.refresh(nodeId);
  }

  #appeared(nodeId: string): void {
    this.#watch.refresh(nodeId);
    if (this.book.receivers().includes(nodeId)) this.#heartbeats.beatTo(nodeId);
  }

  #report(): HealthReport {
    const { health, load } = this.#options;
    return {
      type: 'HealthReport',
      status: health(),
      load: load(),
      degree: this.topology.degree,
    };
  }
}
