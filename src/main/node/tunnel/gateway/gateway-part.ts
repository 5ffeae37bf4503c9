import { Worker } from 'node:worker_threads';
import type { GatewayRoute, GatewaySession } from '../../../../common/contract/gateway.ts';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { TlsMaterial } from '../../certificates/index.ts';
import type { Config, SettingKey } from '../../config/index.ts';
import type { SecretStore } from '../../identity/index.ts';
import { isLoopback } from '../../loopback.ts';
import { reachableAddresses } from '../../membership/own-addresses.ts';
import type { Startable } from '../../startable.ts';
import type { Store } from '../../store/index.ts';
import { workerUrl } from '../../store/worker-location.ts';
import type { Logger, Metrics, Problems } from '../../telemetry/index.ts';
import type { ListenAddress } from './gateway.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { KnownAgents } from './known-agents.ts';
import { gatewayLimits } from './limits.ts';
import { exposureOf, publicUrl } from './public-address.ts';
import { describeIdleRoute } from './report.ts';
import { RouteStore } from './route-store.ts';
import { parsePorts } from './tcp-ports.ts';
import { TokenStore } from './token-store.ts';
import type {
  FromGatewayWorker,
  GatewayAnswers,
  GatewayFigures,
  GatewayRequest,
  GatewayWorkerData,
  ToGatewayWorker,
} from './worker-messages.ts';

export type GatewayStatus = ResultOf<'gateway.status'>;

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
const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The gateway as a part of the node: starts and stops its thread as the settings want it, keeps tokens and routes, and asks it for what
 * people want to see. Sockets and what passes are in the thread.
 */
export class GatewayPart implements Startable {
  readonly tokens: TokenStore;
  readonly routes: RouteStore;
  readonly #options: GatewayPartOptions;
  readonly #known: KnownAgents;
  readonly #metrics: GatewayMetrics;
  readonly #listeners = new Set<() => void>();
  /** Problems that the thread has raised. */
  readonly #raised = new Set<string>();
  readonly #waiting = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: SignalboxError) => void }>();
  #nextId = 1;
  #state: GatewayStatus['state'] = 'off';
  #detail = '';
  #agents: ListenAddress | undefined;
  #public: ListenAddress | undefined;
  #figures: GatewayFigures | undefined;
  #worker: Worker | undefined;
  #unwatch: (() => void) | undefined;
  #switching: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: GatewayPartOptions) {
    this.#options = options;
    this.#metrics = new GatewayMetrics(options.metrics);
    const { store, secrets } = options;
    this.#known = new KnownAgents(store);
    this.tokens = new TokenStore({ store, secrets, nowMs: Date.now });
    this.routes = new RouteStore({ store, secrets, onChange: () => this.#post({ type: 'routes', routes: this.routes.list() }) });
  }

  /** Does not wait for the gateway: the node is of use without it. */
  async start(): Promise<void> {
    const { config, problems, logger } = this.#options;
    try {
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
        view: '/tunnels',
      });
    }
    this.#unwatch = config.onChange((changed) => {
      if (changed.some(startsAnew)) this.#switch();
    });
    if (config.get('gateway.enabled')) this.#switch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch?.();
    await this.#switching;
    await this.#end();
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
      agentsUrl: this.#agentsUrl(),
      public: { host: publicHost, port: this.#public?.port ?? null, tls: config.get('gateway.publicTls') !== 'off' },
      domain: config.get('gateway.domain'),
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
    return this.#state === 'running' ? this.#ask('sessions', { what: 'sessions' }) : [];
  }

  /** @throws SignalboxError `INTERNAL` when the thread ends meanwhile */
  async addresses(): Promise<readonly GatewayRoute[]> {
    if (this.#state === 'running') return this.#ask('routes', { what: 'routes' });
    const { config } = this.#options;
    const listener = { port: config.get('gateway.publicPort'), tls: config.get('gateway.publicTls') !== 'off', domain: '' };
    return this.routes
      .list()
      .map((route) => describeIdleRoute(route, `${publicUrl(route.kind, route.host, listener, undefined)}${route.pathPrefix.slice(1)}`));
  }

  /** Tells the thread of tokens that have changed. @returns sessions that were closed because theirs does not hold any more */
  async tokensChanged(): Promise<number> {
    return this.#worker === undefined ? 0 : this.#ask('tokens', { what: 'tokens', tokens: this.tokens.list() });
  }

  /** @returns false: there is no such session */
  async closeSession(sessionId: string): Promise<boolean> {
    return this.#state === 'running' && this.#ask('closeSession', { what: 'closeSession', sessionId });
  }

  /** One after the other: a gateway that is being stopped is gone before the next one starts. */
  #switch(): void {
    this.#switching = this.#switching.then(async () => {
      try {
        await this.#end();
        if (!this.#stopped && this.#options.config.get('gateway.enabled')) await this.#launch();
      } catch (error) {
        this.#options.logger.error('gateway.notLaunched', 'The thread of the gateway could not be started.', { error });
        this.#failed(toErrorShape(error).message);
      }
    });
  }

  async #launch(): Promise<void> {
    const { config, logger, problems } = this.#options;
    problems.clear(failedProblem);
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#failed(refusal);
      return;
    }
    this.#become('starting', '');
    const worker = new Worker(workerUrl('gateway-worker', import.meta.url), { workerData: await this.#workerData(), name: 'gateway' });
    this.#worker = worker;
    worker.on('message', (message: FromGatewayWorker) => this.#receive(message));
    worker.once('error', (error) => {
      logger.error('gateway.workerFailed', 'The thread of the gateway met a fault.', { error });
      this.#detail = toErrorShape(error).message;
    });
    worker.once('exit', (code) => this.#exited(worker, code));
    logger.debug('gateway.launched', 'The thread of the gateway was started.', { domain: config.get('gateway.domain') });
  }

  async #workerData(): Promise<GatewayWorkerData> {
    const { config, nodeId, version, certificate } = this.#options;
    const agentsHost = config.get('gateway.agentsHost');
    const domain = config.get('gateway.domain');
    const hosts = ['localhost', '127.0.0.1', domain, ...(wildcards.has(agentsHost) ? [] : [agentsHost])];
    return {
      nodeId,
      version,
      certificate: await certificate([...new Set(hosts)]),
      agents: { host: agentsHost, port: config.get('gateway.agentsPort'), allowPlain: config.get('gateway.allowPlainAgents') },
      public: {
        host: config.get('gateway.publicHost'),
        port: config.get('gateway.publicPort'),
        domain,
        tls: config.get('gateway.publicTls'),
        folder: config.get('gateway.certificates'),
      },
      tcpPorts: parsePorts(config.get('gateway.tcpPorts')) ?? [],
      tokens: this.tokens.list(),
      routes: this.routes.list(),
      expected: this.#known.list(),
    };
  }

  /** Why settings must not be run, with what to do. */
  #refusal(): string | undefined {
    const { config } = this.#options;
    const host = config.get('gateway.publicHost');
    if (!isLoopback(host) && config.get('gateway.publicTls') === 'off' && !config.get('gateway.allowPlainPublic'))
      return `It does not listen on ${host} without TLS. Set gateway.publicTls to own or files; or, when a proxy in front of it ends TLS, turn gateway.allowPlainPublic on.`;
    if (config.get('gateway.publicTls') === 'files' && config.get('gateway.certificates') === '')
      return 'gateway.publicTls is files, and gateway.certificates names no folder. Name the folder with the certificates.';
    if (parsePorts(config.get('gateway.tcpPorts')) === undefined)
      return 'gateway.tcpPorts is not a list of ports and ranges from 1 to 65535 with 1,000 ports at most, such as 20000-20099.';
    return undefined;
  }

  #agentsUrl(): string | null {
    const { config } = this.#options;
    const set = config.get('gateway.agentsUrl');
    if (set !== '') return set.replace(/^(wss?:\/\/[^/]+)\/?$/, '$1/tunnel');
    if (this.#agents === undefined) return null;
    const host = config.get('gateway.agentsHost');
    if (isLoopback(host)) return `ws://${bracketed(host)}:${this.#agents.port}/tunnel`;
    const shown = reachableAddresses(host, this.#agents.port)[0]?.host ?? host;
    return `wss://${bracketed(shown)}:${this.#agents.port}/tunnel`;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    if (worker !== undefined) {
      this.#worker = undefined;
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage({ type: 'stop' } satisfies ToGatewayWorker);
      const timer = setTimeout(() => {
        this.#options.logger.error('gateway.stopLate', 'The gateway did not stop in time and was ended.', {});
        void worker.terminate();
      }, gatewayLimits.stopMs);
      await gone;
      clearTimeout(timer);
      this.#clear();
    }
    this.#options.problems.clear(failedProblem);
    this.#become('off', '');
  }

  #receive(message: FromGatewayWorker): void {
    const { logger, problems } = this.#options;
    switch (message.type) {
      case 'started':
        this.#agents = message.agents;
        this.#public = message.public;
        logger.info('gateway.started', 'The gateway runs.', { agents: message.agents, public: message.public });
        this.#become('running', '');
        break;
      case 'startFailed':
        this.#failed(startFailure(message, this.#options.config));
        break;
      case 'figures':
        this.#figures = message.figures;
        this.#metrics.update(message.figures);
        break;
      case 'answer':
        this.#waiting.get(message.id)?.resolve(message.answer);
        this.#waiting.delete(message.id);
        break;
      case 'agents':
        this.#note(this.#known.update(message.agents));
        break;
      case 'tokensUsed':
        for (const tokenId of message.tokenIds) this.#note(this.tokens.used(tokenId, Date.now()));
        break;
      case 'raise':
        this.#raised.add(message.problem.id);
        problems.raise({ view: '/tunnels', ...message.problem });
        break;
      case 'clear':
        this.#raised.delete(message.problemId);
        problems.clear(message.problemId);
        break;
      case 'log':
        logger[message.level](message.event, message.message, message.fields);
        break;
    }
  }

  /** What is of use to have on the disk, and no fault when it is not. */
  #note(written: Promise<void>): void {
    written.catch((error: unknown) => {
      this.#options.logger.warn('gateway.notKept', 'Who is signed in could not be written down.', { error });
    });
  }

  /** The thread is gone: as asked for, after a start that failed, or by a fault. */
  #exited(worker: Worker, code: number): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const why = this.#detail === '' ? '' : ` ${this.#detail}`;
    const hasFailed = this.#state === 'failed';
    this.#clear();
    if (!hasFailed)
      this.#failed(
        `Its thread ended unexpectedly (code ${code}).${why} Turn gateway.enabled off and on, or restart the node; the log has the details.`,
      );
  }

  #clear(): void {
    for (const { reject } of this.#waiting.values())
      reject(new SignalboxError('INTERNAL', 'The gateway of this node has stopped.', { executed: 'maybe' }));
    this.#waiting.clear();
    for (const id of this.#raised) this.#options.problems.clear(id);
    this.#raised.clear();
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
      view: '/tunnels',
    });
    this.#become('failed', detail);
  }

  #become(state: GatewayStatus['state'], detail: string): void {
    const hasChanged = this.#state !== state;
    this.#state = state;
    this.#detail = detail;
    if (hasChanged) for (const listener of this.#listeners) listener();
  }

  #ask<K extends keyof GatewayAnswers>(_what: K, request: GatewayRequest & { what: K }): Promise<GatewayAnswers[K]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.#post({ type: 'ask', id, request });
    });
  }

  #post(message: ToGatewayWorker): void {
    this.#worker?.postMessage(message);
  }
}

function startsAnew(key: SettingKey): boolean {
  return key.startsWith('gateway.') && key !== 'gateway.agentsUrl';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function startFailure({ error, systemCode }: Extract<FromGatewayWorker, { type: 'startFailed' }>, config: Config): string {
  if (systemCode === 'EACCES')
    return `This user may not listen on port ${config.get('gateway.agentsPort')} or ${config.get('gateway.publicPort')}. Set gateway.agentsPort and gateway.publicPort to ones above 1023.`;
  if (systemCode === 'EADDRNOTAVAIL')
    return 'This machine does not have the address of gateway.agentsHost or gateway.publicHost. Set them to ones that it has.';
  return error.message;
}
