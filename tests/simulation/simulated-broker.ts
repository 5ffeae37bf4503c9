import { type ConsensusCore, createCore, decodeConfiguration, timingProfiles } from '../../src/main/node/broker/core/index.ts';
import type {
  BrokerId,
  CoreInput,
  CoreMessage,
  CoreOutput,
  GroupConfiguration,
  LogEntry,
  LogPosition,
  OutgoingMessage,
} from '../../src/main/node/broker/core/types.ts';
import type { CommandResult } from '../../src/main/node/broker/machine/types.ts';
import { type DiskContent, MemoryDisk } from './memory-disk.ts';
import { withoutGuard, withoutMemories, withoutPreviousCheck } from './planted-faults.ts';
import { QueueState } from './queue-state.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

/** The applied state as it was saved, with the place in the log that it stands for. */
export interface SavedState {
  readonly position: LogPosition;
  readonly configuration: GroupConfiguration;
  readonly machine: QueueState;
}

/** undefined: refused, or overtaken by another leader's entry. */
type OnResult = (result: CommandResult | undefined) => void;
/** With the length of the list; undefined: refused. */
type OnRead = (length: number | undefined) => void;

interface WaitingProposal {
  readonly term: number;
  readonly answer: OnResult;
}

/** One broker: a core, its disk, its applied state, and what waits for answers. What its engine does in the product, without threads. */
export class SimulatedBroker {
  readonly brokerId: BrokerId;
  readonly #world: World;
  readonly disk: MemoryDisk;
  /** Undefined while it is down. */
  core: ConsensusCore | undefined;
  /** Nothing happens in it, though it is not down. */
  pausedUntilMs = 0;
  /** Of one flush, milliseconds. */
  flushMs = 1;
  #saved: SavedState;
  #state: SavedState;
  #clockOffsetMs = 0;
  #clockRate = 1;
  #start = 0;
  #wakeAtMs = 0;
  #flushing = false;
  #durableTicket = 0;
  #held: OutgoingMessage[] = [];
  #nextId = 1;
  #olderContents: DiskContent[] = [];
  #lost = false;
  readonly #accepted = new Map<number, WaitingProposal>();
  readonly #proposed = new Map<number, OnResult>();
  readonly #reads = new Map<number, OnRead>();
  #due: { readonly index: number; readonly answer: OnRead }[] = [];

  constructor(brokerId: BrokerId, configuration: GroupConfiguration, world: World) {
    this.brokerId = brokerId;
    this.#world = world;
    this.disk = new MemoryDisk(configuration);
    this.#saved = { position: this.disk.last, configuration, machine: new QueueState() };
    this.#state = this.#saved;
    this.#clockOffsetMs = world.random.between(0, 100_000);
    this.#clockRate = world.random.between(0.95, 1.05);
  }

  /** Its own clock: monotonic, but neither exact nor equal to others. */
  get #nowMs(): number {
    return this.#world.events.nowMs * this.#clockRate + this.#clockOffsetMs;
  }

  /** Up, and not paused. */
  get runs(): boolean {
    return this.core !== undefined && this.pausedUntilMs <= this.#world.events.nowMs;
  }

  get appliedIndex(): number {
    return this.#state.position.index;
  }

  get values(): readonly string[] {
    return this.#state.machine.values;
  }

  start(): void {
    const { planted, random, network, events } = this.#world;
    this.#start++;
    network.started(this.brokerId);
    if (this.#saved.position.index > this.disk.last.index && this.#saved.position.index > 0) {
      // The state is ahead of a log that an older copy was put in place of: the log begins after it, as the guard knows.
      this.disk.restartBehind(this.#saved.position, this.#saved.configuration);
    }
    this.#state = { ...this.#saved, machine: new QueueState(this.#saved.machine) };
    const sound = this.disk.image();
    const image = planted === 'no-impaired-rule' ? withoutGuard(sound, this.disk.content.hardState) : sound;
    this.core = createCore({
      brokerId: this.brokerId,
      image,
      appliedIndex: this.#state.position.index,
      timing: timingProfiles.lan,
      random: () => random.next(),
      nowMs: this.#nowMs,
      limits: this.#world.limits,
    });
    this.#wakeAtMs = this.#nowMs;
    this.#durableTicket = 0;
    this.#flushing = false;
    this.pausedUntilMs = events.nowMs;
    this.#plan();
    for (const other of this.#world.brokers.values()) {
      if (other === this || other.core === undefined) continue;
      other.step({ type: 'connected', brokerId: this.brokerId });
      this.step({ type: 'connected', brokerId: other.brokerId });
    }
  }

  /** The power goes. */
  crash(): void {
    if (this.core === undefined) return;
    const { random, brokers } = this.#world;
    this.core = undefined;
    this.disk.crash(random.integer(0, this.disk.pending));
    this.#held = [];
    this.#accepted.clear();
    this.#proposed.clear();
    this.#reads.clear();
    this.#due = [];
    for (const other of brokers.values()) if (other !== this) other.step({ type: 'disconnected', brokerId: this.brokerId });
  }

  /** Its disk has lost something, and it has not got it back yet. */
  get lostDisk(): boolean {
    return this.#lost && (this.core === undefined || this.core.status(0).impaired);
  }

  /** While it is down, an older copy of its log file is put in place. False: there is none. */
  travelBack(): boolean {
    const older = this.#world.random.pick(this.#olderContents);
    if (older === undefined || this.core !== undefined) return false;
    this.disk.restore(older);
    this.#lost = true;
    return true;
  }

  jumpClock(ms: number): void {
    this.#clockOffsetMs += ms;
    this.#plan();
  }

  /** Keeps the applied state; and the log only from there on, but for some entries. */
  save(keepEntries: number): void {
    const { position, configuration } = this.#state;
    if (!this.runs || position.index <= this.#saved.position.index) return;
    this.#saved = { position, configuration, machine: new QueueState(this.#state.machine) };
    const to = this.disk.entryAt(position.index - keepEntries);
    if (to === undefined) return;
    this.disk.compact(to);
    this.#olderContents = [];
    this.step({ type: 'compacted', position: to });
  }

  snapshot(): SavedState {
    return { ...this.#state, machine: new QueueState(this.#state.machine) };
  }

  /** A snapshot came whole. */
  install(snapshot: SavedState): void {
    this.#flushed();
    if (this.core?.acceptsSnapshot(snapshot.position) !== true) return;
    this.disk.restart(snapshot.position, snapshot.configuration);
    this.#olderContents = [];
    this.#saved = snapshot;
    this.#state = { ...snapshot, machine: new QueueState(snapshot.machine) };
    this.step({ type: 'snapshotInstalled', position: snapshot.position, configuration: snapshot.configuration });
  }

  receive(from: BrokerId, message: CoreMessage): void {
    const { core } = this;
    if (core === undefined) return;
    const { planted } = this.#world;
    if (planted === 'no-previous-check') this.step({ type: 'message', from, message: withoutPreviousCheck(message, core) });
    else this.step({ type: 'message', from, message: planted === 'no-impaired-rule' ? withoutMemories(message) : message });
  }

  propose(data: Uint8Array, answer: OnResult): void {
    const proposalId = this.#nextId++;
    this.#proposed.set(proposalId, answer);
    this.step({ type: 'propose', proposalId, data });
  }

  read(answer: OnRead): void {
    const { core } = this;
    if (this.#world.planted === 'no-read-round' && core?.ready === true) {
      this.#due.push({ index: core.commitIndex, answer });
      this.#answerReads();
      return;
    }
    const readId = this.#nextId++;
    this.#reads.set(readId, answer);
    this.step({ type: 'read', readId });
  }

  step(input: CoreInput): void {
    const { core } = this;
    const { events } = this.#world;
    if (core === undefined) return;
    if (this.pausedUntilMs > events.nowMs) {
      this.#later(this.pausedUntilMs - events.nowMs, () => this.step(input));
      return;
    }
    this.#carryOut(core, core.step(input, this.#nowMs));
  }

  /** Only while it is the same start of it. */
  #later(delayMs: number, run: () => void): void {
    const start = this.#start;
    this.#world.events.in(delayMs, () => {
      if (this.#start === start && this.core !== undefined) run();
    });
  }

  #carryOut(core: ConsensusCore, output: CoreOutput): void {
    const { invariants, planted } = this.#world;
    if (output.faults.length > 0) throw new Violation('no faults between sound disks', JSON.stringify(output.faults));
    if (output.persist !== undefined) {
      invariants.written(this.brokerId, output.persist);
      this.disk.write(output.persist);
    }
    if (output.changed && core.role === 'leader') {
      invariants.leads(this.brokerId, core.term, (index) => core.positionAt(index)?.checksum ?? this.disk.entryAt(index)?.checksum);
    }
    for (const message of output.send) {
      const atOnce = planted === 'no-vote-flush' || message.afterTicket === undefined || message.afterTicket <= this.#durableTicket;
      if (atOnce) this.#send(message);
      else this.#held.push(message);
    }
    for (const entry of output.committed) this.#apply(core, entry);
    this.#answer(output);
    for (const { for: brokerId, fromIndex, maxBytes } of output.load) {
      this.#later(1, () => this.step({ type: 'entriesLoaded', for: brokerId, entries: this.disk.read(fromIndex, maxBytes) }));
    }
    for (const to of output.snapshots) this.#sendSnapshot(to);
    this.#wakeAtMs = output.wakeAtMs;
    this.#plan();
    this.#flushSoon();
  }

  #send({ to, message }: OutgoingMessage): void {
    const { invariants, network, brokers } = this.#world;
    invariants.sent(this.brokerId, to, message);
    network.send(this.brokerId, to, message, (arrived) => brokers.get(to)?.receive(this.brokerId, arrived));
  }

  #apply(core: ConsensusCore, entry: LogEntry): void {
    const { invariants } = this.#world;
    const { position, machine } = this.#state;
    if (entry.index !== position.index + 1)
      throw new Violation('applied in order', `${this.brokerId} gets ${entry.index} after ${position.index}`);
    invariants.commits(this.brokerId, core.term, entry);
    const result = machine.apply(entry);
    const configuration = entry.kind === 'configuration' ? decodeConfiguration(entry.data) : this.#state.configuration;
    const { index, term, checksum } = entry;
    this.#state = { position: { index, term, checksum }, configuration, machine };
    // The hash of a state costs more than to apply an entry.
    if (index % 16 === 0) invariants.applied(this.brokerId, index, machine.hash);
    if (core.configurationAt(index).version !== configuration.version)
      throw new Violation('members as of an entry', `${this.brokerId} at ${index}`);
    const waiting = this.#accepted.get(index);
    this.#accepted.delete(index);
    waiting?.answer(waiting.term === term ? result : undefined);
  }

  #answer(output: CoreOutput): void {
    for (const outcome of output.proposals) {
      const answer = this.#proposed.get(outcome.proposalId);
      this.#proposed.delete(outcome.proposalId);
      if (answer === undefined) continue;
      if (outcome.accepted) this.#accepted.set(outcome.index, { term: outcome.term, answer });
      else answer(undefined);
    }
    for (const outcome of output.reads) {
      const answer = this.#reads.get(outcome.readId);
      this.#reads.delete(outcome.readId);
      if (answer === undefined) continue;
      if (outcome.ok) this.#due.push({ index: outcome.index, answer });
      else answer(undefined);
    }
    this.#answerReads();
  }

  #answerReads(): void {
    if (this.#due.length === 0) return;
    const due = this.#due.filter(({ index }) => index <= this.appliedIndex);
    this.#due = this.#due.filter(({ index }) => index > this.appliedIndex);
    for (const { answer } of due) answer(this.values.length);
  }

  #sendSnapshot(to: BrokerId): void {
    const snapshot = this.snapshot();
    const { network, random, brokers } = this.#world;
    this.#later(random.between(5, 200), () => {
      const receiver = brokers.get(to);
      const ok = receiver?.runs === true && network.passes(this.brokerId, to) && random.chance(0.9);
      if (ok) receiver.install(snapshot);
      this.step({ type: 'snapshotSent', to, position: snapshot.position, ok });
    });
  }

  /** Wakes the core when it asked to. */
  #plan(): void {
    const wakeAtMs = this.#wakeAtMs;
    const delayMs = Math.max(0, (wakeAtMs - this.#nowMs) / this.#clockRate);
    this.#later(delayMs + 0.01, () => {
      if (this.#wakeAtMs === wakeAtMs && this.#nowMs >= wakeAtMs) this.step({ type: 'tick' });
    });
  }

  /** One flush at a time, of all that was written when it began. */
  #flushSoon(): void {
    if (this.#flushing || this.disk.pending === 0) return;
    this.#flushing = true;
    const count = this.disk.pending;
    if (this.#world.planted === 'acknowledges-before-flush') this.#persisted(this.disk.lastTicket);
    this.#later(this.flushMs * this.#world.random.between(0.5, 1.5), () => {
      this.#flushing = false;
      this.#flushed(count);
      this.#flushSoon();
    });
  }

  #flushed(count?: number): void {
    if (this.#world.random.chance(this.#world.diskFailure)) {
      // Not written, and known not to be: the core is made anew from what there is.
      this.step({ type: 'diskFailed' });
      this.crash();
      this.#world.events.in(500, () => this.#world.restart(this));
      return;
    }
    const ticket = this.disk.flush(count);
    if (this.#world.random.chance(0.02)) this.#olderContents.push(this.disk.content);
    if (ticket !== undefined) this.#persisted(ticket);
  }

  #persisted(ticket: number | undefined): void {
    if (ticket === undefined || ticket <= this.#durableTicket) return;
    this.#durableTicket = ticket;
    const free = this.#held.filter(({ afterTicket }) => afterTicket !== undefined && afterTicket <= ticket);
    this.#held = this.#held.filter(({ afterTicket }) => afterTicket !== undefined && afterTicket > ticket);
    for (const message of free) this.#send(message);
    this.step({ type: 'persisted', ticket });
  }
}
