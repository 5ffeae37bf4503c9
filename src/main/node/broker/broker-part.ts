import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { toErrorShape } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { ListenerCertificate } from '../certificates/index.ts';
import type { Config, SettingKey } from '../config/index.ts';
import { SettingsSwitch } from '../settings-switch.ts';
import type { Startable } from '../startable.ts';
import type { Logger, Metrics, Problems } from '../telemetry/index.ts';
import { type StartFailure, Thread, type ThreadEnd, workerUrl } from '../threads/index.ts';
import { askBroker, cancelled } from './ask-broker.ts';
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
import type { PeerTrust } from './peers/peer-trust.ts';
import { servePeerTrust } from './peers/port-peer-trust.ts';
import type { Caller } from './server/operations/index.ts';
import type { BrokerThread, BrokerWorkerData } from './worker-messages.ts';

export interface BrokerPartOptions {
  readonly config: Config;
  readonly dataFolder: string;
  readonly nodeId: string;
  readonly resourcesPath: string | undefined;
  /** Of the port of the broker; looked after while the broker runs. */
  readonly certificate: ListenerCertificate;
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
const view = '/queues';

/**
 * The queue broker as a part of the node: starts and stops its thread as the settings want it, and passes operations to it. Nothing here
 * is heavy: sockets, consensus and files are in the thread.
 */
export class BrokerPart implements BrokerFace, Startable {
  readonly #options: BrokerPartOptions;
  readonly #metrics: BrokerMetrics;
  readonly #listeners = new Set<() => void>();
  readonly #switch: SettingsSwitch;
  #report: BrokerReport = brokerThatIsOff.status();
  #thread: Thread<BrokerThread> | undefined;
  #stopTrust: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: BrokerPartOptions) {
    this.#options = options;
    this.#metrics = new BrokerMetrics(options.metrics);
    this.#switch = new SettingsSwitch({
      wanted: () => options.config.get('broker.enabled'),
      begin: () => this.#launch(),
      end: () => this.#end(),
      onFailed: (error) => {
        options.logger.error('broker.notLaunched', 'The thread of the queue broker could not be started.', { error });
        this.#clear();
        this.#failed(toErrorShape(error).message);
      },
    });
  }

  /** Does not wait for the broker: the node is of use without it. */
  start(): Promise<void> {
    const { config } = this.#options;
    this.#unwatch = config.onChange((changed) => this.#settingsChanged(changed));
    if (config.get('broker.enabled')) this.#switch.turn();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.#switch.stop();
  }

  status(): BrokerReport {
    return this.#report;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(operation: OperationRequest, principal: Principal, options: OperationOptions = {}): Promise<OperationAnswer> {
    const thread = this.#thread;
    if (thread === undefined || this.#report.state !== 'running')
      return Promise.resolve({
        status: 'error',
        code: 'BROKER_OFF',
        message: 'The queue broker of this node does not run.',
        executed: 'no',
      });
    return askBroker(thread, operation, { user: principal.user, roles: principal.roles }, options);
  }

  #settingsChanged(changed: readonly SettingKey[]): void {
    if (changed.includes('broker.anonymous')) this.#thread?.tell('anonymous', this.#options.config.get('broker.anonymous'));
    if (changed.some((key) => startSettings.includes(key))) this.#switch.turn();
  }

  async #launch(): Promise<void> {
    const { config, dataFolder, nodeId, resourcesPath, certificate, trust, authenticate, logger, problems } = this.#options;
    problems.clear(failedProblem);
    const profile = config.get('broker.profile');
    this.#tell({ ...brokerThatIsOff.status(), state: 'starting', host: config.get('broker.host'), profile });
    try {
      await certificate.start();
    } catch (error) {
      this.#failed(toErrorShape(error).message);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.#stopTrust = servePeerTrust(port1, trust);
    const advertisedHost = config.get('broker.advertisedHost');
    const data: BrokerWorkerData = {
      folder: join(dataFolder, 'broker'),
      backupFolder: join(dataFolder, 'backups'),
      host: config.get('broker.host'),
      port: config.get('broker.port'),
      advertisedHost: advertisedHost === '' ? undefined : advertisedHost,
      profile,
      anonymous: config.get('broker.anonymous'),
      nodeId,
      name: config.get('node.name'),
      certificate: certificate.material,
      resourcesPath,
      trustPort: port2,
    };
    const thread: Thread<BrokerThread> = new Thread<BrokerThread>({
      // A large log takes its time to be read: the start has no bound, and the broker is shown as starting.
      url: workerUrl('broker-worker', import.meta.url),
      name: 'broker',
      subject: 'The queue broker of this node',
      data,
      transfer: [port2],
      mostRequests: brokerLimits.requestsOfNode,
      stopMs: brokerLimits.stopMs,
      logger,
      problems: { sink: problems, view },
      errors: { left: cancelled },
      reports: {
        status: ({ report, figures }) => {
          if (figures !== undefined) this.#metrics.update(figures);
          this.#tell(report);
        },
        checkToken: ({ id, token }) => thread.tell('token', { id, caller: authenticate(token) }),
      },
      onReady: () => logger.info('broker.started', 'The queue broker runs.', { host: data.host }),
      onEnd: (end) => this.#ended(end),
    });
    this.#thread = thread;
    certificate.onRenewed((renewed) => this.#thread?.tell('certificate', renewed));
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.stop();
    this.#clear();
    await this.#options.certificate.stop();
    this.#options.problems.clear(failedProblem);
    if (this.#report.state !== 'off') this.#tell(brokerThatIsOff.status());
  }

  /** The thread is gone: after a start that failed, or by a fault. */
  #ended({ code, startFailure: refusal }: ThreadEnd): void {
    this.#thread = undefined;
    this.#clear();
    if (refusal !== undefined) this.#failed(startFailure(refusal, this.#options.config.get('broker.port')));
    else
      this.#failed(
        `Its thread ended unexpectedly (code ${code}). What was acknowledged is on the disk. Turn broker.enabled off and on, or restart the node; the log has the details.`,
      );
  }

  #clear(): void {
    this.#stopTrust?.();
    this.#stopTrust = undefined;
    this.#metrics.update(undefined);
  }

  #failed(detail: string): void {
    this.#options.problems.raise({
      id: failedProblem,
      severity: 'crit',
      title: 'The queue broker of this node does not run',
      detail,
      view,
    });
    this.#tell({ ...this.#report, state: 'failed', detail, port: null, replicas: [], groups: 0, leaderOf: 0, clients: 0, peers: 0 });
  }

  #tell(report: BrokerReport): void {
    const before = this.#report;
    this.#report = report;
    if (before.state === report.state && JSON.stringify(before.replicas) === JSON.stringify(report.replicas)) return;
    for (const listener of this.#listeners) listener();
  }
}

function startFailure({ error, systemCode }: StartFailure, port: number): string {
  if (systemCode === 'EADDRINUSE') return `Port ${port} is taken by another program. Set broker.port to a free one.`;
  if (systemCode === 'EACCES') return `This user may not listen on port ${port}. Set broker.port to one above 1023.`;
  if (systemCode === 'EADDRNOTAVAIL') return 'This machine does not have the address of broker.host. Set it to one that it has.';
  return toErrorShape(error).message;
}
