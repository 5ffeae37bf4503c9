import type { ConsensusCore } from '../core/index.ts';
import type {
  BrokerId,
  CoreFault,
  CoreInput,
  CoreMessage,
  CoreOutput,
  CoreStatus,
  GroupConfiguration,
  GroupId,
  LogEntry,
  LogPosition,
  MembershipChange,
  OutgoingMessage,
  ProposalOutcome,
} from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { LogStore } from '../log/types.ts';
import { type EncodedCommand, encodeBundle, type QueueMachine } from '../machine/index.ts';
import type { Applied } from '../machine/types.ts';
import type { PeerSender } from '../peers/types.ts';
import { CommittedEntries } from './committed-entries.ts';
import type { LogPump } from './log-pump.ts';
import type { MessageTail } from './message-tail.ts';
import { QueueWatchers } from './queue-watchers.ts';
import type { StateWriter } from './state-writer.ts';
import { type ChangeOutcome, WaitingChanges } from './waiting-changes.ts';
import { type CommandDone, WaitingCommands } from './waiting-commands.ts';
import { type ReadDone, WaitingReads } from './waiting-reads.ts';
import { WakeTimer } from './wake-timer.ts';

export interface GroupDriverOptions {
  readonly groupId: GroupId;
  readonly core: ConsensusCore;
  readonly machine: QueueMachine;
  /** Place in the log that `machine` stands for. */
  readonly applied: LogPosition;
  readonly log: LogStore;
  readonly pump: LogPump;
  readonly stateWriter: StateWriter;
  readonly tail: MessageTail;
  readonly peers: PeerSender;
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  /** Role, term, leader or members have changed. */
  readonly onChanged: () => void;
  /** The group cannot go on here: a command that this version does not know, or a fault of the program. Called once. */
  readonly onFailed: (error: unknown) => void;
  /** Something that must not happen in a sound group; it goes on. */
  readonly onFault: (fault: CoreFault) => void;
  readonly onSnapshotWanted: (brokerId: BrokerId) => void;
}

export interface GroupCounters {
  readonly bundles: number;
  readonly commands: number;
  readonly loggedBytes: number;
  readonly elections: number;
}

/** What is said once and must not be lost while the core is paused. */
const deferredInputs: ReadonlySet<CoreInput['type']> = new Set(['connected', 'disconnected', 'snapshotSent', 'entriesLoaded']);

/**
 * One replicated group in this broker: gives the consensus core what happens, and does what it says in the order that keeps promises:
 * persist, send (what depends on the disk only after it), apply, answer. All of it in one thread; nothing here waits.
 */
export class GroupDriver {
  readonly groupId: GroupId;
  readonly watchers = new QueueWatchers();
  readonly #options: GroupDriverOptions;
  readonly #core: ConsensusCore;
  readonly #commands = new WaitingCommands();
  readonly #reads = new WaitingReads();
  readonly #changes = new WaitingChanges();
  readonly #timer: WakeTimer;
  readonly #inputs: CoreInput[] = [];
  /** What came while paused and must not be lost: at most some of each connection. */
  readonly #deferred: CoreInput[] = [];
  readonly #committed: CommittedEntries;
  #held: OutgoingMessage[] = [];
  #applyScheduled = false;
  #stepping = false;
  #nextId = 1;
  #persistingTicket = 0;
  #persistedTicket = 0;
  #flushScheduled = false;
  #wasLeader = false;
  #configurationVersion = -1;
  #bundles = 0;
  #proposedCommands = 0;
  #loggedBytes = 0;
  #elections = 0;
  #paused = false;
  #stopped = false;

  constructor(options: GroupDriverOptions) {
    this.#options = options;
    this.groupId = options.groupId;
    this.#core = options.core;
    this.#committed = new CommittedEntries({
      ...options,
      onApplied: (entry, applied, configuration) => this.#applied(entry, applied, configuration),
    });
    this.#timer = new WakeTimer(options.nowMs, () => this.step({ type: 'tick' }));
  }

  get machine(): QueueMachine {
    return this.#committed.machine;
  }

  get appliedIndex(): number {
    return this.#committed.position.index;
  }

  /** Of the log, at that index. */
  get appliedChecksum(): number {
    return this.#committed.position.checksum;
  }

  /** It leads, and its state holds all that was ever acknowledged. */
  get serves(): boolean {
    return !this.#stopped && !this.#paused && this.#core.ready;
  }

  get waiting(): number {
    return this.#commands.size + this.#reads.size;
  }

  /** Operations turned away because too many waited, since the start. */
  get refused(): number {
    return this.#commands.refused + this.#reads.refused;
  }

  get counters(): GroupCounters {
    return { bundles: this.#bundles, commands: this.#proposedCommands, loggedBytes: this.#loggedBytes, elections: this.#elections };
  }

  status(): CoreStatus {
    return this.#core.status(this.#options.nowMs());
  }

  start(): void {
    this.#noteChange();
    this.step({ type: 'tick' });
  }

  /** Ends at once: whoever waits is told. */
  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
    this.#failWaiting();
  }

  /** Brings an encoded command into the log. `done` is called once, later, never within this call. */
  propose(command: EncodedCommand, done: CommandDone): void {
    if (!this.serves) {
      queueMicrotask(() => done({ ok: false, code: 'NOT_LEADER' }));
      return;
    }
    if (this.#options.stateWriter.unstoredBytes > brokerLimits.unstoredBytes || !this.#commands.add(command, done)) {
      queueMicrotask(() => done({ ok: false, code: 'BUSY' }));
      return;
    }
    this.#scheduleFlush();
  }

  /** Makes sure that the state here is at least as new as now, without an entry (ReadIndex). `done` is called once, later. */
  confirm(done: ReadDone): void {
    if (!this.serves || !this.#reads.add(done)) {
      queueMicrotask(() => done(false));
      return;
    }
    this.#scheduleFlush();
  }

  changeMembership(change: MembershipChange): Promise<ChangeOutcome> {
    return new Promise((resolve) => {
      const proposalId = this.#nextId++;
      this.#changes.add(proposalId, resolve);
      this.step({ type: 'changeMembership', proposalId, change });
    });
  }

  receive(from: BrokerId, message: CoreMessage): void {
    // More than the state file can take: the leader sends it again, and slower.
    if (message.type === 'REPLICATE' && this.#options.stateWriter.unstoredBytes > brokerLimits.unstoredBytes) return;
    this.step({ type: 'message', from, message });
  }

  /** All writes of this group up to a ticket are on disk. */
  persisted(ticket: number): void {
    this.#persistedTicket = ticket;
    if (this.#held.length > 0) {
      const ready = this.#held.filter(({ afterTicket }) => (afterTicket ?? 0) <= ticket);
      this.#held = this.#held.filter(({ afterTicket }) => (afterTicket ?? 0) > ticket);
      for (const { to, message } of ready) this.#options.peers.send(to, this.groupId, message);
    }
    this.step({ type: 'persisted', ticket });
    this.#formBundle();
  }

  /** Nothing reaches the core until {@link resume}: state and log are being replaced. What other members say meanwhile they say again. */
  pause(): void {
    this.#paused = true;
  }

  /** Applies what is committed and was put off. */
  applyNow(): void {
    if (this.#stopped) return;
    try {
      this.#committed.applyAll();
    } catch (error) {
      this.stop();
      this.#options.onFailed(error);
    }
  }

  /** The state was replaced by a snapshot. */
  installed(machine: QueueMachine, applied: LogPosition): void {
    this.#committed.replaced(machine, applied);
  }

  /** @param input what the core is to hear first */
  resume(input: CoreInput): void {
    this.#paused = false;
    this.step(input);
    for (const deferred of this.#deferred.splice(0)) this.step(deferred);
  }

  /** Who belongs to the group as of a place in the log. */
  configurationAt(index: number): GroupConfiguration {
    return this.#core.configurationAt(index);
  }

  /** Whether a snapshot is ahead of what is here. Asked while paused. */
  acceptsSnapshot(position: LogPosition): boolean {
    return this.#core.acceptsSnapshot(position);
  }

  step(input: CoreInput): void {
    if (this.#paused && input.type !== 'persisted') {
      this.#putOff(input);
      return;
    }
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        if (this.#stopped) continue;
        this.#carryOut(this.#core.step(next, this.#options.nowMs()));
      }
    } catch (error) {
      this.stop();
      this.#options.onFailed(error);
    } finally {
      this.#stepping = false;
    }
    // What was committed makes room for what waits.
    if (this.#mayForm) this.#scheduleFlush();
  }

  #putOff(input: CoreInput): void {
    if (input.type === 'propose') this.#commands.refusedBundle(input.proposalId, 'NOT_LEADER');
    else if (deferredInputs.has(input.type)) this.#deferred.push(input);
  }

  #carryOut(output: CoreOutput): void {
    const { persist } = output;
    if (persist !== undefined) {
      this.#persistingTicket = persist.ticket;
      for (const { data } of persist.entries) this.#loggedBytes += data.byteLength;
      this.#options.pump.add(this.groupId, persist);
    }
    for (const outgoing of output.send) {
      if (outgoing.afterTicket === undefined || outgoing.afterTicket <= this.#persistedTicket)
        this.#options.peers.send(outgoing.to, this.groupId, outgoing.message);
      else this.#held.push(outgoing);
    }
    for (const outcome of output.proposals) this.#placed(outcome);
    if (output.committed.length > 0) this.#applySoon(output.committed, output.send.length > 0);
    for (const outcome of output.reads) this.#reads.answered(outcome, this.appliedIndex);
    for (const wanted of output.load) this.#load(wanted);
    for (const brokerId of output.snapshots) this.#options.onSnapshotWanted(brokerId);
    for (const fault of output.faults) this.#options.onFault(fault);
    if (output.recovered) this.#options.log.recovered(this.groupId);
    if (output.changed) this.#noteChange();
    this.#timer.wakeAt(output.wakeAtMs);
  }

  #placed(outcome: ProposalOutcome): void {
    if (this.#changes.placed(outcome)) return;
    if (outcome.accepted) this.#commands.accepted(outcome.proposalId, outcome.index, outcome.term);
    else this.#commands.refusedBundle(outcome.proposalId, outcome.code === 'BUSY' ? 'BUSY' : 'NOT_LEADER');
  }

  /** Clients wait for what a leader applies; for a follower they wait for its answer, which leaves with the end of this turn. */
  #applySoon(committed: readonly LogEntry[], answers: boolean): void {
    this.#committed.add(committed);
    if (this.#core.role === 'leader' || !answers) this.#committed.applyAll();
    else if (!this.#applyScheduled) {
      this.#applyScheduled = true;
      process.nextTick(() => {
        this.#applyScheduled = false;
        this.applyNow();
      });
    }
  }

  #applied({ index, term }: LogEntry, { results, deleted, segments }: Applied, configuration: GroupConfiguration | undefined): void {
    if (configuration !== undefined) this.#changes.applied(index, term);
    this.#commands.applied(index, term, results);
    this.#reads.applied(index);
    for (const queueId of deleted) this.watchers.tell(queueId);
    for (const { queueId } of segments) this.watchers.tell(queueId);
  }

  #load({ for: brokerId, fromIndex, maxBytes }: CoreOutput['load'][number]): void {
    this.#options.log.read(this.groupId, fromIndex, maxBytes).then(
      (entries) => this.step({ type: 'entriesLoaded', for: brokerId, entries }),
      // Nothing was read: the core asks again, or offers a snapshot.
      () => this.step({ type: 'entriesLoaded', for: brokerId, entries: [] }),
    );
  }

  /** After what is being done now: everything that one read of a socket brought gets into one bundle. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    process.nextTick(() => {
      this.#flushScheduled = false;
      if (this.#reads.queued > 0) {
        const readId = this.#nextId++;
        this.#reads.ask(readId);
        this.step({ type: 'read', readId });
      }
      this.#formBundle();
    });
  }

  /**
   * Whether what waits may become an entry now. While one is on its way commands gather, so that few entries carry many of them: each
   * costs every broker a flush and some messages, whatever is in it. One that could not grow any more does not wait.
   */
  get #mayForm(): boolean {
    const { queued, bundlesInFlight, hasFullBundle } = this.#commands;
    if (queued === 0 || this.#persistingTicket > this.#persistedTicket || !this.serves) return false;
    return bundlesInFlight < brokerLimits.eagerBundles || (hasFullBundle && bundlesInFlight < brokerLimits.bundlesInFlight);
  }

  #formBundle(): void {
    while (this.#mayForm) {
      const proposalId = this.#nextId++;
      const bundle = this.#commands.takeBundle(proposalId);
      if (bundle === undefined) return;
      this.#bundles += 1;
      this.#proposedCommands += bundle.commands.length;
      this.step({ type: 'propose', proposalId, data: encodeBundle(bundle.commands) });
    }
  }

  #noteChange(): void {
    const { peers, onChanged } = this.#options;
    const { role, configuration } = this.#core.status(this.#options.nowMs());
    if (configuration.version !== this.#configurationVersion) {
      this.#configurationVersion = configuration.version;
      peers.setMembers(this.groupId, configuration.members);
    }
    const leads = role === 'leader';
    if (leads && !this.#wasLeader) this.#elections += 1;
    if (!leads && this.#wasLeader) this.#failWaiting();
    this.#wasLeader = leads;
    onChanged();
  }

  #failWaiting(): void {
    this.#commands.fail('NOT_LEADER');
    this.#reads.fail();
    this.#changes.fail();
    this.watchers.tellAll();
  }
}
