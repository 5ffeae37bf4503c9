import { entryChecksum } from './checksum.ts';
import { decodeConfiguration } from './configuration.ts';
import type { CoreState } from './core-state.ts';
import { positionOf } from './log-tail.ts';
import type {
  BrokerId,
  CoreFault,
  GroupConfiguration,
  Heartbeat,
  LogEntry,
  LogPosition,
  Replicate,
  ReplicateAck,
  SnapshotOffer,
} from './types.ts';

/** Takes what the leader sends into the log (Raft paper 5.3) and answers for what is on the disk. */
export class Follower {
  readonly #state: CoreState;
  /** The leader and term that the rest is about. */
  #leaderId: BrokerId | null = null;
  #term = 0;
  /** Up to here this log is known to be equal to the leader's. */
  #receivedIndex = 0;
  /** The highest that the leader has said. */
  #leaderCommitIndex = 0;
  #readRound = 0;
  /** The disk has something to finish before the next answer. */
  #answerDue = false;

  constructor(state: CoreState) {
    this.#state = state;
  }

  replicate(from: BrokerId, message: Replicate): void {
    this.#hear(from, message.term, message.readRound);
    const { previous, entries } = message;
    const outcome = this.#accept(from, previous, entries);
    if (outcome === 'fault') return;
    if (outcome !== undefined) {
      this.#answer(false, outcome);
      return;
    }
    this.#receivedIndex = Math.max(this.#receivedIndex, previous.index + entries.length);
    this.#hearCommit(message.commitIndex);
    // What was just given to the disk is answered for when it is there: one answer for all that one flush has made durable.
    this.#answerDue = this.#receivedIndex > this.#state.disk.durableIndex;
    if (!this.#answerDue || entries.length === 0) this.#answer(true);
  }

  heartbeat(from: BrokerId, message: Heartbeat): void {
    this.#hear(from, message.term, message.readRound);
    const state = this.#state;
    for (const [brokerId, durableIndex] of Object.entries(message.durable)) {
      if (brokerId === state.brokerId) state.checkRemembered(durableIndex);
      else state.remember(brokerId, durableIndex);
    }
    this.#hearCommit(message.commitIndex);
    this.#answer(true);
  }

  /** The leader's log begins after what this one needs; where this one has that place too, it can go on from there instead. */
  snapshotOffer(from: BrokerId, message: SnapshotOffer): void {
    this.#hear(from, message.term, 0);
    if (this.acceptsSnapshot(message.position)) return;
    if (message.position.index <= this.#state.tail.last.index) this.#receivedIndex = Math.max(this.#receivedIndex, message.position.index);
    this.#answer(true);
  }

  /** See `ConsensusCore.acceptsSnapshot`. */
  acceptsSnapshot(position: LogPosition): boolean {
    const { commitIndex, tail, role } = this.#state;
    return role !== 'leader' && position.index > commitIndex && tail.termAt(position.index) !== position.term;
  }

  snapshotInstalled(position: LogPosition, configuration: GroupConfiguration): void {
    if (!this.acceptsSnapshot(position)) return;
    this.#state.installed(position, configuration);
    this.#receivedIndex = position.index;
    this.#answerDue = false;
    if (this.#follows) this.#answer(true);
  }

  /** More of the log is on the disk. */
  durable(): void {
    if (!this.#follows) return;
    this.#checkRecovered();
    if (!this.#answerDue) return;
    this.#answerDue = this.#receivedIndex > this.#state.disk.durableIndex;
    this.#answer(true);
  }

  /** Whether what this object knows is about the leader that there is. */
  get #follows(): boolean {
    return this.#state.leaderId !== null && this.#state.leaderId === this.#leaderId && this.#state.term === this.#term;
  }

  #hear(from: BrokerId, term: number, readRound: number): void {
    if (this.#term !== term || this.#leaderId !== from) {
      this.#leaderId = from;
      this.#term = term;
      this.#leaderCommitIndex = 0;
      this.#readRound = 0;
      this.#answerDue = false;
      this.#receivedIndex = 0;
    }
    this.#readRound = Math.max(this.#readRound, readRound);
    // Every leader's log holds what is committed (leader completeness, Raft paper 5.4).
    this.#receivedIndex = Math.max(this.#receivedIndex, this.#state.commitIndex);
  }

  #hearCommit(leaderCommitIndex: number): void {
    this.#leaderCommitIndex = Math.max(this.#leaderCommitIndex, leaderCommitIndex);
    this.#state.commit(Math.min(this.#leaderCommitIndex, this.#receivedIndex));
    this.#checkRecovered();
  }

  #checkRecovered(): void {
    const state = this.#state;
    if (!state.impaired) return;
    const caughtUp = Math.min(this.#receivedIndex, state.disk.durableIndex) >= this.#leaderCommitIndex;
    if (caughtUp && state.tail.termAt(this.#leaderCommitIndex) === state.term) state.recovered();
  }

  /** Checks entries against the log and takes in the new ones. @returns undefined: they are all in the log now. */
  #accept(from: BrokerId, previous: LogPosition, entries: readonly LogEntry[]): ReplicateAck['conflict'] | 'fault' | undefined {
    const state = this.#state;
    const { tail } = state;
    if (previous.index > tail.last.index) return { term: 0, index: tail.last.index + 1 };
    const term = tail.termAt(previous.index);
    // Below the beginning of the log everything is committed, so it is equal.
    if (term !== undefined && term !== previous.term) {
      if (previous.index <= state.commitIndex) return this.#fault('LOG_DIVERGED', from, previous.index);
      return { term, index: Math.max(tail.firstOfTermAt(previous.index), state.commitIndex + 1) };
    }
    if (differs(tail.positionAt(previous.index), previous)) return this.#fault('LOG_DIVERGED', from, previous.index);
    let before = previous;
    for (const entry of entries) {
      const refusal = this.#take(from, before, entry);
      if (refusal !== undefined) return refusal;
      before = positionOf(entry);
    }
    return undefined;
  }

  #take(from: BrokerId, before: LogPosition, entry: LogEntry): ReplicateAck['conflict'] | 'fault' | undefined {
    const state = this.#state;
    const { tail } = state;
    if (entry.index !== before.index + 1) return this.#damaged(from, before.index + 1);
    if (entry.index <= tail.compacted.index) return undefined;
    const held = tail.termAt(entry.index);
    if (held === entry.term) {
      return differs(tail.positionAt(entry.index), entry) ? this.#fault('LOG_DIVERGED', from, entry.index) : undefined;
    }
    if (held !== undefined && entry.index <= state.commitIndex) return this.#fault('LOG_DIVERGED', from, entry.index);
    const ordered = entry.term >= before.term && entry.term <= this.#term;
    if (!ordered || entry.checksum !== entryChecksum(before.checksum, entry)) return this.#damaged(from, entry.index);
    const configuration = entry.kind === 'configuration' ? configurationOf(entry) : undefined;
    if (configuration === null) return this.#fault('CONFIGURATION_INVALID', from, entry.index);
    if (held !== undefined) state.truncate(before);
    state.append(entry);
    if (configuration !== undefined) state.configurations.add(configuration);
    return undefined;
  }

  /** The leader is asked to send it again. */
  #damaged(from: BrokerId, index: number): ReplicateAck['conflict'] {
    this.#fault('CHECKSUM_MISMATCH', from, index);
    return { term: 0, index };
  }

  #fault(code: CoreFault['code'], from: BrokerId, index: number): 'fault' {
    this.#state.output.fault({ code, from, index });
    return 'fault';
  }

  #answer(ok: boolean, conflict?: ReplicateAck['conflict']): void {
    const state = this.#state;
    if (this.#leaderId === null) return;
    const matchIndex = Math.min(this.#receivedIndex, state.disk.durableIndex);
    const answer: ReplicateAck = {
      type: 'REPLICATE_ACK',
      term: state.term,
      ok,
      matchIndex,
      receivedIndex: this.#receivedIndex,
      readRound: this.#readRound,
      ...(conflict === undefined ? {} : { conflict }),
    };
    state.sendAfterVote(this.#leaderId, answer);
  }
}

/** Whether a place is known in full, and is another. */
function differs(known: LogPosition | undefined, other: LogPosition): boolean {
  return known !== undefined && known.checksum !== other.checksum;
}

/** null: it is none. */
function configurationOf(entry: LogEntry): GroupConfiguration | null {
  try {
    const configuration = decodeConfiguration(entry.data);
    return configuration.version === entry.index ? configuration : null;
  } catch {
    return null;
  }
}
