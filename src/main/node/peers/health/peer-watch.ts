import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerEvent } from '../../../../common/contract/peers.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { PeerObservation, PeerPlace } from '../oversight.ts';
import type { PeerTransport, TransportNode } from '../transport.ts';
import { judge } from './health-rules.ts';
import { healthLimits } from './limits.ts';
import type { HealthReport } from './messages.ts';
import type { PeerChoices } from './peer-choices.ts';
import { PeerRecord } from './peer-record.ts';
import type { Reputation } from './reputation.ts';
import type { Inquiry } from './suspicion.ts';

/** What comes within that time is judged together. */
const gatherMs = 100;

export interface PeerWatchOptions {
  /** Of this node. */
  readonly nodeId: string;
  readonly transport: Pick<PeerTransport, 'node' | 'nodes' | 'ways'>;
  readonly choices: PeerChoices;
  readonly reputation: Reputation;
  /** True for nodes of this node's cluster, also for those that were not seen since its start: what must not be lost waits for them. */
  readonly isMember: (nodeId: string) => boolean;
  /** Asks others whether they see a peer. Never rejects. */
  readonly ask: (nodeId: string) => Promise<Inquiry>;
  readonly heartbeatMs: number;
  readonly removedAfterMs: number;
  readonly monotonicMs: () => number;
  /** Milliseconds since the epoch, for people. */
  readonly wallMs: () => number;
  readonly logger: Logger;
}

/** The peers of this node and how they are: what they said and did is gathered here, and judged (seed 3, update_peer_health). */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  readonly #records = new Map<string, PeerRecord>();
  readonly #listeners = new Set<() => void>();
  /** Those of whom something came that may change how they are. */
  readonly #dirty = new Set<PeerRecord>();
  #judging: NodeJS.Timeout | undefined;
  #refreshing: NodeJS.Timeout | undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
  }

  /** Called after anything about any peer is new. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every peer, those included that a person removed and that are still seen. */
  all(): readonly PeerRecord[] {
    return [...this.#records.values()];
  }

  get(nodeId: string): PeerRecord | undefined {
    return this.#records.get(nodeId);
  }

  /** What a person decided about a node, or whether it is known. */
  place(nodeId: string): PeerPlace {
    const { choices } = this.#options;
    const choice = choices.get(nodeId);
    if (choice !== undefined) return choice.choice;
    // Whoever hears first that a node is there may speak with it before it is on the list.
    const isKnown = this.#records.has(nodeId) || this.#options.transport.node(nodeId)?.online === true;
    return isKnown || this.#options.isMember(nodeId) ? 'peer' : 'unknown';
  }

  /** Takes what the directory knows of one node, or of all. */
  refresh(nodeId?: string): void {
    if (nodeId === undefined) {
      clearTimeout(this.#refreshing);
      this.#refreshing = undefined;
    }
    const { transport, choices } = this.#options;
    const one = nodeId === undefined ? undefined : transport.node(nodeId);
    for (const node of nodeId === undefined ? transport.nodes() : one === undefined ? [] : [one]) this.#update(node);
    for (const { nodeId: id, name } of choices.all()) if (!this.#records.has(id)) this.#add(id, name);
    for (const known of this.#records.values()) if (known.isOnline && transport.node(known.nodeId) === undefined) this.#dropped(known);
    this.#chooseWatched();
    const record = nodeId === undefined ? undefined : this.#records.get(nodeId);
    this.#changed(nodeId === undefined ? this.all() : record === undefined ? [] : [record]);
  }

  /** The same for all, in a moment: of a large cluster something is new all the time. */
  refreshSoon(): void {
    this.#refreshing ??= setTimeout(() => this.refresh(), gatherMs).unref();
  }

  /** Ends what waits. */
  stop(): void {
    clearTimeout(this.#refreshing);
    clearTimeout(this.#judging);
  }

  /** A peer says of itself that it leaves: it is off line from now on, and nobody needs to be asked. */
  left(nodeId: string): void {
    const record = this.#records.get(nodeId);
    if (record === undefined) return;
    record.left(this.#options.monotonicMs());
    this.#changed([record]);
  }

  /** Takes what a peer says of itself. */
  reported(nodeId: string, { status, degree }: HealthReport): void {
    const record = this.#records.get(nodeId);
    if (record === undefined) return;
    const isNews = record.reported !== status;
    record.reported = status;
    record.reportedMs = this.#options.monotonicMs();
    record.degree = degree;
    this.#heard(record);
    if (isNews) this.#changed([record]);
  }

  /** Takes what the communicator saw of a peer. */
  observe(nodeId: string, observation: PeerObservation): void {
    const record = this.#records.get(nodeId);
    if (record === undefined) return;
    switch (observation.kind) {
      case 'heard':
        this.#heard(record);
        return;
      case 'settled':
        this.#settled(record, observation);
        this.#judgeSoon(record);
        return;
      case 'moved':
        this.note(record, 'wayChanged', movedText(observation.from, observation.to));
        break;
      case 'circuit':
        this.note(record, ...circuitText(observation.way, observation.state));
        break;
      case 'refused':
        this.note(record, 'refused', `This node refused a ${observation.type} of it: ${observation.code}.`);
        break;
    }
    this.#changed([record]);
  }

  /** Writes down what happened to a peer. @param detail one sentence for people */
  note(record: PeerRecord, kind: PeerEvent['kind'], detail: string): void {
    record.events.add(kind, detail, this.#options.wallMs());
  }

  /** One pass over all peers: heartbeats that are missing, those that are long gone, and a sample of each (seed 3, maintain). */
  maintain(): void {
    this.refresh();
    const { monotonicMs, heartbeatMs, removedAfterMs, choices } = this.#options;
    const nowMs = monotonicMs();
    for (const record of this.all()) {
      if (record.missed(nowMs, heartbeatMs) >= healthLimits.missedToSuspect) this.#suspect(record);
      else if (record.suspicion.kind === 'elsewhere' && nowMs - record.askedMs >= heartbeatMs) this.#ask(record);
      const isKept = record.isOnline || choices.get(record.nodeId) !== undefined;
      if (!isKept && nowMs - record.heardMs >= removedAfterMs) this.#records.delete(record.nodeId);
      else this.#sample(record, nowMs);
    }
  }

  /** In a small cluster everybody watches everybody; in a large one that would be as many heartbeats as there are pairs. */
  #chooseWatched(): void {
    const { nodeId: self, transport, choices, monotonicMs } = this.#options;
    const nowMs = monotonicMs();
    const able = this.all().filter(({ nodeId, acknowledges, isOnline }) => acknowledges && isOnline && !choices.isRemoved(nodeId));
    if (able.length <= healthLimits.watchedAll) {
      for (const record of able) record.watch(true, nowMs);
      return;
    }
    const isLinked = (nodeId: string) => transport.ways(nodeId).some(({ kind, available }) => kind === 'link' && available);
    const chosen = new Set(able.filter(({ nodeId }) => choices.isPinned(nodeId) || isLinked(nodeId)));
    // Those that follow in the order of ids: each node has others there.
    const sorted = able.toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
    const next = Math.max(
      0,
      sorted.findIndex(({ nodeId }) => nodeId > self),
    );
    for (const record of [...sorted.slice(next), ...sorted.slice(0, next)]) {
      if (chosen.size >= healthLimits.watchedLeast) break;
      chosen.add(record);
    }
    for (const record of able) record.watch(chosen.has(record), nowMs);
  }

  #update(node: TransportNode): void {
    const known = this.#records.get(node.nodeId);
    if (known === undefined && !node.online && !this.#options.choices.isPinned(node.nodeId)) return;
    const record = known ?? this.#add(node.nodeId, node.name);
    const wasOnline = record.isOnline;
    if (record.update(node, this.#options.monotonicMs()))
      this.note(record, 'appeared', `${node.name} is there${record.secure ? '' : ', not signed'}.`);
    if (wasOnline && !node.online) this.#lost(record);
  }

  #add(nodeId: string, name: string): PeerRecord {
    const record = new PeerRecord(nodeId, name, this.#options.monotonicMs());
    this.#records.set(nodeId, record);
    return record;
  }

  #heard(record: PeerRecord): void {
    const wasSuspected = record.suspicion.kind !== 'none';
    record.heard(this.#options.monotonicMs(), this.#options.wallMs());
    if (!wasSuspected) {
      this.#judgeSoon(record);
      return;
    }
    if (record.suspicion.kind === 'none') this.note(record, 'recovered', 'It is heard again.');
    this.#changed([record]);
  }

  #settled(record: PeerRecord, { outcome, latencyMs }: Extract<PeerObservation, { kind: 'settled' }>): void {
    if (outcome === 'taken' && latencyMs !== undefined) record.service.taken(latencyMs);
    if (outcome === 'timeout') record.service.failed();
  }

  /** It belongs here no more, as a member that was revoked: nobody is asked after it, and it leaves the list in a while. */
  #dropped(record: PeerRecord): void {
    record.isOnline = false;
    // Neither sent heartbeats nor missed.
    record.acknowledges = false;
    record.suspicion = { kind: 'none' };
    this.note(record, 'wayChanged', 'It does not belong to the cluster of this node.');
  }

  /** The last way to a peer is gone. It may have said why, or others still see it. */
  #lost(record: PeerRecord): void {
    this.note(record, 'wayChanged', 'No way leads to it any more.');
    this.#suspect(record);
  }

  #suspect(record: PeerRecord): void {
    if (record.hasLeft || record.suspicion.kind !== 'none' || this.#options.choices.isRemoved(record.nodeId)) return;
    record.suspicion = { kind: 'asking' };
    this.#ask(record);
    this.#changed([record]);
  }

  #ask(record: PeerRecord): void {
    const { suspicion } = record;
    record.askedMs = this.#options.monotonicMs();
    void this.#options.ask(record.nodeId).then(({ seenBy, asked }) => {
      // It was heard meanwhile, or said that it leaves.
      if (record.suspicion !== suspicion) return;
      record.suspicion = seenBy === undefined ? { kind: 'down', asked } : { kind: 'elsewhere', seenBy: this.#nameOf(seenBy) };
      this.#changed([record]);
    });
  }

  #nameOf(nodeId: string): string {
    return this.#records.get(nodeId)?.name ?? nodeId;
  }

  /** Thousands of messages a second say the same of a peer as the last of them. */
  #judgeSoon(record: PeerRecord): void {
    this.#dirty.add(record);
    this.#judging ??= setTimeout(() => {
      this.#judging = undefined;
      const records = [...this.#dirty];
      this.#dirty.clear();
      this.#changed(records);
    }, gatherMs).unref();
  }

  /** Judges peers anew. */
  #changed(records: readonly PeerRecord[]): void {
    for (const record of records) this.#judge(record);
    for (const listener of this.#listeners) listener();
  }

  #judge(record: PeerRecord): void {
    const { transport, reputation, monotonicMs, heartbeatMs, logger } = this.#options;
    if (monotonicMs() - record.reportedMs >= healthLimits.reportHoldsMs) record.reported = null;
    const ways = transport.ways(record.nodeId);
    const before = record.health;
    const { health, reason } = judge({
      isReachable: record.isOnline,
      hasLeft: record.hasLeft,
      suspicion: record.suspicion,
      missedHeartbeats: record.missed(monotonicMs(), heartbeatMs),
      service: record.service,
      ways: ways.length,
      openCircuits: ways.filter(({ circuit }) => circuit !== 'closed').length,
      reported: record.reported,
      isGraylisted: reputation.isGraylisted(record.nodeId),
    });
    record.health = health;
    record.reason = reason;
    const isFirst = !record.isJudged;
    record.isJudged = true;
    if (health === before || isFirst) return;
    this.note(record, 'healthChanged', `${before} → ${health}${reason === null ? '.' : `: ${reason}`}`);
    const say = health === 'Healthy' ? logger.info.bind(logger) : logger.warn.bind(logger);
    say('peers.healthChanged', `The peer ${record.name} is ${health.toLowerCase()}.`, { nodeId: record.nodeId, before, health, reason });
  }

  #sample(record: PeerRecord, nowMs: number): void {
    this.#judge(record);
    if (nowMs - record.sampledMs < healthLimits.sampleMs) return;
    record.sampledMs = nowMs;
    const { health, nodeId, service } = record;
    const { latencyMs, successRate } = service;
    record.history.add({ at: this.#options.wallMs(), health, latencyMs, successRate, score: this.#options.reputation.score(nodeId) });
  }
}

/** Ways as people call them. */
const wayNames: Readonly<Record<CarrierKind, string>> = { link: 'the direct link', mqtt: 'MQTT', relay: 'another member' };

function wayText(way: CarrierKind): string {
  return way === 'relay' ? `through ${wayNames.relay}` : `over ${wayNames[way]}`;
}

function movedText(from: CarrierKind | null, to: CarrierKind | null): string {
  if (to === null) return 'The last way to it is gone.';
  return from === null ? `Messages go ${wayText(to)}.` : `Messages go ${wayText(to)} instead of ${wayText(from)}.`;
}

function circuitText(way: CarrierKind, state: 'closed' | 'open' | 'halfOpen'): [PeerEvent['kind'], string] {
  switch (state) {
    case 'open':
      return ['circuitOpened', `It does not answer ${wayText(way)}; that way is left alone for a while.`];
    case 'halfOpen':
      return ['circuitProbed', `One message tries whether it answers ${wayText(way)}.`];
    case 'closed':
      return ['circuitClosed', `What is for it may go ${wayText(way)} again.`];
  }
}
