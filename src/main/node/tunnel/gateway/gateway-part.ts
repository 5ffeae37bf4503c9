import type { GatewayRoute, GatewaySession } from '../../../../common/contract/gateway.ts';
import { toErrorShape } from '../../../../common/errors.ts';
import type { TlsMaterial } from '../../certificates/index.ts';
import type { Config } from '../../config/index.ts';
import type { SecretStore } from '../../identity/index.ts';
import { nodeLimits } from '../../limits.ts';
import { isLoopback } from '../../loopback.ts';
import { SettingsSwitch } from '../../settings-switch.ts';
import type { Startable } from '../../startable.ts';
import type { Store } from '../../store/index.ts';
import type { Logger, Metrics, Problems } from '../../telemetry/index.ts';
import { Thread, type ThreadEnd, workerUrl } from '../../threads/index.ts';
import { Vault } from '../vault.ts';
import { agentsUrlOf, certificateHosts, type GatewayStatus, listenersOf, refusalOf, startFailure, startsAnew } from './from-settings.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import type { ListenAddress } from './gateway-options.ts';
import { KnownAgents } from './known-agents.ts';
import { gatewayLimits } from './limits.ts';
import { exposureOf, publicUrl } from './public-address.ts';
import { describeIdleRoute } from './report.ts';
import { RouteStore } from './route-store.ts';
import { TokenStore } from './token-store.ts';
import type { GatewayFigures, GatewayThread, GatewayWorkerData } from './worker-messages.ts';

export interface GatewayPartOptions {
  readonly config: Config;
  readonly nodeId: string;
  readonly version: string;
  /** The node's own certificate. @param hosts that it has to name */
  readonly certificate: (hosts: readonly string[]) => Promise<TlsMaterial>;
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly metrics: Metrics;
}

const failedProblem = 'gateway.failed';
const lockedProblem = 'gateway.locked';
const view = '/tunnels';
/** Three semi-spaces of 8 MB: a tenth less work for each small request than with the default, and no more for bulk (`npm run bench -- tunnel`). */
const youngGenerationMb = 24;

/**
 * The gateway as a part of the node: starts and stops its thread as the settings want it, keeps tokens and routes, and asks it for what
 * people want to see. Sockets and what passes are in the thread.
 */
export class GatewayPart implements Startable {
  readonly tokens: TokenStore;
  readonly routes: RouteStore;
  readonly #options: GatewayPartOptions;
  readonly #known: KnownAgents;
  readonly #vault: Vault;
  readonly #metrics: GatewayMetrics;
  readonly #listeners = new Set<() => void>();
  readonly #switch: SettingsSwitch;
  #state: GatewayStatus['state'] = 'off';
  #detail = '';
  #agents: ListenAddress | undefined;
  #public: ListenAddress | undefined;
  #figures: GatewayFigures | undefined;
  #thread: Thread<GatewayThread> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: GatewayPartOptions) {
    this.#options = options;
    this.#metrics = new GatewayMetrics(options.metrics);
    const { store, secrets } = options;
    this.#known = new KnownAgents(store);
    this.#vault = new Vault(store, secrets, 'gateway');
    this.tokens = new TokenStore({ store, vault: this.#vault, nowMs: Date.now });
    this.routes = new RouteStore({
      store,
      vault: this.#vault,
      onChange: () => this.#thread?.tell('routes', this.routes.list()),
    });
    this.#switch = new SettingsSwitch({
      wanted: () => options.config.get('gateway.enabled'),
      begin: () => this.#launch(),
      end: () => this.#end(),
      onFailed: (error) => {
        options.logger.error('gateway.notLaunched', 'The thread of the gateway could not be started.', { error });
        this.#failed(toErrorShape(error).message);
      },
    });
  }

  /** Does not wait for the gateway: the node is of use without it. */
  async start(): Promise<void> {
    const { config, problems, logger } = this.#options;
    try {
      await this.#vault.open();
      await this.tokens.load();
      await this.routes.load();
      await this.#known.load();
    } catch (error) {
      logger.error('gateway.locked', 'Tokens and routes of the gateway could not be read.', { error });
      problems.raise({
        id: lockedProblem,
        severity: 'crit',
        title: 'Tokens and routes of the gateway cannot be read',
        detail: `${toErrorShape(error).message} Start the node the way it was started before, with the same passphrase and user.`,
        view,
      });
    }
    this.#unwatch = config.onChange((changed) => {
      if (changed.some(startsAnew)) this.#switch.turn();
    });
    if (config.get('gateway.enabled')) this.#switch.turn();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.#switch.stop();
    this.#options.problems.clear(lockedProblem);
  }

  status(): GatewayStatus {
    const { config } = this.#options;
    const agentsHost = config.get('gateway.agentsHost');
    const publicHost = config.get('gateway.publicHost');
    const totals = this.#figures?.totals;
    return {
      state: this.#state,
      detail: this.#detail,
      agents: {
        host: agentsHost,
        port: this.#agents?.port ?? null,
        tls: !isLoopback(agentsHost) && !config.get('gateway.allowPlainAgents'),
      },
      agentsUrl: agentsUrlOf(config, this.#agents?.port),
      public: { host: publicHost, port: this.#public?.port ?? null, tls: config.get('gateway.publicTls') !== 'off' },
      domain: config.get('gateway.domain'),
      tcpPorts: config.get('gateway.tcpPorts'),
      exposure: exposureOf(publicHost),
      sessions: this.#figures?.sessions ?? 0,
      inFlight: totals?.inFlight ?? 0,
      requests: totals?.requests ?? 0,
      requestsPerSecond: totals?.requestsPerSecond ?? 0,
      bytesIn: totals?.bytesIn ?? 0,
      bytesOut: totals?.bytesOut ?? 0,
      refused: totals?.refused ?? 0,
      signInFailures: this.#figures?.signInFailures ?? 0,
    };
  }

  /** Called when it has started or ended. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws SignalboxError `INTERNAL` when the thread ends meanwhile */
  async sessions(): Promise<readonly GatewaySession[]> {
    return (await this.#running?.ask('sessions', undefined)) ?? [];
  }

  /** @throws SignalboxError `INTERNAL` when the thread ends meanwhile */
  async addresses(): Promise<readonly GatewayRoute[]> {
    if (this.#running !== undefined) return this.#running.ask('routes', undefined);
    const { port, tls, domain } = listenersOf(this.#options.config).public;
    const listener = { port, tls: tls !== 'off', domain };
    return this.routes
      .list()
      .map((route) => describeIdleRoute(route, `${publicUrl(route.kind, route.host, listener, undefined)}${route.pathPrefix.slice(1)}`));
  }

  /** Tells the thread of tokens that have changed. @returns sessions that were closed because theirs does not hold any more */
  async tokensChanged(): Promise<number> {
    try {
      return (await this.#thread?.ask('tokens', this.tokens.list())) ?? 0;
    } catch (error) {
      // It ended instead, and all its sessions with it; the next one starts with the tokens as they are.
      this.#options.logger.debug('gateway.tokensNotTold', 'The thread of the gateway ended before it took the tokens.', { error });
      return 0;
    }
  }

  /** @returns false: there is no such session */
  async closeSession(sessionId: string): Promise<boolean> {
    return (await this.#running?.ask('closeSession', sessionId)) ?? false;
  }

  get #running(): Thread<GatewayThread> | undefined {
    return this.#state === 'running' ? this.#thread : undefined;
  }

  async #launch(): Promise<void> {
    const { config, nodeId, version, certificate, logger, problems } = this.#options;
    problems.clear(failedProblem);
    const refusal = refusalOf(config);
    if (refusal !== undefined) {
      this.#failed(refusal);
      return;
    }
    this.#become('starting', '');
    const data: GatewayWorkerData = {
      ...listenersOf(config),
      nodeId,
      version,
      certificate: await certificate(certificateHosts(config)),
      tokens: this.tokens.list(),
      routes: this.routes.list(),
      expected: this.#known.list(),
    };
    this.#thread = new Thread<GatewayThread>({
      url: workerUrl('gateway-worker', import.meta.url),
      name: 'gateway',
      subject: 'The gateway of this node',
      data,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      mostRequests: nodeLimits.threadRequests,
      startMs: nodeLimits.threadStartMs,
      stopMs: gatewayLimits.stopMs,
      logger,
      problems: { sink: problems, view },
      reports: {
        figures: (figures) => {
          this.#figures = figures;
          this.#metrics.update(figures);
        },
        agents: (agents) => this.#note(this.#known.update(agents)),
        tokensUsed: (tokenIds) => {
          for (const tokenId of tokenIds) this.#note(this.tokens.used(tokenId, Date.now()));
        },
      },
      onReady: (ready) => {
        this.#agents = ready.agents;
        this.#public = ready.public;
        logger.info('gateway.started', 'The gateway runs.', ready);
        this.#become('running', '');
      },
      onEnd: (end) => this.#ended(end),
    });
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.stop();
    this.#clear();
    this.#options.problems.clear(failedProblem);
    this.#become('off', '');
  }

  /** What is of use to have on the disk, and no fault when it is not. */
  #note(written: Promise<void>): void {
    written.catch((error: unknown) => {
      this.#options.logger.warn('gateway.notKept', 'Who is signed in could not be written down.', { error });
    });
  }

  /** The thread is gone: after a start that failed, or by a fault. */
  #ended({ code, startFailure: refusal, fault }: ThreadEnd): void {
    this.#thread = undefined;
    this.#clear();
    const why = fault === undefined ? '' : ` ${toErrorShape(fault).message}`;
    if (refusal !== undefined) this.#failed(startFailure(toErrorShape(refusal.error).message, refusal.systemCode, this.#options.config));
    else
      this.#failed(
        `Its thread ended unexpectedly (code ${code}).${why} Turn gateway.enabled off and on, or restart the node; the log has the details.`,
      );
  }

  #clear(): void {
    this.#figures = undefined;
    this.#agents = undefined;
    this.#public = undefined;
    this.#metrics.update(undefined);
  }

  #failed(detail: string): void {
    this.#options.problems.raise({
      id: failedProblem,
      severity: 'crit',
      title: 'The gateway of this node does not run',
      detail,
      view,
    });
    this.#become('failed', detail);
  }

  #become(state: GatewayStatus['state'], detail: string): void {
    const hasChanged = this.#state !== state;
    this.#state = state;
    this.#detail = detail;
    if (hasChanged) for (const listener of this.#listeners) listener();
  }
}
