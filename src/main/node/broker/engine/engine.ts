import { toErrorShape } from '../../../../common/errors.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import type { TimingProfile } from '../core/index.ts';
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
import type { DamagedLog, LogDiskSample, LogStore } from '../log/types.ts';
import { encodeCommand } from '../machine/index.ts';
import type { GroupControl, GroupLoad, PeerReceiver, PeerSender } from '../peers/types.ts';
import type { StateStore } from '../state/types.ts';
import { changeRefused, groupUnknown, storageNotReady, tooManyGroups } from './engine-errors.ts';
import { Group, type GroupContext } from './group.ts';
import { GroupProblems } from './group-problems.ts';
import { newGroupId } from './ids.ts';
import { LogPump } from './log-pump.ts';
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
  readonly #failedGroups = new Map<GroupId, string>();
  readonly #nowMs: () => number;
  readonly #problems: GroupProblems;
  #log: LogStore | undefined;
  #store: StateStore | undefined;
  #context: GroupContext | undefined;
  #pump: LogPump | undefined;
  #tail = new MessageTail(brokerLimits.tailBytes);
  #failure: string | undefined;
  #first: Promise<Group> | undefined;
  #reopening: Promise<void> | undefined;
  #stopping = false;
  #stalled = false;
  #timers: NodeJS.Timeout[] = [];
  #reopenTimer: NodeJS.Timeout | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#problems = new GroupProblems(options.problems, this.#nowMs);
  }

  get brokerId(): BrokerId {
    return this.#options.brokerId;
  }

  /** Why nothing can be stored now, for people; undefined: it can. */
  get failure(): string | undefined {
    return this.#failure;
  }

  get tailBytes(): number {
    return this.#tail.sizeBytes;
  }

  disk(): (LogDiskSample & { readonly stalledMs: number }) | undefined {
    return this.#log === undefined ? undefined : { ...this.#log.sample(), stalledMs: this.#log.stalledMs() };
  }

  /** @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL` */
  async start(): Promise<void> {
    await this.#open();
    this.#timers = [
      setInterval(() => this.#lookForStall(), brokerLimits.stallLookEveryMs),
      setInterval(() => void this.#lookForCuts(), brokerLimits.compactEveryMs),
      setInterval(() => this.#expire(), brokerLimits.expireEveryMs),
    ];
  }

  /** Hands its groups on where there is somebody to take them. Never rejects: who cannot be handed on is elected for. */
  async handOver(): Promise<void> {
    await Promise.allSettled(this.groups().map((group) => transferLeadership(group, undefined, this.#nowMs)));
  }

  /** Brings everything to the disk and closes it. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#reopenTimer);
    await this.#reopening;
    await this.#close();
  }

  /** @throws SignalboxError `STORAGE_FULL` while the disk cannot be used */
  requireOpen(): void {
    if (this.#context === undefined || this.#failure !== undefined) throw storageNotReady(this.#failure);
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
    return this.#failedGroups.has(groupId);
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
    const { log, context } = this.#begin();
    await log.createGroup(groupId, configuration, noPosition);
    await this.#openGroup(context, groupId);
  }

  async leave(groupId: GroupId): Promise<void> {
    const group = this.#groups.get(groupId);
    const { log, store } = this.#ready();
    this.#groups.delete(groupId);
    this.#options.peers.removeGroup(groupId);
    await group?.stop();
    await this.#pump?.drained();
    await log.removeGroup(groupId);
    await store.remove(groupId);
    this.#tail.forgetGroup(groupId);
    this.#failedGroups.delete(groupId);
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

  /** Room for one more group. */
  #begin(): { readonly log: LogStore; readonly store: StateStore; readonly context: GroupContext } {
    const ready = this.#ready();
    if (this.#groups.size >= brokerLimits.groups) throw tooManyGroups();
    return ready;
  }

  /** Members of a group that begins here. */
  #alone(groupId: GroupId): GroupConfiguration {
    const { brokerId, nodeId, address } = this.#options;
    return { groupId, version: 0, members: [{ brokerId, voter: true, nodeId, ...address() }] };
  }

  /** Opens a group of this broker alone, and waits until it serves. */
  async #serve(groupId: GroupId): Promise<Group> {
    await this.#openGroup(this.#ready().context, groupId);
    const group = this.#groups.get(groupId);
    if (group === undefined) throw storageNotReady(this.#failedGroups.get(groupId));
    await group.serving();
    return group;
  }

  #ready(): { readonly log: LogStore; readonly store: StateStore; readonly context: GroupContext } {
    if (this.#log === undefined || this.#store === undefined || this.#context === undefined) throw storageNotReady(this.#failure);
    return { log: this.#log, store: this.#store, context: this.#context };
  }

  async #open(): Promise<void> {
    const { brokerId, createLog, createState, peers, timing, random = Math.random } = this.#options;
    const log = createLog();
    const store = createState();
    try {
      const { images, damaged } = await log.open();
      const pump = new LogPump({
        log,
        onPersisted: (groupId, ticket) => this.#groups.get(groupId)?.driver.persisted(ticket),
        onFailed: (error) => this.#storageFailed(error),
      });
      const context: GroupContext = {
        brokerId,
        log,
        store,
        pump,
        tail: this.#tail,
        peers,
        timing,
        random,
        nowMs: this.#nowMs,
        onChanged: (groupId) => this.#changed(groupId),
        onGroupFailed: (groupId, error) => this.#groupFailed(groupId, error),
        onFault: (groupId, fault) => this.#faulty(groupId, fault),
        onStorageFailed: (error) => this.#storageFailed(error),
      };
      this.#log = log;
      this.#store = store;
      this.#pump = pump;
      this.#context = context;
      for (const each of damaged) await this.#openDamaged(context, each);
      for (const { groupId } of images) await this.#openGroup(context, groupId);
    } catch (error) {
      await Promise.allSettled([log.close(), store.close()]);
      throw error;
    }
  }

  /** A log that is damaged in its middle goes on with what is before, where others can bring the rest; alone it is left as it is. */
  async #openDamaged(context: GroupContext, { groupId, index, detail, configuration }: DamagedLog): Promise<void> {
    const others = configuration?.members.some(({ brokerId, voter }) => voter && brokerId !== this.brokerId) ?? false;
    this.#options.logger.error('broker.logDamaged', 'The log of a group is damaged.', { groupId, index, detail });
    if (index === 0 || !others) {
      this.#cannotRun(groupId, detail);
      return;
    }
    await context.log.cutDamage(groupId);
    await this.#openGroup(context, groupId);
  }

  async #openGroup(context: GroupContext, groupId: GroupId): Promise<void> {
    try {
      const group = await Group.open(context, await context.log.image(groupId));
      this.#groups.set(groupId, group);
      group.start();
    } catch (error) {
      this.#groupFailed(groupId, error);
    }
  }

  async #close(): Promise<void> {
    const groups = [...this.#groups.values()];
    await this.#pump?.drained();
    await Promise.all(groups.map((group) => group.stop()));
    this.#groups.clear();
    await Promise.allSettled([this.#log?.close(), this.#store?.close()]);
    this.#log = undefined;
    this.#store = undefined;
    this.#context = undefined;
    this.#tail = new MessageTail(brokerLimits.tailBytes);
  }

  #storageFailed(error: unknown): void {
    if (this.#failure !== undefined || this.#stopping) return;
    this.#failure = toErrorShape(error).message;
    for (const { driver } of this.#groups.values()) driver.step({ type: 'diskFailed' });
    this.#options.problems.raise({
      id: 'broker.storage',
      severity: 'crit',
      title: 'The queue broker cannot write to its disk',
      detail: `${this.#failure} Nothing more is accepted; nothing acknowledged is lost. The broker tries again by itself.`,
    });
    this.#reopening = this.#close().then(() => this.#reopenLater());
  }

  #reopenLater(): void {
    if (this.#stopping) return;
    this.#reopenTimer = setTimeout(() => {
      this.#reopening = this.#open().then(
        () => {
          this.#failure = undefined;
          this.#options.problems.clear('broker.storage');
        },
        (error: unknown) => {
          this.#failure = toErrorShape(error).message;
          this.#reopenLater();
        },
      );
    }, brokerLimits.reopenAfterMs);
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
    this.#cannotRun(groupId, error instanceof Error ? error.message : String(error));
  }

  #cannotRun(groupId: GroupId, detail: string): void {
    this.#failedGroups.set(groupId, detail);
    this.#problems.failed(groupId, detail);
  }

  #changed(groupId: GroupId): void {
    const group = this.#groups.get(groupId);
    if (group === undefined) return;
    group.noteChange();
    this.#options.onRole(groupId, group.driver.status());
  }

  #lookForStall(): void {
    const stalled = (this.#log?.stalledMs() ?? 0) > this.#options.timing.electionMinMs;
    if (stalled === this.#stalled) return;
    this.#stalled = stalled;
    if (!stalled) {
      this.#options.problems.clear('broker.diskStalled');
      return;
    }
    this.#options.problems.raise({
      id: 'broker.diskStalled',
      severity: 'warn',
      title: 'The disk of the queue broker does not answer',
      detail: 'A write has been waiting for longer than an election takes. This broker leads no group until the disk answers.',
    });
    // One that is alone in its group has nobody to give way to.
    for (const { driver } of this.#groups.values())
      if (driver.status().configuration.members.some(({ voter, brokerId }) => voter && brokerId !== this.brokerId))
        driver.step({ type: 'diskStalled' });
  }

  async #lookForCuts(): Promise<void> {
    for (const group of this.groups()) await group.look();
  }

  #expire(): void {
    for (const { driver } of this.#groups.values())
      if (driver.serves && driver.machine.queues().length > 0)
        driver.propose(encodeCommand({ type: 'expire', timeMs: Date.now() }), () => undefined);
  }
}
