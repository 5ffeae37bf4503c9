import {
  type ConsensusCore,
  type CoreOptions,
  createCore,
  entryChecksum,
  type TimingProfile,
  timingProfiles,
} from '../../src/main/node/broker/core/index.ts';
import type {
  BrokerId,
  CoreFault,
  CoreInput,
  CoreMessage,
  CoreOutput,
  GroupConfiguration,
  GroupMember,
  HardState,
  LogEntry,
  OutgoingMessage,
  ProposalOutcome,
  ReadOutcome,
} from '../../src/main/node/broker/core/types.ts';
import { MemoryDisk } from '../simulation/memory-disk.ts';

export const groupId = 'G-TEST1';

export function member(brokerId: BrokerId, voter = true): GroupMember {
  return { brokerId, voter, nodeId: null, host: '127.0.0.1', port: 9401 };
}

export function configurationOf(...members: readonly (BrokerId | GroupMember)[]): GroupConfiguration {
  return { groupId, version: 0, members: members.map((one) => (typeof one === 'string' ? member(one) : one)) };
}

/** One core on a disk in memory, with everything that came out of it. */
export class CoreHost {
  readonly brokerId: BrokerId;
  readonly disk: MemoryDisk;
  core: ConsensusCore;
  nowMs: number;
  wakeAtMs: number;
  /** The disk finishes nothing until it is let. */
  diskHeld = false;
  readonly sent: OutgoingMessage[] = [];
  readonly committed: LogEntry[] = [];
  readonly proposals: ProposalOutcome[] = [];
  readonly reads: ReadOutcome[] = [];
  readonly snapshots: BrokerId[] = [];
  readonly faults: CoreFault[] = [];
  readonly loads: CoreOutput['load'][number][] = [];
  /** How often it said that its disk has everything again. */
  recoveries = 0;
  #held: OutgoingMessage[] = [];
  #durableTicket = 0;
  readonly #timing: TimingProfile;
  readonly #more: Partial<CoreOptions>;

  constructor(brokerId: BrokerId, disk: MemoryDisk, nowMs = 0, more: Partial<CoreOptions> = {}) {
    this.brokerId = brokerId;
    this.disk = disk;
    this.nowMs = nowMs;
    this.wakeAtMs = nowMs;
    this.#timing = timingProfiles.lan;
    this.#more = more;
    this.core = this.#make();
  }

  #make(): ConsensusCore {
    const image = this.disk.image();
    const appliedIndex = this.#more.appliedIndex ?? image.compacted.index;
    return createCore({
      brokerId: this.brokerId,
      image,
      timing: this.#timing,
      random: () => 0.5,
      nowMs: this.nowMs,
      ...this.#more,
      appliedIndex,
    });
  }

  /** The power goes and comes back. */
  restart(): void {
    this.disk.crash(0);
    this.#held = [];
    this.#durableTicket = 0;
    this.committed.length = 0;
    this.core = this.#make();
    this.wakeAtMs = this.nowMs;
  }

  step(input: CoreInput): CoreOutput {
    const output = this.core.step(input, this.nowMs);
    this.wakeAtMs = output.wakeAtMs;
    if (output.persist !== undefined) this.disk.write(output.persist);
    for (const message of output.send) (this.#mayGo(message) ? this.sent : this.#held).push(message);
    this.committed.push(...output.committed);
    this.proposals.push(...output.proposals);
    this.reads.push(...output.reads);
    this.snapshots.push(...output.snapshots);
    this.faults.push(...output.faults);
    this.loads.push(...output.load);
    if (output.recovered) this.recoveries += 1;
    return output;
  }

  receive(from: BrokerId, message: CoreMessage): CoreOutput {
    return this.step({ type: 'message', from, message });
  }

  /** Lets the disk finish its writes. True when it had any. */
  flush(): boolean {
    const ticket = this.diskHeld ? undefined : this.disk.flush();
    if (ticket === undefined) return false;
    this.#durableTicket = ticket;
    this.sent.push(...this.#held.filter((message) => this.#mayGo(message)));
    this.#held = this.#held.filter((message) => !this.#mayGo(message));
    this.step({ type: 'persisted', ticket });
    return true;
  }

  /** Brings what the core wants to read. True when it wanted any. */
  load(): boolean {
    const wanted = this.loads.splice(0);
    for (const one of wanted) this.step({ type: 'entriesLoaded', for: one.for, entries: this.disk.read(one.fromIndex, one.maxBytes) });
    return wanted.length > 0;
  }

  #mayGo({ afterTicket }: OutgoingMessage): boolean {
    return afterTicket === undefined || afterTicket <= this.#durableTicket;
  }

  /** What was sent since it was last asked, of one type. */
  take<Type extends CoreMessage['type']>(type: Type): { readonly to: BrokerId; readonly message: Extract<CoreMessage, { type: Type }> }[] {
    return this.sent
      .splice(0)
      .filter((one): one is OutgoingMessage & { message: Extract<CoreMessage, { type: Type }> } => one.message.type === type);
  }
}

/** Several cores on a network that loses nothing unless told to, and a clock that is moved by hand. */
export class CoreGroup {
  readonly hosts: ReadonlyMap<BrokerId, CoreHost>;
  /** `from>to` of ways that are cut. */
  readonly cut = new Set<string>();
  nowMs = 0;
  #nextId = 1;

  /** @param more Brokers that are not members yet. @param disks What the disks of some hold. */
  constructor(
    configuration: GroupConfiguration,
    more: readonly BrokerId[] = [],
    options: Partial<CoreOptions> = {},
    disks: Readonly<Record<BrokerId, MemoryDisk>> = {},
  ) {
    const ids = [...configuration.members.map((one) => one.brokerId), ...more];
    const diskFor = (id: BrokerId) => disks[id] ?? new MemoryDisk(configuration);
    this.hosts = new Map(ids.map((id) => [id, new CoreHost(id, diskFor(id), 0, options)]));
  }

  host(brokerId: BrokerId): CoreHost {
    const host = this.hosts.get(brokerId);
    if (host === undefined) throw new Error(`no broker ${brokerId}`);
    return host;
  }

  get leader(): CoreHost | undefined {
    return [...this.hosts.values()].filter(({ core }) => core.role === 'leader').sort((a, b) => b.core.term - a.core.term)[0];
  }

  isolate(brokerId: BrokerId): void {
    for (const other of this.hosts.keys()) this.cut.add(`${brokerId}>${other}`).add(`${other}>${brokerId}`);
  }

  heal(): void {
    this.cut.clear();
  }

  /** Delivers and writes until nothing is left to do. */
  settle(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const host of this.hosts.values()) {
        host.nowMs = this.nowMs;
        busy = host.flush() || host.load() || busy;
        for (const { to, message } of host.sent.splice(0)) {
          const receiver = this.hosts.get(to);
          if (receiver === undefined || this.cut.has(`${host.brokerId}>${to}`)) continue;
          receiver.nowMs = this.nowMs;
          receiver.receive(host.brokerId, message);
          busy = true;
        }
      }
    }
  }

  /** Lets time go by: every core wakes when it asked to. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    this.settle();
    for (let next = this.#nextWake(); next.wakeAtMs <= endMs; next = this.#nextWake()) {
      this.nowMs = Math.max(this.nowMs, next.wakeAtMs);
      next.nowMs = this.nowMs;
      next.step({ type: 'tick' });
      this.settle();
    }
    this.nowMs = endMs;
  }

  #nextWake(): CoreHost {
    const [first] = [...this.hosts.values()].sort((a, b) => a.wakeAtMs - b.wakeAtMs);
    if (first === undefined) throw new Error('no brokers');
    return first;
  }

  /** Time goes by until there is a leader that may serve. */
  elect(): CoreHost {
    for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 100) {
      this.advance(100);
      const { leader } = this;
      if (leader?.core.ready === true && [...this.hosts.values()].every(({ core }) => core.term <= leader.core.term)) return leader;
    }
    throw new Error('no leader within 20 seconds');
  }

  /** The outcome of a proposal to the leader. */
  propose(text: string, host = this.leader): ProposalOutcome {
    return this.#request((proposalId) => ({ type: 'propose', proposalId, data: new TextEncoder().encode(text) }), host);
  }

  change(change: Extract<CoreInput, { type: 'changeMembership' }>['change'], host = this.leader): ProposalOutcome {
    return this.#request((proposalId) => ({ type: 'changeMembership', proposalId, change }), host);
  }

  #request(input: (proposalId: number) => CoreInput, host: CoreHost | undefined): ProposalOutcome {
    if (host === undefined) throw new Error('no leader');
    host.nowMs = this.nowMs;
    const [outcome] = host.step(input(this.#nextId++)).proposals;
    if (outcome === undefined) throw new Error('a proposal without an outcome');
    return outcome;
  }
}

/** The texts of committed commands. */
export function texts(entries: readonly LogEntry[]): string[] {
  return entries.filter((entry) => entry.kind === 'commands').map((entry) => new TextDecoder().decode(entry.data));
}

/** Entries of these terms, from index 1 on, in one chain of checksums. */
export function entriesOf(terms: readonly number[]): readonly LogEntry[] {
  let checksum = 0;
  return terms.map((term, at) => {
    const bare = { index: at + 1, term, kind: 'commands' as const, data: new TextEncoder().encode(`${term}.${at + 1}`) };
    checksum = entryChecksum(checksum, bare);
    return { ...bare, checksum };
  });
}

/** A disk on which a log of these terms was found. */
export function diskOf(configuration: GroupConfiguration, terms: readonly number[], hardState?: HardState): MemoryDisk {
  const disk = new MemoryDisk(configuration);
  const entries = entriesOf(terms);
  disk.write({ ticket: 0, hardState: hardState ?? { term: terms.at(-1) ?? 0, votedFor: null }, truncateFrom: undefined, entries });
  disk.flush();
  return disk;
}
