import type { Capture, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { SecretStore } from '../../identity/index.ts';
import { nodeLimits } from '../../limits.ts';
import type { Startable } from '../../startable.ts';
import type { Store } from '../../store/index.ts';
import type { Logger, Metrics, Problems } from '../../telemetry/index.ts';
import { RestartedThread, threadErrors, workerUrl } from '../../threads/index.ts';
import { agentLimits } from './limits.ts';
import type { TunnelDefinition } from './tunnel-definition.ts';
import { TunnelMetrics } from './tunnel-metrics.ts';
import { TunnelStore } from './tunnel-store.ts';
import type { TunnelReport, TunnelsThread } from './worker-messages.ts';

export interface TunnelsPartOptions {
  readonly nodeId: string;
  readonly software: string;
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly metrics: Metrics;
}

/** A tunnel with how it stands; undefined: its thread has not said yet. */
export interface TunnelView {
  readonly definition: TunnelDefinition;
  readonly report: TunnelReport | undefined;
}

type Methods = TunnelsThread['methods'];

const view = '/tunnels';
const subject = 'The thread of the tunnels of this node';
const lockedProblem = 'tunnels.locked';
const unreadProblem = 'tunnels.unread';
/** Room for young objects, of which a request makes many: a tenth less time a request than with the default (`npm run bench -- tunnel`). */
const resourceLimits = { maxYoungGenerationSizeMb: 24 };
/** A little longer than the drain of the tunnels themselves, milliseconds. */
const stopMs = agentLimits.stopDrainMs + 2_000;

/**
 * The tunnels of a node: keeps their definitions, and has them run in a thread of their own. The thread begins with the first tunnel, or
 * question, so that a node that nobody uses so pays nothing.
 */
export class TunnelsPart implements Startable {
  readonly #options: TunnelsPartOptions;
  readonly #store: TunnelStore;
  readonly #metrics: TunnelMetrics;
  readonly #threads: RestartedThread<TunnelsThread>;
  readonly #definitions = new Map<string, TunnelDefinition>();
  readonly #lineListeners = new Set<(lines: readonly TunnelRequest[]) => void>();
  readonly #changeListeners = new Set<() => void>();
  #reports = new Map<string, TunnelReport>();
  #listening: readonly string[] = [];
  /** Counts the definitions that were handed to the thread: of each tunnel the last. */
  readonly #revisions = new Map<string, number>();
  #lastRevision = 0;
  /** Tunnels of which a problem is raised. */
  #failed: ReadonlySet<string> = new Set();

  constructor(options: TunnelsPartOptions) {
    this.#options = options;
    this.#store = new TunnelStore(options.store, options.secrets);
    this.#metrics = new TunnelMetrics(options.metrics);
    const { nodeId, software, logger, problems } = options;
    this.#threads = new RestartedThread<TunnelsThread>({
      name: 'tunnels',
      subject,
      logger,
      problems,
      healthyMs: agentLimits.healthyMs,
      retriesFirstStart: true,
      thread: () => ({
        url: workerUrl('agent-worker', import.meta.url),
        data: { nodeId, software },
        resourceLimits,
        mostRequests: nodeLimits.threadRequests,
        startMs: nodeLimits.threadStartMs,
        stopMs,
        reports: {
          status: (reports) => this.#takeReports(reports),
          lines: (lines) => {
            for (const listener of this.#lineListeners) listener(lines);
          },
        },
      }),
      problem: ({ code }) => ({
        id: 'tunnels.thread',
        severity: 'crit',
        title: 'The tunnels of this node have stopped',
        detail: `Their thread ended unexpectedly (code ${code}) and is being started again. The log has the details.`,
        view,
      }),
      onLaunched: (thread) => {
        for (const definition of this.#definitions.values()) thread.tell('set', this.#revised(definition));
        thread.tell('listen', this.#listening);
      },
      onEnd: () => {
        this.#reports = new Map();
        this.#changed();
      },
    });
  }

  /** Begins all tunnels; does not wait for them to be up. Never rejects: the node is of use without them. */
  async start(): Promise<void> {
    try {
      const { tunnels, locked } = await this.#store.load();
      for (const definition of tunnels) this.#definitions.set(definition.tunnelId, definition);
      if (locked.length > 0) this.#tellLocked(locked.map(({ agentId }) => agentId));
      if (tunnels.length > 0) this.#threads.launch();
    } catch (error) {
      this.#options.logger.error('tunnels.notRead', 'The tunnels of this node could not be read.', { error });
      this.#options.problems.raise({
        id: unreadProblem,
        severity: 'crit',
        title: 'The tunnels of this node could not be read',
        detail: `${toErrorShape(error).message} They are left as they are and do not run.`,
        view,
      });
    }
  }

  async stop(): Promise<void> {
    await this.#threads.stop();
    for (const tunnelId of this.#failed) this.#options.problems.clear(problemOf(tunnelId));
  }

  /** Oldest first. */
  list(): readonly TunnelView[] {
    return [...this.#definitions.values()].map((definition) => ({ definition, report: this.#reports.get(definition.tunnelId) }));
  }

  /** @throws SignalboxError `NOT_FOUND` */
  get(tunnelId: string): TunnelView {
    const definition = this.#definitions.get(tunnelId);
    if (definition === undefined) throw new SignalboxError('NOT_FOUND', `This node has no tunnel ${tunnelId}.`, { executed: 'no' });
    return { definition, report: this.#reports.get(tunnelId) };
  }

  /**
   * Keeps and begins a tunnel.
   *
   * @throws SignalboxError `CONFLICT` another of the same name at the same gateway; `LIMIT`, `STORAGE_FULL`
   */
  async add(definition: TunnelDefinition): Promise<void> {
    this.checkRoom(definition.agentId, definition.gateway.url);
    await this.#store.save(definition);
    this.#definitions.set(definition.tunnelId, definition);
    this.#tell('set', this.#revised(definition));
    this.#changed();
  }

  /** @throws SignalboxError `CONFLICT`, `LIMIT`: see {@link add} */
  checkRoom(agentId: string, url: string): void {
    if (this.#definitions.size >= agentLimits.tunnels)
      throw new SignalboxError('LIMIT', `This node has ${agentLimits.tunnels} tunnels already. Delete one first.`, { executed: 'no' });
    for (const { agentId: other, gateway } of this.#definitions.values())
      if (other === agentId && gateway.url === url)
        throw new SignalboxError('CONFLICT', `This node has a tunnel ${agentId} through ${url} already.`, { executed: 'no' });
  }

  /** Keeps a changed tunnel and begins it anew. @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL` */
  async replace(definition: TunnelDefinition): Promise<void> {
    this.get(definition.tunnelId);
    await this.#store.save(definition);
    this.#definitions.set(definition.tunnelId, definition);
    this.#tell('set', this.#revised(definition));
    // What it was is not what it is: whoever turned it on would be told that it is off.
    if (definition.enabled) this.#reports.delete(definition.tunnelId);
    this.#changed();
  }

  /** Changes what is captured of a tunnel's requests; the tunnel goes on. @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL` */
  async setCapture(tunnelId: string, capture: Capture): Promise<void> {
    const definition = { ...this.get(tunnelId).definition, capture };
    await this.#store.save(definition);
    this.#definitions.set(tunnelId, definition);
    this.#tell('capture', { tunnelId, capture });
    this.#changed();
  }

  /** Ends and forgets a tunnel. @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL` */
  async remove(tunnelId: string): Promise<void> {
    this.get(tunnelId);
    await this.#store.remove(tunnelId);
    this.#definitions.delete(tunnelId);
    this.#revisions.delete(tunnelId);
    this.#tell('remove', tunnelId);
    this.#judge();
    this.#changed();
  }

  /** Asks the thread of the tunnels. @param cancel ends the wait for more @throws SignalboxError of what is asked; `INTERNAL` the thread has ended */
  async ask<Name extends keyof Methods>(
    method: Name,
    params: Methods[Name]['request'],
    cancel?: AbortSignal,
  ): Promise<Methods[Name]['result']> {
    const thread = this.#threads.launch();
    if (thread === undefined) throw threadErrors(subject).stopped('no');
    return thread.ask(method, params, { cancel });
  }

  /** Agents whose request lines go to those who follow {@link onLines}. */
  listen(agentIds: readonly string[]): void {
    this.#listening = agentIds;
    this.#threads.thread?.tell('listen', agentIds);
  }

  onLines(listener: (lines: readonly TunnelRequest[]) => void): () => void {
    this.#lineListeners.add(listener);
    return () => this.#lineListeners.delete(listener);
  }

  /** Told when tunnels came, went or changed their state. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  #revised(definition: TunnelDefinition): TunnelsThread['told']['set'] {
    const revision = ++this.#lastRevision;
    this.#revisions.set(definition.tunnelId, revision);
    return { definition, revision };
  }

  /** Tells the thread; one that has to be started first is handed all definitions as they are now. */
  #tell<Name extends keyof TunnelsThread['told']>(name: Name, value: TunnelsThread['told'][Name]): void {
    if (this.#threads.thread !== undefined) this.#threads.thread.tell(name, value);
    else if (this.#definitions.size > 0) this.#threads.launch();
  }

  #takeReports(tunnels: readonly TunnelReport[]): void {
    const states = (reports: Iterable<TunnelReport>) => [...reports].map(({ tunnelId, state }) => `${tunnelId} ${state}`).join();
    const before = states(this.#reports.values());
    this.#reports = new Map(tunnels.filter((report) => this.#isCurrent(report)).map((report) => [report.tunnelId, report]));
    this.#judge();
    this.#metrics.update(
      tunnels.flatMap((report) => {
        const agentId = this.#definitions.get(report.tunnelId)?.agentId;
        return agentId === undefined ? [] : [{ agentId, report }];
      }),
    );
    if (states(this.#reports.values()) !== before) this.#changed();
  }

  /** False for what was told before a tunnel that was turned on, or changed, began anew; one that is turned off is seen draining. */
  #isCurrent({ tunnelId, revision }: TunnelReport): boolean {
    return this.#definitions.get(tunnelId)?.enabled !== true || this.#revisions.get(tunnelId) === revision;
  }

  /** Raises a problem for each tunnel that failed, and clears those that are over. */
  #judge(): void {
    const { problems } = this.#options;
    const failed = new Set<string>();
    for (const { definition, report } of this.list()) {
      if (report?.state !== 'failed') continue;
      failed.add(definition.tunnelId);
      problems.raise({
        id: problemOf(definition.tunnelId),
        severity: 'warn',
        title: `The tunnel ${definition.agentId} does not work`,
        detail: report.lastError?.message ?? '',
        view,
      });
    }
    for (const tunnelId of this.#failed) if (!failed.has(tunnelId)) problems.clear(problemOf(tunnelId));
    this.#failed = failed;
  }

  #tellLocked(agentIds: readonly string[]): void {
    this.#options.problems.raise({
      id: lockedProblem,
      severity: 'warn',
      title: 'The secrets of some tunnels cannot be opened',
      detail: `${agentIds.slice(0, 5).join(', ')}: they were kept on another machine or by another user. The tunnels are left as they are and do not run; create them again here.`,
      view,
    });
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }
}

function problemOf(tunnelId: string): string {
  return `tunnels.failed.${tunnelId}`;
}
