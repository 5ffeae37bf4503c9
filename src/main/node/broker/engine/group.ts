import { SignalboxError } from '../../../../common/errors.ts';
import { createCore, hasOtherVoters, type TimingProfile } from '../core/index.ts';
import type { BrokerId, CoreFault, GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import { isGuardLost } from '../log/log-guard.ts';
import type { LogImage, LogStore } from '../log/types.ts';
import { QueueMachine } from '../machine/index.ts';
import type { PeerSender } from '../peers/types.ts';
import type { SnapshotFile, StateImage, StateStore } from '../state/types.ts';
import { GroupDriver } from './group-driver.ts';
import { LogCutter } from './log-cutter.ts';
import type { LogPump } from './log-pump.ts';
import { MessageReader } from './message-reader.ts';
import type { MessageTail } from './message-tail.ts';
import { QueueRates } from './queue-rates.ts';
import type { ReceivedSnapshot } from './received-snapshot.ts';
import { SnapshotOffers } from './snapshot-offers.ts';
import { StateWriter } from './state-writer.ts';

/** What all groups of a broker share. */
export interface GroupContext {
  readonly brokerId: BrokerId;
  readonly log: LogStore;
  readonly store: StateStore;
  readonly pump: LogPump;
  readonly tail: MessageTail;
  readonly peers: PeerSender;
  readonly timing: TimingProfile;
  readonly random: () => number;
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  readonly onChanged: (groupId: GroupId) => void;
  /** The group cannot go on: what it holds is left as it is. */
  readonly onGroupFailed: (groupId: GroupId, error: unknown) => void;
  readonly onFault: (groupId: GroupId, fault: CoreFault) => void;
  /** A state that could not be read was kept at a path; the group begins anew with what the log or the other brokers have. */
  readonly onStateSetAside: (groupId: GroupId, path: string, error: unknown) => void;
  /** The disk refused a state file: all groups begin anew. */
  readonly onStorageFailed: (error: unknown) => void;
}

/** A replica of a group in this broker: its driver with log, state file and snapshots. */
export class Group {
  readonly groupId: GroupId;
  readonly driver: GroupDriver;
  readonly reader: MessageReader;
  readonly rates = new QueueRates();
  /** What was kept of how far the log once was is gone. */
  readonly isGuardLost: boolean;
  readonly #context: GroupContext;
  readonly #stateWriter: StateWriter;
  readonly #cutter: LogCutter;
  readonly #snapshots: SnapshotOffers;
  #leaderId: BrokerId | null = null;
  #leaderSinceMs: number | null = null;
  readonly #lagSince = new Map<BrokerId, number>();
  #whenServing: (() => void)[] = [];
  #stopped = false;

  private constructor(context: GroupContext, image: LogImage, machine: QueueMachine, applied: LogPosition) {
    const { groupId } = image;
    const { log, store, pump, tail, peers, nowMs } = context;
    const appliedIndex = applied.index;
    this.groupId = groupId;
    this.isGuardLost = isGuardLost(image);
    this.#context = context;
    this.reader = new MessageReader({ groupId, tail, store });
    tail.stored(groupId, appliedIndex);
    this.#stateWriter = new StateWriter({
      groupId,
      store,
      collectRows: () => this.driver.machine.collectRows(),
      onStored: (index) => tail.stored(groupId, index),
      onFailed: context.onStorageFailed,
    });
    this.driver = new GroupDriver({
      groupId,
      core: createCore({
        brokerId: context.brokerId,
        image,
        appliedIndex,
        timing: context.timing,
        random: context.random,
        nowMs: nowMs(),
      }),
      machine,
      applied,
      log,
      pump,
      stateWriter: this.#stateWriter,
      tail,
      peers,
      nowMs,
      onChanged: () => context.onChanged(groupId),
      onFailed: (error) => context.onGroupFailed(groupId, error),
      onFault: (fault) => context.onFault(groupId, fault),
      onSnapshotWanted: (brokerId) => void this.#snapshots.offer(brokerId),
    });
    this.#cutter = new LogCutter({
      groupId,
      log,
      store,
      status: () => this.driver.status(),
      loggedBytes: () => this.driver.counters.loggedBytes,
      onCut: (position) => this.driver.step({ type: 'compacted', position }),
      onFailed: context.onStorageFailed,
    });
    this.#snapshots = new SnapshotOffers({
      groupId,
      store,
      peers,
      make: () => this.#snapshot(),
      cutIndex: () => this.#cutter.cutIndex,
      onSent: (to, position, ok) => this.driver.step({ type: 'snapshotSent', to, position, ok }),
      onFailed: context.onStorageFailed,
    });
  }

  /**
   * Makes a replica of what is on the disk. It does nothing before {@link start}.
   *
   * @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`
   */
  static async open(context: GroupContext, image: LogImage): Promise<Group> {
    const { log } = context;
    const { groupId } = image;
    const { state, machine } = await loadState(context, image);
    if (state.applied.index < image.compacted.index && !hasOtherVoters(image.configuration, context.brokerId)) throw stateLost(groupId);
    if (isOneHistory(image, state.applied)) return new Group(context, image, machine, state.applied);
    // A power cut took the end of the log and not that of the state, because others had committed it before the flush here had ended; or a
    // snapshot had taken the place of the state, and not yet that of the log. Or the state is an old one: then the others bring what is
    // missing, and the guard of the log keeps it from voting until they have.
    await log.restart(groupId, state.applied, newer(state.configuration, image.configuration));
    return new Group(context, await log.image(groupId), machine, state.applied);
  }

  /** Milliseconds since the epoch, of the leader that is known; null: none. */
  get leaderSinceMs(): number | null {
    return this.#leaderSinceMs;
  }

  /** Silence after which a member counts as gone, milliseconds. */
  get inactiveAfterMs(): number {
    return this.#context.timing.electionMaxMs;
  }

  start(): void {
    this.driver.start();
  }

  /** Resolves when this broker leads the group and may serve. */
  serving(): Promise<void> {
    if (this.driver.serves) return Promise.resolve();
    return new Promise((resolve) => this.#whenServing.push(resolve));
  }

  /** Role, term, leader, members or readiness have changed. */
  noteChange(): void {
    const { leaderId } = this.driver.status();
    if (leaderId !== this.#leaderId) {
      this.#leaderId = leaderId;
      this.#leaderSinceMs = leaderId === null ? null : Date.now();
    }
    if (!this.driver.serves) return;
    const waiting = this.#whenServing;
    this.#whenServing = [];
    for (const resolve of waiting) resolve();
  }

  /** Since when a member lacks entries that the leader has, milliseconds since the epoch; null: it does not, or that is not known here. */
  lagSinceMs(brokerId: BrokerId): number | null {
    return this.#lagSince.get(brokerId) ?? null;
  }

  /** Called about once a second. */
  sample(): void {
    const { driver, rates } = this;
    rates.sample(this.#context.nowMs(), driver.machine.queues());
    const { role, members, last } = driver.status();
    const behind = role === 'leader' ? members.filter(({ matchIndex }) => matchIndex < last.index).map(({ brokerId }) => brokerId) : [];
    for (const brokerId of this.#lagSince.keys()) if (!behind.includes(brokerId)) this.#lagSince.delete(brokerId);
    for (const brokerId of behind) if (!this.#lagSince.has(brokerId)) this.#lagSince.set(brokerId, Date.now());
  }

  /** What two replicas must have in common when they have applied the same index. */
  fingerprint(): Readonly<Record<string, unknown>> {
    return { applied_checksum: this.driver.appliedChecksum, state_checksum: this.driver.machine.stateHash() };
  }

  /** Cuts the log where it is no longer needed. Never rejects. */
  async look(): Promise<void> {
    if (this.#stopped) return;
    await this.#cutter.look();
    await this.#snapshots.look().catch(this.#context.onStorageFailed);
  }

  /** Stops the replica and brings into its state file what was applied. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#snapshots.stop();
    this.driver.stop();
    await this.#stateWriter.drained();
  }

  /**
   * Writes a copy of the state to a file, while work goes on.
   *
   * @throws SignalboxError `CONFLICT` a file is there, `STORAGE_FULL`
   */
  async backup(path: string): Promise<SnapshotFile> {
    await this.#stateWriter.drained();
    return this.#context.store.export(this.groupId, this.driver.configurationAt(this.driver.appliedIndex), path);
  }

  /** With the members as of its place in the log: one that is not committed yet must not become the base of another replica. */
  async #snapshot(): Promise<SnapshotFile> {
    await this.#stateWriter.drained();
    const file = await this.#context.store.snapshot(this.groupId, this.driver.configurationAt(this.driver.appliedIndex));
    return { ...file, configuration: this.driver.configurationAt(file.position.index) };
  }

  /**
   * Puts a snapshot in the place of state and log, when it is ahead of them.
   *
   * @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`
   */
  async install({ path, sha256, position, configuration }: ReceivedSnapshot): Promise<void> {
    const { store, log, tail, pump } = this.#context;
    const { groupId } = this;
    let replaced = false;
    this.driver.pause();
    try {
      await pump.drained();
      this.driver.applyNow();
      await this.#stateWriter.drained();
      if (!this.driver.acceptsSnapshot(position)) {
        this.driver.resume({ type: 'tick' });
        return;
      }
      const state = await store.install(groupId, path, sha256);
      replaced = true;
      await log.restart(groupId, state.applied, configuration);
      tail.forgetGroup(groupId);
      tail.stored(groupId, state.applied.index);
      this.driver.installed(QueueMachine.restore(state.rows), state.applied);
      this.driver.resume({ type: 'snapshotInstalled', position, configuration });
    } catch (error) {
      // The state file is the new one, the log is not: all is opened anew, which puts the log behind the state.
      if (replaced) this.#context.onStorageFailed(error);
      else this.driver.resume({ type: 'tick' });
      throw error;
    }
  }
}

interface LoadedState {
  readonly state: StateImage;
  readonly machine: QueueMachine;
}

/**
 * The state of a group as its file has it. One that cannot be read is begun anew where it follows from what is elsewhere: from a log that
 * still has its first entry, or from the other brokers. They must be able to elect a leader without this one, which has no vote meanwhile:
 * otherwise nobody brought it anything, and what its log holds were given up for nothing.
 */
async function loadState(context: GroupContext, { groupId, compacted, configuration }: LogImage): Promise<LoadedState> {
  const { brokerId, store, onStateSetAside } = context;
  const load = async (): Promise<LoadedState> => {
    const state = await store.open(groupId);
    return { state, machine: QueueMachine.restore(state.rows) };
  };
  try {
    return await load();
  } catch (error) {
    const isDamaged = error instanceof SignalboxError && error.code === 'STORAGE_CORRUPT';
    if (!isDamaged || (compacted.index > 0 && !othersDecide(configuration, brokerId))) throw error;
    onStateSetAside(groupId, await store.setAside(groupId), error);
    return load();
  }
}

function othersDecide({ members }: GroupConfiguration, selfId: BrokerId): boolean {
  const voters = members.filter(({ voter }) => voter);
  return voters.filter(({ brokerId }) => brokerId !== selfId).length > voters.length / 2;
}

/** Whether a log holds the place of a state: same index, and same term there, which is one and the same history (Raft's log matching). */
function isOneHistory({ compacted, last, terms }: LogImage, applied: LogPosition): boolean {
  if (applied.index > last.index || applied.index < compacted.index) return false;
  if (applied.index === compacted.index) return applied.term === compacted.term;
  return terms.findLast(({ firstIndex }) => firstIndex <= applied.index)?.term === applied.term;
}

function newer(one: GroupConfiguration | null, other: GroupConfiguration): GroupConfiguration {
  return one !== null && one.version > other.version ? one : other;
}

function stateLost(groupId: GroupId): SignalboxError {
  return new SignalboxError(
    'STORAGE_CORRUPT',
    `The state file of group ${groupId} is older than the beginning of its log: messages in between are missing. Put the file back, or restore a backup.`,
    { executed: 'no', retryable: false },
  );
}
