import type { ConsensusCore } from './consensus-core.ts';
import { CoreState } from './core-state.ts';
import { Election } from './election.ts';
import { Follower } from './follower.ts';
import { Leader } from './leader.ts';
import type { CoreOptions } from './options.ts';
import { StepOutput } from './step-output.ts';
import type { BrokerId, CoreInput, CoreMessage, CoreOutput, CoreStatus, GroupConfiguration, LogPosition, Persist, Role } from './types.ts';

type Input<Type extends CoreInput['type']> = Extract<CoreInput, { type: Type }>;

/** What people and hosts are told of when it changes. */
interface Face {
  readonly role: Role;
  readonly term: number;
  readonly leaderId: BrokerId | null;
  readonly configuration: GroupConfiguration;
  readonly impaired: boolean;
  readonly ready: boolean;
  readonly transferringTo: BrokerId | null;
  readonly failed: boolean;
}

/** Brings each input to the part whose business it is, and gathers what all of them want done. */
export class RaftCore implements ConsensusCore {
  readonly #state: CoreState;
  readonly #election: Election;
  readonly #follower: Follower;
  #leader: Leader | undefined;
  #failed = false;
  #face: Face;

  constructor(options: CoreOptions) {
    this.#state = new CoreState(options);
    this.#election = new Election(this.#state, options.nowMs);
    this.#follower = new Follower(this.#state);
    this.#face = this.#currentFace();
  }

  get role(): Role {
    const { role, isVoter } = this.#state;
    return role === 'follower' && !isVoter ? 'learner' : role;
  }

  get term(): number {
    return this.#state.term;
  }

  get leaderId(): BrokerId | null {
    return this.#state.leaderId;
  }

  get commitIndex(): number {
    return this.#state.commitIndex;
  }

  get ready(): boolean {
    return this.#leader?.ready ?? false;
  }

  acceptsSnapshot(position: LogPosition): boolean {
    return this.#follower.acceptsSnapshot(position);
  }

  positionAt(index: number): LogPosition | undefined {
    return this.#state.tail.positionAt(index);
  }

  configurationAt(index: number): GroupConfiguration {
    return this.#state.configurations.at(index);
  }

  status(nowMs: number): CoreStatus {
    const { tail, disk, commitIndex } = this.#state;
    return {
      ...this.#currentFace(),
      commitIndex,
      last: tail.last,
      durableIndex: disk.durableIndex,
      members: this.#leader?.progress() ?? [],
      diskWaitedMs: disk.waitedMs(nowMs),
    };
  }

  step(input: CoreInput, nowMs: number): CoreOutput {
    const state = this.#state;
    state.output = new StepOutput();
    if (this.#failed) this.#refuse(input);
    else {
      this.#dispatch(input, nowMs);
      this.#settle(nowMs);
    }
    const { limits } = state;
    const persist = this.#persist(nowMs);
    state.tail.evict(state.disk.durableIndex, limits.tailEntries, limits.tailBytes);
    return state.output.build(persist, this.#faceChanged(), this.#wakeAtMs(nowMs));
  }

  #dispatch(input: CoreInput, nowMs: number): void {
    switch (input.type) {
      case 'tick':
        this.#tick(nowMs);
        break;
      case 'message':
        this.#message(input.from, input.message, nowMs);
        break;
      case 'persisted':
        this.#persisted(input.ticket, nowMs);
        break;
      case 'propose':
      case 'changeMembership':
      case 'read':
      case 'transfer':
        this.#request(input, nowMs);
        break;
      case 'diskFailed':
        this.#failed = true;
        this.#state.follow(this.#state.term, null);
        break;
      case 'diskStalled':
        this.#stalled(nowMs);
        break;
      case 'entriesLoaded':
        this.#loaded(input, nowMs);
        break;
      case 'snapshotSent':
      case 'connected':
      case 'disconnected':
        this.#ofMember(input, nowMs);
        break;
      case 'snapshotInstalled':
        this.#follower.snapshotInstalled(input.position, input.configuration);
        break;
      case 'compacted':
        this.#state.tail.compact(input.position);
        this.#state.configurations.forget(input.position.index);
        break;
    }
  }

  /** After the state may have changed: a leadership ends or begins. */
  #settle(nowMs: number): void {
    const state = this.#state;
    if (this.#leader !== undefined && state.role !== 'leader') this.#endLeadership(nowMs);
    if (!this.#election.won) return;
    this.#election.close();
    state.role = 'leader';
    state.leaderId = state.brokerId;
    // Only the one voter of a group is elected impaired; were it still so with a second one, that group had no leader after its next election.
    if (state.quorum === 1) state.recovered();
    this.#leader = new Leader(state, nowMs);
  }

  #endLeadership(nowMs: number): void {
    this.#leader?.close();
    this.#leader = undefined;
    this.#election.arm(nowMs);
  }

  #tick(nowMs: number): void {
    this.#state.deliver();
    if (this.#leader === undefined) this.#election.tick(nowMs);
    else this.#leader.tick(nowMs);
  }

  #message(from: BrokerId, message: CoreMessage, nowMs: number): void {
    switch (message.type) {
      case 'REPLICATE':
        if (this.#fromLeader(from, message.term, nowMs)) this.#follower.replicate(from, message);
        break;
      case 'HEARTBEAT':
        if (this.#fromLeader(from, message.term, nowMs)) this.#follower.heartbeat(from, message);
        break;
      case 'SNAPSHOT_OFFER':
        if (this.#fromLeader(from, message.term, nowMs)) this.#follower.snapshotOffer(from, message);
        break;
      case 'REPLICATE_ACK':
        if (message.term > this.#state.term) this.#state.follow(message.term, null);
        else if (message.term === this.#state.term) this.#leader?.answered(from, message, nowMs);
        break;
      case 'ELECTION_REQUEST':
        this.#election.request(from, message, nowMs);
        break;
      case 'ELECTION_ANSWER':
        this.#election.answer(from, message, nowMs);
        break;
      case 'TIMEOUT_NOW':
        if (message.term === this.#state.term) this.#election.timeoutNow(from, nowMs);
        break;
    }
  }

  /** Whether a message comes from the leader of this term, or of a new one. A leader of the past is told of the present. */
  #fromLeader(from: BrokerId, term: number, nowMs: number): boolean {
    const state = this.#state;
    if (term < state.term) {
      const nothing = { ok: false, matchIndex: 0, receivedIndex: 0, readRound: 0 };
      state.sendAfterVote(from, { type: 'REPLICATE_ACK', term: state.term, ...nothing });
      return false;
    }
    const other = term === state.term && (state.role === 'leader' || (state.leaderId !== null && state.leaderId !== from));
    if (other) return false;
    state.follow(term, from);
    // A leadership of its own ends before what the new leader sends is taken in.
    this.#settle(nowMs);
    state.heardLeaderAtMs = nowMs;
    this.#election.heardLeader(nowMs);
    return true;
  }

  #persisted(ticket: number, nowMs: number): void {
    const state = this.#state;
    if (!state.disk.persisted(ticket)) return;
    state.deliver();
    if (this.#leader === undefined) this.#follower.durable();
    else this.#leader.advanceCommit(nowMs);
  }

  #request(input: Input<'propose' | 'changeMembership' | 'read' | 'transfer'>, nowMs: number): void {
    const leader = this.#leader;
    if (leader === undefined) this.#refuse(input);
    else if (input.type === 'propose') leader.propose(input.proposalId, input.data, nowMs);
    else if (input.type === 'changeMembership') leader.changeMembership(input.proposalId, input.change, nowMs);
    else if (input.type === 'read') leader.read(input.readId, nowMs);
    else leader.startTransfer(input.to, nowMs);
  }

  #refuse(input: CoreInput): void {
    const { output } = this.#state;
    if (input.type === 'read') output.read({ readId: input.readId, ok: false, code: 'NOT_LEADER' });
    else if (input.type === 'propose' || input.type === 'changeMembership') {
      output.proposal({ proposalId: input.proposalId, accepted: false, code: 'NOT_LEADER' });
    }
  }

  /** The disk does not answer (a grey failure): a leader that others still hear gives up, and lets them go first. */
  #stalled(nowMs: number): void {
    if (this.#leader !== undefined) this.#state.follow(this.#state.term, null);
    this.#settle(nowMs);
    this.#election.standBack(nowMs);
  }

  #loaded(input: Input<'entriesLoaded'>, nowMs: number): void {
    if (input.for === this.#state.brokerId) {
      this.#state.delivered(input.entries);
      return;
    }
    const progress = this.#leader?.replication.of(input.for);
    if (progress?.loading === true) this.#leader?.replication.loaded(progress, input.entries, nowMs);
  }

  #ofMember(input: Input<'snapshotSent' | 'connected' | 'disconnected'>, nowMs: number): void {
    const leader = this.#leader;
    if (input.type === 'connected') leader?.connected(input.brokerId, nowMs);
    else if (input.type === 'disconnected') leader?.disconnected(input.brokerId);
    else {
      const progress = leader?.replication.of(input.to);
      if (progress !== undefined) leader?.replication.snapshotSent(progress, input.position, input.ok, nowMs);
    }
  }

  #persist(nowMs: number): Persist | undefined {
    const { output, tail, disk, term, votedFor } = this.#state;
    if (!output.writes) return undefined;
    const hardState = output.hardStateChanged ? { term, votedFor } : undefined;
    const ticket = disk.written(tail.last.index, nowMs);
    return { ticket, hardState, truncateFrom: output.truncateFrom, entries: output.entries ?? [] };
  }

  #wakeAtMs(nowMs: number): number {
    const atMs = this.#leader === undefined ? this.#election.deadlineMs : this.#leader.wakeAtMs;
    return this.#failed ? nowMs + this.#state.timing.electionMaxMs : Math.max(atMs, nowMs);
  }

  #currentFace(): Face {
    const { term, leaderId, configuration, impaired } = this.#state;
    const transferringTo = this.#leader?.transfer.to ?? null;
    return { role: this.role, term, leaderId, configuration, impaired, ready: this.ready, transferringTo, failed: this.#failed };
  }

  #faceChanged(): boolean {
    const before = this.#face;
    const now = this.#currentFace();
    this.#face = now;
    return (Object.keys(now) as (keyof Face)[]).some((key) => now[key] !== before[key]);
  }
}
