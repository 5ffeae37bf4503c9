import { SignalboxError } from '../../../../common/errors.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import { hasOtherVoters, type TimingProfile } from '../core/index.ts';
import type {
  BrokerId,
  CoreFault,
  CoreMessage,
  CoreStatus,
  GroupConfiguration,
  GroupId,
  LogPosition,
  MembershipChange,
} from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { DamagedLog, LogDiskSample, LogOpening, LogStore } from '../log/types.ts';
import type { GroupControl, GroupLoad, PeerReceiver, PeerSender } from '../peers/types.ts';
import type { StateStore } from '../state/types.ts';
import { BrokerFiles, type OpenFiles } from './broker-files.ts';
import { Chores } from './chores.ts';
import { changeRefused, groupUnknown, storageNotReady, tooManyGroups } from './engine-errors.ts';
import { Group, type GroupContext } from './group.ts';
import { GroupProblems } from './group-problems.ts';
import { newGroupId } from './ids.ts';
import { MessageTail } from './message-tail.ts';
import { transferLeadership } from './transfer.ts';

export interface EngineOptions {
  readonly brokerId: BrokerId;
  /** The node that runs the broker; null where there is none. */
  readonly nodeId: string | null;
  /** Where other brokers and clients find this one. */
  readonly address: () => { readonly host: string; readonly port: number };
  readonly createLog: () => LogStore;
  readonly createState: () => StateStore;
  readonly peers: PeerSender;
  readonly timing: TimingProfile;
  readonly random?: () => number;
  /** Monotonic, milliseconds. */
  readonly nowMs?: () => number;
  readonly logger: Logger;
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  readonly onRole: (groupId: GroupId, status: CoreStatus) => void;
}

const noPosition: LogPosition = { index: 0, term: 0, checksum: 0 };

/**
 * All groups of one broker over one log. A disk that refuses stops them all and is tried again until it takes what it is given; nothing
 * is acknowledged meanwhile, and nothing that was is lost.
 */
export class Engine implements PeerReceiver, GroupControl {
  readonly #options: EngineOptions;
  readonly #groups = new Map<GroupId, Group>();
  readonly #nowMs: () => number;
  readonly #problems: GroupProblems;
  readonly #files: BrokerFiles;
  #tail = new MessageTail(brokerLimits.tailBytes);
  #first: Promise<Group> | undefined;
  readonly #chores = new Chores(() => this.groups());

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#problems = new GroupProblems(options.problems, this.#nowMs);
    const { createLog, createState, problems, timing } = options;
    this.#files = new BrokerFiles({
      createLog,
      createState,
      stallMs: timing.electionMinMs,
      problems,
      onOpened: (files, opening) => this.#openAll(files, opening),
      onPersisted: (groupId, ticket) => this.#groups.get(groupId)?.driver.persisted(ticket),
      onFailed: () => {
        for (const { driver } of this.#groups.values()) driver.step({ type: 'diskFailed' });
      },
      onClosing: () => this.#closeGroups(),
      onStalled: () => this.#stalled(),
    });
  }

  get brokerId(): BrokerId {
    return this.#options.brokerId;
  }

  /** Why nothing can be stored now, for people; undefined: it can. */
  get failure(): string | undefined {
    return this.#files.failure;
  }

  get tailBytes(): number {
    return this.#tail.sizeBytes;
  }

  disk(): (LogDiskSample & { readonly stalledMs: number }) | undefined {
    return this.#files.disk();
  }

  /** @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL` */
  async start(): Promise<void> {
    await this.#files.start();
    this.#chores.start();
  }

  /** Hands its groups on where there is somebody to take them. Never rejects: who cannot be handed on is elected for. */
  async handOver(): Promise<void> {
    await Promise.allSettled(this.groups().map((group) => transferLeadership(group, undefined, this.#nowMs)));
  }

  /** Brings everything to the disk and closes it. */
  async stop(): Promise<void> {
    this.#chores.stop();
    await this.#files.stop();
  }

  /** @throws SignalboxError `STORAGE_FULL` while the disk cannot be used */
  requireOpen(): void {
    this.#files.require();
  }

  /** Whether another broker can be reached from here now. */
  isConnected(brokerId: BrokerId): boolean {
    return this.#options.peers.isConnected(brokerId);
  }

  /** Rates, lags and problems of all groups. Called about once a second. */
  sample(): void {
    for (const group of this.#groups.values()) group.sample();
    this.#problems.look(this.groups());
  }

  /** Whether there is a copy of a group here that cannot be used. */
  hasFailed(groupId: GroupId): boolean {
    return this.#problems.whyFailed(groupId) !== undefined;
  }

  groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  group(groupId: GroupId): Group | undefined {
    return this.#groups.get(groupId);
  }

  groupIds(): readonly GroupId[] {
    return [...this.#groups.keys()];
  }

  nowMs(): number {
    return this.#nowMs();
  }

  status(groupId: GroupId): CoreStatus | undefined {
    return this.#groups.get(groupId)?.driver.status();
  }

  load(groupId: GroupId): GroupLoad | undefined {
    const group = this.#groups.get(groupId);
    if (group === undefined) return undefined;
    const queues = group.driver.machine.queues();
    return {
      queues: queues.length,
      messages: queues.reduce((sum, { messages }) => sum + messages, 0),
      bytes: queues.reduce((sum, { bytes }) => sum + bytes, 0),
      ...group.rates.total(),
    };
  }

  /** Begins a group whose only member is this broker. Resolves when it serves. @throws SignalboxError `LIMIT`, `STORAGE_FULL` */
  async createGroup(): Promise<GroupId> {
    const groupId = newGroupId();
    const { log } = this.#begin();
    await log.createGroup(groupId, this.#alone(groupId), noPosition);
    await this.#serve(groupId);
    return groupId;
  }

  /** The group of a broker that has none: begun once, however many ask for it at once. Resolves when it serves. */
  firstGroup(): Promise<Group> {
    this.#first ??= this.#beginFirst().finally(() => {
      this.#first = undefined;
    });
    return this.#first;
  }

  async #beginFirst(): Promise<Group> {
    const groupId = await this.createGroup();
    const group = this.#groups.get(groupId);
    if (group === undefined) throw groupUnknown(groupId);
    return group;
  }

  /**
   * Begins a group with what a backup holds. Resolves when it serves.
   *
   * @throws SignalboxError `STORAGE_CORRUPT` it is no whole backup, `LIMIT`, `STORAGE_FULL`
   */
  async restore(path: string): Promise<Group> {
    const groupId = newGroupId();
    const { log, store } = this.#begin();
    const at = await store.restore(groupId, path);
    await log.createGroup(groupId, this.#alone(groupId), at);
    return await this.#serve(groupId);
  }

  async adopt(groupId: GroupId, configuration: GroupConfiguration): Promise<void> {
    if (this.#groups.has(groupId)) return;
    const { log } = this.#begin();
    await log.createGroup(groupId, configuration, noPosition);
    await this.#openNew(groupId);
  }

  async leave(groupId: GroupId): Promise<void> {
    const group = this.#groups.get(groupId);
    const { log, store, pump } = this.#files.require();
    this.#groups.delete(groupId);
    this.#options.peers.removeGroup(groupId);
    await group?.stop();
    await pump.drained();
    await log.removeGroup(groupId);
    await store.remove(groupId);
    this.#tail.forgetGroup(groupId);
    this.#problems.forget(groupId);
  }

  async changeMembership(groupId: GroupId, change: MembershipChange): Promise<{ readonly index: number }> {
    const group = this.#groups.get(groupId);
    if (group === undefined) throw groupUnknown(groupId);
    const outcome = await group.driver.changeMembership(change);
    if (!outcome.ok) throw changeRefused(groupId, outcome.code);
    return { index: outcome.index };
  }

  async transfer(groupId: GroupId, to: BrokerId | undefined): Promise<void> {
    const group = this.#groups.get(groupId);
    if (group === undefined) throw groupUnknown(groupId);
    await transferLeadership(group, to, this.#nowMs);
  }

  onMessage(from: BrokerId, groupId: GroupId, message: CoreMessage): void {
    this.#groups.get(groupId)?.driver.receive(from, message);
  }

  onConnected(brokerId: BrokerId): void {
    for (const { driver } of this.#groups.values()) driver.step({ type: 'connected', brokerId });
  }

  onDisconnected(brokerId: BrokerId): void {
    for (const { driver } of this.#groups.values()) driver.step({ type: 'disconnected', brokerId });
  }

  async installSnapshot(
    groupId: GroupId,
    path: string,
    sha256: string,
    position: LogPosition,
    configuration: GroupConfiguration,
  ): Promise<void> {
    const group = this.#groups.get(groupId);
    if (group === undefined) throw groupUnknown(groupId);
    await group.install({ path, sha256, position, configuration });
  }

  /** The files, if there is room for one more group. */
  #begin(): OpenFiles {
    const files = this.#files.require();
    if (this.#groups.size >= brokerLimits.groups) throw tooManyGroups();
    return files;
  }

  /** Members of a group that begins here. */
  #alone(groupId: GroupId): GroupConfiguration {
    const { brokerId, nodeId, address } = this.#options;
    return { groupId, version: 0, members: [{ brokerId, voter: true, nodeId, ...address() }] };
  }

  /** Opens a group of this broker alone, and waits until it serves. */
  async #serve(groupId: GroupId): Promise<Group> {
    const group = await this.#openNew(groupId);
    await group.serving();
    return group;
  }

  /** A group whose log was just begun. */
  async #openNew(groupId: GroupId): Promise<Group> {
    const files = this.#files.require();
    try {
      await this.#openGroup(files, groupId);
    } catch (error) {
      // The log has it: it is opened with all others when the disk takes what it is given.
      this.#files.failed(error);
      throw error;
    }
    const group = this.#groups.get(groupId);
    if (group === undefined) throw storageNotReady(this.#problems.whyFailed(groupId));
    return group;
  }

  async #openAll(files: OpenFiles, { images, damaged }: LogOpening): Promise<void> {
    for (const each of damaged) await this.#openDamaged(files, each);
    for (const { groupId } of images) await this.#openGroup(files, groupId);
  }

  /** A log that is damaged in its middle goes on with what is before, where others can bring the rest; alone it is left as it is. */
  async #openDamaged(files: OpenFiles, { groupId, index, detail, configuration }: DamagedLog): Promise<void> {
    this.#options.logger.error('broker.logDamaged', 'The log of a group is damaged.', { groupId, index, detail });
    if (index === 0 || configuration === null || !hasOtherVoters(configuration, this.brokerId)) {
      this.#problems.failed(groupId, detail);
      return;
    }
    await files.log.cutDamage(groupId);
    await this.#openGroup(files, groupId);
  }

  /** A group that cannot be opened does not keep the others from it. @throws SignalboxError `STORAGE_FULL`: none can be opened now */
  async #openGroup(files: OpenFiles, groupId: GroupId): Promise<void> {
    try {
      const group = await Group.open(this.#contextOf(files), await files.log.image(groupId));
      this.#groups.set(groupId, group);
      this.#problems.forget(groupId);
      group.start();
    } catch (error) {
      if (error instanceof SignalboxError && error.code === 'STORAGE_FULL') throw error;
      this.#groupFailed(groupId, error);
    }
  }

  #contextOf(files: OpenFiles): GroupContext {
    const { brokerId, peers, timing, random = Math.random } = this.#options;
    return {
      ...files,
      brokerId,
      tail: this.#tail,
      peers,
      timing,
      random,
      nowMs: this.#nowMs,
      onChanged: (groupId) => this.#changed(groupId),
      onGroupFailed: (groupId, error) => this.#groupFailed(groupId, error),
      onFault: (groupId, fault) => this.#faulty(groupId, fault),
      onStateSetAside: (groupId, path, error) =>
        this.#options.logger.warn('broker.stateRebuilt', 'The state of a group could not be read and is made anew; the file is kept.', {
          groupId,
          path,
          error,
        }),
      onStorageFailed: (error) => this.#files.failed(error),
    };
  }

  async #closeGroups(): Promise<void> {
    await Promise.all(this.groups().map((group) => group.stop()));
    this.#groups.clear();
    this.#tail = new MessageTail(brokerLimits.tailBytes);
  }

  #faulty(groupId: GroupId, fault: CoreFault): void {
    this.#options.logger.error('broker.logFault', 'What another broker sent does not fit the log here; it was refused.', {
      groupId,
      ...fault,
    });
    if (fault.code === 'LOG_DIVERGED') this.#problems.diverged(groupId, fault);
  }

  #groupFailed(groupId: GroupId, error: unknown): void {
    this.#options.logger.error('broker.groupFailed', 'A group cannot go on here.', { groupId, error });
    this.#problems.failed(groupId, error instanceof Error ? error.message : String(error));
  }

  #changed(groupId: GroupId): void {
    const group = this.#groups.get(groupId);
    if (group === undefined) return;
    group.noteChange();
    this.#options.onRole(groupId, group.driver.status());
  }

  /** One that is alone in its group leads on: it has nobody to give way to. */
  #stalled(): void {
    for (const { driver } of this.#groups.values())
      if (hasOtherVoters(driver.status().configuration, this.brokerId)) driver.step({ type: 'diskStalled' });
  }
}
