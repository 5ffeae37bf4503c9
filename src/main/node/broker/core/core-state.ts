import { entryChecksum } from './checksum.ts';
import { ConfigurationHistory, memberOf } from './configuration.ts';
import { DiskProgress } from './disk-progress.ts';
import { LogTail } from './log-tail.ts';
import { type CoreLimits, type CoreOptions, coreLimits, type TimingProfile } from './options.ts';
import { StepOutput } from './step-output.ts';
import type { BrokerId, CoreMessage, EntryKind, GroupConfiguration, LogEntry, LogPosition } from './types.ts';

/** What every part of a core works on (Raft paper, figure 2), and the few things that all of them do with it. */
export class CoreState {
  readonly brokerId: BrokerId;
  readonly timing: TimingProfile;
  readonly limits: CoreLimits;
  readonly random: () => number;
  readonly tail: LogTail;
  readonly configurations: ConfigurationHistory;
  readonly disk: DiskProgress;
  /** Of the step that goes on. */
  output = new StepOutput();
  role: 'leader' | 'follower' | 'candidate' = 'follower';
  leaderId: BrokerId | null = null;
  /** When the leader of this term was last heard. */
  heardLeaderAtMs = Number.NEGATIVE_INFINITY;
  commitIndex: number;
  /** What of the log each other member is known to have had on its disk: acknowledged and committed, so never to be taken back. */
  readonly #remembered = new Map<BrokerId, number>();
  #term: number;
  #votedFor: BrokerId | null;
  #impaired: boolean;
  /** Newest configuration that the disk knew of, though its log may begin before it again. */
  readonly #knownVersion: number;
  /** The last entry given out as committed. */
  #deliveredIndex: number;
  /** Entries for `committed` are on their way from the disk. */
  #loading = false;

  constructor(options: CoreOptions) {
    const { image } = options;
    this.brokerId = options.brokerId;
    this.timing = options.timing;
    this.limits = { ...coreLimits, ...options.limits };
    this.random = options.random;
    this.tail = new LogTail(image.compacted, image.last, image.terms);
    this.configurations = new ConfigurationHistory(image.configurations, image.configuration);
    this.disk = new DiskProgress(image.last.index);
    this.commitIndex = Math.max(options.appliedIndex, image.compacted.index);
    this.#deliveredIndex = this.commitIndex;
    this.#term = image.hardState.term;
    this.#votedFor = image.hardState.votedFor;
    this.#impaired = image.impaired;
    this.#knownVersion = Math.max(image.configuration.version, ...image.configurations.map(({ version }) => version));
  }

  get term(): number {
    return this.#term;
  }

  get votedFor(): BrokerId | null {
    return this.#votedFor;
  }

  get configuration(): GroupConfiguration {
    return this.configurations.current;
  }

  /** In the order of their ids. */
  get voters(): readonly BrokerId[] {
    return this.configurations.voters;
  }

  get isVoter(): boolean {
    return this.voters.includes(this.brokerId);
  }

  /**
   * Whether it may stand. One that was removed still may until that is known to be committed: the others may need it as the only one that has
   * the entry that removes it (Raft thesis 4.2.2). Its own vote does not count then.
   */
  get mayLead(): boolean {
    if (this.isVoter) return true;
    const { previous, current } = this.configurations;
    return current.version > this.commitIndex && previous !== undefined && memberOf(previous, this.brokerId)?.voter === true;
  }

  /**
   * Whether it may not vote. A group's only voter may: nobody has what it has lost. One that gets the log from its beginning again was the
   * only voter once, and is not now.
   */
  get impaired(): boolean {
    const isOnlyVoter = this.voters.length === 1 && this.isVoter && this.configuration.version >= this.#knownVersion;
    return this.#impaired && !isOnlyVoter;
  }

  /** Votes that decide: more than half. */
  get quorum(): number {
    return Math.floor(this.voters.length / 2) + 1;
  }

  /** What is remembered of a member's durable index. */
  rememberedOf(brokerId: BrokerId): number {
    return this.#remembered.get(brokerId) ?? 0;
  }

  /** @param durableIndex Committed too: what is not may still be cut off, and is then missing for a good reason. */
  remember(brokerId: BrokerId, durableIndex: number): void {
    if (memberOf(this.configuration, brokerId) === undefined) this.#remembered.delete(brokerId);
    else this.#remembered.set(brokerId, Math.max(this.rememberedOf(brokerId), durableIndex));
  }

  /** Somebody remembers more of this broker's log than its disk holds: it has lost what it acknowledged (queue.md 6, item 4). */
  checkRemembered(durableIndex: number): void {
    if (durableIndex > this.tail.last.index) this.#impaired = true;
  }

  /**
   * Its log on the disk holds everything that its leader has committed, of the leader's own term too, and so all that was ever committed
   * (leader completeness, Raft paper 5.4): whatever its disk lost is back. Or it leads as the only voter: its log is all there is.
   */
  recovered(): void {
    if (!this.#impaired) return;
    this.#impaired = false;
    this.output.recovered = true;
  }

  /** Goes to a term and, in it, to a vote; both on the disk with the write of this step. */
  setVote(term: number, votedFor: BrokerId | null): void {
    if (term === this.#term && votedFor === this.#votedFor) return;
    this.#term = term;
    this.#votedFor = votedFor;
    this.output.hardStateChanged = true;
    this.disk.voteChanged();
  }

  /** Becomes a follower, in a new term (without a vote yet) or in this one. */
  follow(term: number, leaderId: BrokerId | null): void {
    if (term > this.#term) this.setVote(term, null);
    this.role = 'follower';
    this.leaderId = leaderId;
  }

  send(to: BrokerId, message: CoreMessage): void {
    this.output.send(to, message);
  }

  /** Of a message that promises something about term or vote: not before they are on the disk. */
  sendAfterVote(to: BrokerId, message: CoreMessage): void {
    this.output.send(to, message, this.disk.voteTicket);
  }

  /** A new entry at the end of the log, of this term; a leader's only. */
  appendOwn(kind: EntryKind, data: Uint8Array): LogEntry {
    const { last } = this.tail;
    const bare = { index: last.index + 1, term: this.#term, kind, data };
    const entry: LogEntry = { ...bare, checksum: entryChecksum(last.checksum, bare) };
    this.append(entry);
    return entry;
  }

  append(entry: LogEntry): void {
    this.tail.append(entry);
    this.output.append(entry);
  }

  /** Cuts off the log after this place. */
  truncate(to: LogPosition): void {
    this.tail.truncate(to);
    this.disk.truncated(to.index);
    this.configurations.truncate(to.index + 1);
    this.output.truncateFrom = to.index + 1;
  }

  /** All up to here is committed. */
  commit(index: number): void {
    if (index <= this.commitIndex) return;
    this.commitIndex = index;
    this.deliver();
  }

  /** Gives out what is committed and on the own disk, so that the applied state is never ahead of the log it came from. */
  deliver(): void {
    const target = Math.min(this.commitIndex, this.disk.durableIndex);
    while (this.#deliveredIndex < target) {
      const entry = this.tail.entryAt(this.#deliveredIndex + 1);
      if (entry === undefined) {
        if (!this.#loading) this.output.load(this.brokerId, this.#deliveredIndex + 1, this.limits.messageBytes);
        this.#loading = true;
        return;
      }
      this.output.commit(entry);
      this.#deliveredIndex = entry.index;
    }
  }

  /** Entries for `committed` came from the disk. None: they are asked for again with the next tick. */
  delivered(entries: readonly LogEntry[]): void {
    this.#loading = false;
    const target = Math.min(this.commitIndex, this.disk.durableIndex);
    for (const entry of entries) {
      if (entry.index !== this.#deliveredIndex + 1 || entry.index > target) continue;
      this.output.commit(entry);
      this.#deliveredIndex = entry.index;
    }
    if (entries.length > 0) this.deliver();
  }

  /** State and log begin anew after a snapshot. */
  installed(position: LogPosition, configuration: GroupConfiguration): void {
    this.tail.reset(position);
    this.disk.reset(position.index);
    this.configurations.reset(configuration);
    this.commitIndex = position.index;
    this.#deliveredIndex = position.index;
    this.#loading = false;
  }
}
