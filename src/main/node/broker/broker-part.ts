import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { TlsMaterial } from '../certificates/index.ts';
import type { Config, SettingKey } from '../config/index.ts';
import type { Startable } from '../startable.ts';
import { workerUrl } from '../threads/index.ts';
import type { Logger, Metrics, Problems } from '../telemetry/index.ts';
import {
  type BrokerFace,
  type BrokerReport,
  brokerThatIsOff,
  type OperationAnswer,
  type OperationOptions,
  type OperationRequest,
} from './broker-face.ts';
import { BrokerMetrics } from './broker-metrics.ts';
import { brokerLimits } from './limits.ts';
import { NodeRequests } from './node-requests.ts';
import type { PeerTrust } from './peers/peer-trust.ts';
import { servePeerTrust } from './peers/port-peer-trust.ts';
import type { Caller } from './server/operations/index.ts';
import type { BrokerWorkerData, FromBrokerWorker, ToBrokerWorker } from './worker-messages.ts';

export interface BrokerPartOptions {
  readonly config: Config;
  readonly dataFolder: string;
  readonly nodeId: string;
  readonly resourcesPath: string | undefined;
  readonly certificate: () => Promise<TlsMaterial>;
  readonly trust: PeerTrust;
  /** Who stands behind an access token of this node; undefined: nobody. */
  readonly authenticate: (token: string) => Caller | undefined;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly metrics: Metrics;
}

/** Settings with which a broker is started; a change of one starts it anew. */
const startSettings: readonly SettingKey[] = ['broker.enabled', 'broker.host', 'broker.port', 'broker.advertisedHost', 'broker.profile'];
const failedProblem = 'broker.failed';

/**
 * The queue broker as a part of the node: starts and stops its thread as the settings want it, and passes operations to it. Nothing here
 * is heavy: sockets, consensus and files are in the thread.
 */
export class BrokerPart implements BrokerFace, Startable {
  readonly #options: BrokerPartOptions;
  readonly #metrics: BrokerMetrics;
  readonly #listeners = new Set<() => void>();
  readonly #requests = new NodeRequests((message) => this.#post(message));
  /** Problems that the thread has raised. */
  readonly #raised = new Set<string>();
  #report: BrokerReport = brokerThatIsOff.status();
  #worker: Worker | undefined;
  #stopTrust: (() => void) | undefined;
  #unwatch: (() => void) | undefined;
  #switching: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: BrokerPartOptions) {
    this.#options = options;
    this.#metrics = new BrokerMetrics(options.metrics);
  }

  /** Does not wait for the broker: the node is of use without it. */
  start(): Promise<void> {
    const { config } = this.#options;
    this.#unwatch = config.onChange((changed) => this.#settingsChanged(changed));
    if (config.get('broker.enabled')) this.#switch();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch?.();
    await this.#switching;
    await this.#end();
  }

  status(): BrokerReport {
    return this.#report;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(operation: OperationRequest, principal: Principal, options: OperationOptions = {}): Promise<OperationAnswer> {
    if (this.#report.state !== 'running')
      return Promise.resolve({
        status: 'error',
        code: 'BROKER_OFF',
        message: 'The queue broker of this node does not run.',
        executed: 'no',
      });
    return this.#requests.ask(operation, { user: principal.user, roles: principal.roles }, options);
  }

  #settingsChanged(changed: readonly SettingKey[]): void {
    if (changed.includes('broker.anonymous')) this.#post({ type: 'anonymous', allowed: this.#options.config.get('broker.anonymous') });
    if (changed.some((key) => startSettings.includes(key))) this.#switch();
  }

  /** One after the other: a broker that is being stopped is gone before the next one starts. */
  #switch(): void {
    this.#switching = this.#switching.then(async () => {
      try {
        await this.#end();
        if (!this.#stopped && this.#options.config.get('broker.enabled')) await this.#launch();
      } catch (error) {
        this.#options.logger.error('broker.notLaunched', 'The thread of the queue broker could not be started.', { error });
        this.#failed(toErrorShape(error).message);
      }
    });
  }

  async #launch(): Promise<void> {
    const { config, dataFolder, nodeId, resourcesPath, certificate, trust, logger } = this.#options;
    this.#options.problems.clear(failedProblem);
    const profile = config.get('broker.profile');
    this.#tell({ ...brokerThatIsOff.status(), state: 'starting', host: config.get('broker.host'), profile });
    let material: TlsMaterial;
    try {
      material = await certificate();
    } catch (error) {
      this.#failed(toErrorShape(error).message);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.#stopTrust = servePeerTrust(port1, trust);
    const advertisedHost = config.get('broker.advertisedHost');
    const workerData: BrokerWorkerData = {
      folder: join(dataFolder, 'broker'),
      backupFolder: join(dataFolder, 'backups'),
      host: config.get('broker.host'),
      port: config.get('broker.port'),
      advertisedHost: advertisedHost === '' ? undefined : advertisedHost,
      profile,
      anonymous: config.get('broker.anonymous'),
      nodeId,
      name: config.get('node.name'),
      certificate: material,
      resourcesPath,
      trustPort: port2,
    };
    const worker = new Worker(workerUrl('broker-worker', import.meta.url), { workerData, transferList: [port2], name: 'broker' });
    this.#worker = worker;
    worker.on('message', (message: FromBrokerWorker) => this.#receive(message));
    worker.once('error', (error) => logger.error('broker.workerFailed', 'The thread of the queue broker met a fault.', { error }));
    worker.once('exit', (code) => this.#exited(worker, code));
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    if (worker !== undefined) {
      this.#worker = undefined;
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage({ type: 'stop' } satisfies ToBrokerWorker);
      const timer = setTimeout(() => {
        this.#options.logger.error('broker.stopLate', 'The queue broker did not stop in time and was ended.', {});
        void worker.terminate();
      }, brokerLimits.stopMs);
      await gone;
      clearTimeout(timer);
      this.#clear();
    }
    this.#options.problems.clear(failedProblem);
    if (this.#report.state !== 'off') this.#tell(brokerThatIsOff.status());
  }

  #receive(message: FromBrokerWorker): void {
    const { logger, problems, authenticate } = this.#options;
    switch (message.type) {
      case 'status':
        if (message.figures !== undefined) this.#metrics.update(message.figures);
        this.#tell(message.report);
        break;
      case 'answer':
        this.#requests.answered(message.id, message.answer);
        break;
      case 'progress':
        this.#requests.progressed(message.id, message.progress);
        break;
      case 'checkToken':
        this.#post({ type: 'token', id: message.id, caller: authenticate(message.token) });
        break;
      case 'raise':
        this.#raised.add(message.problem.id);
        problems.raise({ view: '/queues', ...message.problem });
        break;
      case 'clear':
        this.#raised.delete(message.problemId);
        problems.clear(message.problemId);
        break;
      case 'log':
        logger[message.level](message.event, message.message, message.fields);
        break;
      case 'started':
        logger.info('broker.started', 'The queue broker runs.', { host: this.#options.config.get('broker.host') });
        break;
      case 'startFailed':
        this.#failed(startFailure(message, this.#options.config.get('broker.port')));
        break;
    }
  }

  /** The thread is gone: as asked for, after a start that failed, or by a fault. */
  #exited(worker: Worker, code: number): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#clear();
    if (this.#report.state !== 'failed')
      this.#failed(
        `Its thread ended unexpectedly (code ${code}). What was acknowledged is on the disk. Turn broker.enabled off and on, or restart the node; the log has the details.`,
      );
  }

  #clear(): void {
    this.#stopTrust?.();
    this.#stopTrust = undefined;
    this.#requests.abandon(new SignalboxError('INTERNAL', 'The queue broker of this node has stopped.', { executed: 'maybe' }));
    for (const id of this.#raised) this.#options.problems.clear(id);
    this.#raised.clear();
    this.#metrics.update(undefined);
  }

  #failed(detail: string): void {
    this.#options.problems.raise({
      id: failedProblem,
      severity: 'crit',
      title: 'The queue broker of this node does not run',
      detail,
      view: '/queues',
    });
    this.#tell({ ...this.#report, state: 'failed', detail, port: null, replicas: [], groups: 0, leaderOf: 0, clients: 0, peers: 0 });
  }

  #tell(report: BrokerReport): void {
    const before = this.#report;
    this.#report = report;
    if (before.state === report.state && JSON.stringify(before.replicas) === JSON.stringify(report.replicas)) return;
    for (const listener of this.#listeners) listener();
  }

  #post(message: ToBrokerWorker): void {
    this.#worker?.postMessage(message);
  }
}

function startFailure({ error, systemCode }: Extract<FromBrokerWorker, { type: 'startFailed' }>, port: number): string {
  if (systemCode === 'EADDRINUSE') return `Port ${port} is taken by another program. Set broker.port to a free one.`;
  if (systemCode === 'EACCES') return `This user may not listen on port ${port}. Set broker.port to one above 1023.`;
  if (systemCode === 'EADDRNOTAVAIL') return 'This machine does not have the address of broker.host. Set it to one that it has.';
  return error.message;
}
