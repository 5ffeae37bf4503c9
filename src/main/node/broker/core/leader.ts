import { changedMembers, encodeConfiguration, memberOf } from './configuration.ts';
import type { CoreState } from './core-state.ts';
import { entryBytes } from './log-tail.ts';
import type { Progress } from './progress.ts';
import { ReadIndex } from './read-index.ts';
import { Replication } from './replication.ts';
import { Transfer } from './transfer.ts';
import type { BrokerId, EntryKind, GroupConfiguration, MemberProgress, MembershipChange, ProposalOutcome, ReplicateAck } from './types.ts';
import { Uncommitted } from './uncommitted.ts';

/** How far behind, in entries, a learner may be that is to become a voter: else the quorum would wait for it. */
const promotionLagMax = 256;

type Refusal = Extract<ProposalOutcome, { accepted: false }>['code'];

/** One leadership, from the election to its end. */
export class Leader {
  readonly #state: CoreState;
  readonly replication: Replication;
  readonly transfer: Transfer;
  readonly #reads = new ReadIndex();
  readonly #uncommitted = new Uncommitted();
  readonly #electedAtMs: number;
  /** The first entry of the term: what came before counts as committed only with it (Raft paper 5.4.2 and 8). */
  readonly #noopIndex: number;
  #nextHeartbeatMs: number;

  constructor(state: CoreState, nowMs: number) {
    this.#state = state;
    this.#electedAtMs = nowMs;
    this.#nextHeartbeatMs = nowMs;
    this.replication = new Replication(state);
    this.transfer = new Transfer(state);
    this.#noopIndex = this.#append('noop', new Uint8Array()).index;
    this.tick(nowMs);
    this.replication.sendAll(nowMs);
  }

  /** Whether it may serve: its no-op is committed. */
  get ready(): boolean {
    return this.#state.commitIndex >= this.#noopIndex;
  }

  get wakeAtMs(): number {
    return this.#nextHeartbeatMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextHeartbeatMs) return;
    if (!this.#hasQuorum(nowMs) || this.#state.disk.waitedMs(nowMs) > this.#state.timing.electionMaxMs) {
      this.#state.follow(this.#state.term, null);
      return;
    }
    this.transfer.tick(nowMs);
    this.#beginRound(nowMs);
    this.#offerTransfer();
  }

  /** Whether a majority was heard within an election timeout (CheckQuorum, Raft thesis 6.2): if not, another may lead already. */
  #hasQuorum(nowMs: number): boolean {
    if (nowMs - this.#electedAtMs <= this.#state.timing.electionMaxMs) return true;
    let heard = this.#state.isVoter ? 1 : 0;
    for (const progress of this.replication.members) if (progress.voter && this.replication.isHeard(progress, nowMs)) heard++;
    return heard >= this.#state.quorum;
  }

  /** A round of heartbeats: it keeps the followers, tells them what is committed, and confirms reads. */
  #beginRound(nowMs: number): void {
    const state = this.#state;
    this.#nextHeartbeatMs = nowMs + state.timing.heartbeatMs;
    const readRound = this.#reads.beginRound();
    this.replication.beforeRound(nowMs);
    const durable: Record<BrokerId, number> = { [state.brokerId]: Math.min(state.disk.durableIndex, state.commitIndex) };
    for (const { brokerId, matchIndex } of this.replication.members) {
      state.remember(brokerId, Math.min(matchIndex, state.commitIndex));
      durable[brokerId] = state.rememberedOf(brokerId);
    }
    const { term, commitIndex } = state;
    for (const { brokerId } of this.replication.members) {
      state.send(brokerId, { type: 'HEARTBEAT', term, commitIndex, readRound, durable });
    }
    this.#confirmReads();
  }

  propose(proposalId: number, data: Uint8Array, nowMs: number): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#state.output.proposal({ proposalId, accepted: false, code: refusal });
      return;
    }
    this.#accept(proposalId, 'commands', data, nowMs);
  }

  #refusal(): Refusal | undefined {
    if (!this.ready) return 'NOT_READY';
    const { uncommittedEntries, uncommittedBytes } = this.#state.limits;
    const full = this.#uncommitted.entries >= uncommittedEntries || this.#uncommitted.bytes >= uncommittedBytes;
    return full || this.transfer.to !== null ? 'BUSY' : undefined;
  }

  #accept(proposalId: number, kind: EntryKind, data: Uint8Array, nowMs: number): void {
    const { index, term } = this.#append(kind, data);
    this.#state.output.proposal({ proposalId, accepted: true, index, term });
    this.replication.sendAll(nowMs);
  }

  #append(kind: EntryKind, data: Uint8Array): { readonly index: number; readonly term: number } {
    const entry = this.#state.appendOwn(kind, data);
    this.#uncommitted.add(entry.index, entryBytes(entry));
    return entry;
  }

  /** One change at a time, and only once this term has committed something (thesis 4.1, and its erratum of 2015). */
  changeMembership(proposalId: number, change: MembershipChange, nowMs: number): void {
    const state = this.#state;
    const current = state.configuration;
    const members = changedMembers(current.members, change);
    const refusal = this.#refusal() ?? this.#changeRefusal(current, change) ?? (members === undefined ? 'INVALID_PARAMS' : undefined);
    if (refusal !== undefined || members === undefined) {
      state.output.proposal({ proposalId, accepted: false, code: refusal ?? 'INVALID_PARAMS' });
      return;
    }
    const configuration = { groupId: current.groupId, version: state.tail.last.index + 1, members };
    // It counts from the moment that it is in the log.
    state.configurations.add(configuration);
    this.replication.configurationChanged();
    this.#accept(proposalId, 'configuration', encodeConfiguration(configuration), nowMs);
  }

  #changeRefusal(current: GroupConfiguration, change: MembershipChange): Refusal | undefined {
    if (this.changePending(current)) return 'CHANGE_PENDING';
    if (change.type !== 'promote') return undefined;
    const progress = this.replication.of(change.brokerId);
    if (progress === undefined) return undefined;
    const lag = this.#state.tail.last.index - progress.matchIndex;
    return progress.state === 'replicating' && lag <= promotionLagMax ? undefined : 'NOT_READY';
  }

  /** Whether the newest configuration is not yet committed. */
  protected changePending(current: GroupConfiguration): boolean {
    return current.version > this.#state.commitIndex;
  }

  read(readId: number, nowMs: number): void {
    this.#reads.add(readId, this.ready ? this.#state.commitIndex : undefined);
    if (this.#reads.wantsRound) this.#beginRound(nowMs);
  }

  answered(from: BrokerId, message: ReplicateAck, nowMs: number): void {
    const progress = this.replication.of(from);
    if (progress === undefined) return;
    if (this.replication.answered(progress, message, this.#reads.round, nowMs)) {
      this.advanceCommit(nowMs);
      this.#offerTransfer();
    }
    this.#confirmReads();
    if (this.#reads.wantsRound) this.#beginRound(nowMs);
  }

  #confirmReads(): void {
    const own = this.#reads.round;
    this.#reads.confirm(
      this.#reachedByQuorum(own, (progress) => progress.answeredRound),
      this.#state.output,
    );
  }

  /** The highest number that a majority of the voters has reached. */
  #reachedByQuorum(own: number, reached: (progress: Progress) => number): number {
    const numbers: number[] = this.#state.isVoter ? [own] : [];
    for (const progress of this.replication.members) if (progress.voter) numbers.push(reached(progress));
    numbers.sort((left, right) => right - left);
    return numbers[this.#state.quorum - 1] ?? 0;
  }

  /** Commits what is on the disks of a majority, this broker's own counted like any other (thesis 10.2.1). */
  advanceCommit(nowMs: number): void {
    const state = this.#state;
    const wasReady = this.ready;
    const index = this.#reachedByQuorum(state.disk.durableIndex, (progress) => progress.matchIndex);
    if (index <= state.commitIndex || !this.countsForCommit(index)) return;
    state.commit(index);
    this.#uncommitted.committed(index);
    if (!wasReady && this.ready) this.#reads.ready(state.commitIndex);
    if (this.#reads.wantsRound) this.#beginRound(nowMs);
    const removed = memberOf(state.configuration, state.brokerId) === undefined;
    if (removed && !this.changePending(state.configuration)) state.follow(state.term, null);
  }

  /** Entries of earlier terms are committed by one of this term after them, never by being counted (Raft paper 5.4.2, figure 8). */
  protected countsForCommit(index: number): boolean {
    return this.#state.tail.termAt(index) === this.#state.term;
  }

  startTransfer(to: BrokerId, nowMs: number): void {
    if (this.replication.of(to)?.voter !== true) return;
    this.transfer.start(to, nowMs);
    this.#offerTransfer();
  }

  /** The next leader is told as soon as it has the whole log. */
  #offerTransfer(): void {
    const { to } = this.transfer;
    if (to === null || this.#state.role !== 'leader') return;
    if (this.replication.of(to)?.matchIndex === this.#state.tail.last.index) {
      this.#state.send(to, { type: 'TIMEOUT_NOW', term: this.#state.term });
    }
  }

  connected(brokerId: BrokerId, nowMs: number): void {
    const progress = this.replication.of(brokerId);
    if (progress === undefined) return;
    progress.forget(this.#state.tail.last.index);
    this.replication.send(progress, nowMs);
  }

  disconnected(brokerId: BrokerId): void {
    const progress = this.replication.of(brokerId);
    progress?.forget(this.#state.tail.last.index);
    if (progress !== undefined) progress.paused = true;
  }

  /** Leads no longer. */
  close(): void {
    this.#reads.refuseAll(this.#state.output);
  }

  progress(): readonly MemberProgress[] {
    return [...this.replication.members].map(({ brokerId, voter, matchIndex, state, inFlightBytes, heardAtMs }) => ({
      brokerId,
      voter,
      matchIndex,
      state,
      inFlightBytes,
      heardAtMs,
    }));
  }
}
