import type { CoreState } from './core-state.ts';
import { entryBytes, positionOf } from './log-tail.ts';
import { Progress } from './progress.ts';
import type { BrokerId, LogEntry, LogPosition, ReplicateAck } from './types.ts';

/**
 * Brings a leader's log to every member (Raft paper 5.3), each at its own pace: without waiting for answers while a member keeps up, within
 * bounds of what may be on the way; by probes where it is not known what a member has; by a snapshot where the log no longer has it.
 */
export class Replication {
  readonly #state: CoreState;
  readonly #members = new Map<BrokerId, Progress>();
  /** The entries sent last: members that are level with each other get the same array, so that its host can encode it once. */
  #slice: { readonly fromIndex: number; readonly lastIndex: number; readonly entries: readonly LogEntry[] } | undefined;

  constructor(state: CoreState) {
    this.#state = state;
    this.configurationChanged();
  }

  get members(): IterableIterator<Progress> {
    return this.#members.values();
  }

  of(brokerId: BrokerId): Progress | undefined {
    return this.#members.get(brokerId);
  }

  /** Follows the members of the configuration that counts. */
  configurationChanged(): void {
    const { configuration, brokerId, tail, limits } = this.#state;
    const ids = new Set(configuration.members.map((member) => member.brokerId));
    for (const id of this.#members.keys()) if (!ids.has(id)) this.#members.delete(id);
    for (const member of configuration.members) {
      if (member.brokerId === brokerId) continue;
      const known = this.#members.get(member.brokerId);
      if (known !== undefined) known.voter = member.voter;
      else this.#members.set(member.brokerId, new Progress(member.brokerId, member.voter, tail.last.index + 1, limits.messageBytes));
    }
  }

  /** Sends to every member what it may be sent. */
  sendAll(nowMs: number): void {
    for (const progress of this.#members.values()) this.send(progress, nowMs);
  }

  send(progress: Progress, nowMs: number): void {
    if (progress.loading) return;
    if (progress.state === 'probing') {
      if (!progress.paused) this.#sendNext(progress, nowMs);
      return;
    }
    while (progress.state === 'replicating' && this.#hasMore(progress) && this.#sendNext(progress, nowMs));
  }

  #hasMore(progress: Progress): boolean {
    return progress.nextIndex <= this.#state.tail.last.index && progress.hasRoom(this.#state.limits);
  }

  /** False: nothing more can be sent to it now. */
  #sendNext(progress: Progress, nowMs: number): boolean {
    const { tail } = this.#state;
    const previous = tail.positionAt(progress.nextIndex - 1);
    const entries = previous === undefined ? undefined : this.#entriesFrom(progress.nextIndex);
    if (previous !== undefined && entries !== undefined) {
      this.#sendEntries(progress, previous, entries);
      return true;
    }
    if (progress.nextIndex <= tail.compacted.index) this.#offerSnapshot(progress, nowMs);
    else this.#load(progress);
    return false;
  }

  #entriesFrom(fromIndex: number): readonly LogEntry[] | undefined {
    const { tail, limits } = this.#state;
    if (fromIndex > tail.last.index) return [];
    if (this.#slice?.fromIndex === fromIndex && this.#slice.lastIndex === tail.last.index) return this.#slice.entries;
    const entries = tail.slice(fromIndex, limits.messageBytes);
    if (entries !== undefined) this.#slice = { fromIndex, lastIndex: tail.last.index, entries };
    return entries;
  }

  #sendEntries(progress: Progress, previous: LogPosition, entries: readonly LogEntry[]): void {
    const state = this.#state;
    // Before the own flush: the disks of all work at once (Raft thesis 10.2.1).
    state.send(progress.brokerId, {
      type: 'REPLICATE',
      term: state.term,
      previous,
      entries,
      commitIndex: state.commitIndex,
      readRound: 0,
    });
    let bytes = 0;
    for (const entry of entries) bytes += entryBytes(entry);
    progress.sent(previous.index + entries.length, bytes);
  }

  #offerSnapshot(progress: Progress, nowMs: number): void {
    // Not to one that is perhaps not there: its next answer asks again.
    progress.paused = true;
    if (!this.isHeard(progress, nowMs)) return;
    const state = this.#state;
    progress.awaitSnapshot();
    state.output.snapshot(progress.brokerId);
    state.send(progress.brokerId, { type: 'SNAPSHOT_OFFER', term: state.term, position: state.tail.compacted });
  }

  /** Asks for the entry before, too, whose term and checksum go with what follows. */
  #load(progress: Progress): void {
    const { tail, output } = this.#state;
    progress.loading = true;
    const before = progress.nextIndex - 1;
    output.load(progress.brokerId, before > tail.compacted.index ? before : progress.nextIndex, progress.loadBytes);
  }

  /** Entries came from the disk. */
  loaded(progress: Progress, entries: readonly LogEntry[], nowMs: number): void {
    const { tail, limits } = this.#state;
    progress.loading = false;
    const first = entries[0];
    if (first === undefined) {
      progress.paused = true;
      return;
    }
    const own = entries.filter((entry) => tail.termAt(entry.index) === entry.term);
    const before = own.find((entry) => entry.index === progress.nextIndex - 1);
    const previous = before === undefined ? tail.positionAt(progress.nextIndex - 1) : positionOf(before);
    const next = own.filter((entry) => entry.index >= progress.nextIndex);
    // More is asked for until the entry that is wanted comes along with the one before.
    progress.loadBytes = next.length === 0 ? Math.min(progress.loadBytes * 2, 64 * limits.messageBytes) : limits.messageBytes;
    const waits = progress.state === 'snapshot' || progress.paused;
    if (!waits && previous !== undefined && next[0]?.index === progress.nextIndex) this.#sendEntries(progress, previous, next);
    this.send(progress, nowMs);
  }

  /** With a round of heartbeats: what every member has been sent by now, and another probe where the last one may be lost. */
  beforeRound(nowMs: number): void {
    for (const progress of this.#members.values()) {
      progress.sentBeforeRound = progress.state === 'replicating' ? progress.nextIndex - 1 : 0;
      if (progress.state === 'probing' && progress.paused && this.isHeard(progress, nowMs)) {
        progress.paused = false;
        this.send(progress, nowMs);
      }
    }
  }

  isHeard(progress: Progress, nowMs: number): boolean {
    return progress.heardAtMs !== null && nowMs - progress.heardAtMs <= this.#state.timing.electionMaxMs;
  }

  /** An answer of this term. True when it tells that more is on the disk of the member. */
  answered(progress: Progress, message: ReplicateAck, round: number, nowMs: number): boolean {
    const { tail } = this.#state;
    const firstHeard = !this.isHeard(progress, nowMs);
    progress.heardAtMs = nowMs;
    if (message.matchIndex > tail.last.index) return false;
    const news = progress.matched(message.matchIndex);
    if (!message.ok) this.#refused(progress, message);
    else if (progress.state === 'snapshot') {
      if (progress.matchIndex >= tail.compacted.index) progress.probe(progress.matchIndex + 1);
    } else if (progress.state === 'probing') {
      if (message.receivedIndex >= progress.nextIndex - 1) progress.replicate();
      else if (firstHeard) progress.paused = false;
    } else if (message.readRound === round && message.receivedIndex < progress.sentBeforeRound) {
      // It answers a heartbeat and does not know what went before it.
      progress.probe(message.receivedIndex + 1);
    }
    progress.answeredRound = Math.max(progress.answeredRound, message.readRound);
    this.send(progress, nowMs);
    return news;
  }

  /** The logs differ there, or the member's is shorter: goes back a term at a time (Raft paper 5.3, end). */
  #refused(progress: Progress, { conflict }: ReplicateAck): void {
    if (progress.state === 'snapshot' || conflict === undefined) return;
    const own = conflict.term === 0 ? undefined : this.#state.tail.lastOfTerm(conflict.term);
    const hint = own !== undefined && own >= conflict.index && own < progress.nextIndex - 1 ? own + 1 : conflict.index;
    // An answer to an older probe says nothing new.
    if (hint < progress.nextIndex) progress.probe(hint);
  }

  /** The way of a snapshot has ended. */
  snapshotSent(progress: Progress, position: LogPosition, ok: boolean, nowMs: number): void {
    if (progress.state !== 'snapshot') return;
    progress.probe(ok ? position.index + 1 : progress.nextIndex);
    if (ok) this.send(progress, nowMs);
    else progress.paused = true;
  }
}
