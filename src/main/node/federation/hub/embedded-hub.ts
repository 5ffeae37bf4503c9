import { SignalboxError } from '../../../../common/errors.ts';
import type { Startable } from '../../startable.ts';
import { type Logger, type Problems, RepeatSampler } from '../../telemetry/index.ts';
import { RestartedThread, type ThreadOptions, workerUrl } from '../../threads/index.ts';
import type { HubOptions, HubSample, HubThread } from './hub-protocol.ts';

const problemId = 'federation.hubStopped';
/** A hub that ran this long has recovered: the next fault is a new one. */
const stableMs = 10_000;
/** A thread that does not end when it is asked to is ended. */
const stopMs = 2_000;
/** Samples are the only thing that it is asked for, one at a time. */
const mostRequests = 16;

export interface EmbeddedHubOptions extends HubOptions {
  readonly logger: Logger;
  readonly problems: Problems;
  /** How the thread is started; tests keep hold of it. */
  readonly createWorker?: ThreadOptions<HubThread>['createWorker'];
}

/** The embedded MQTT broker as the node sees it: a thread that is started again, with growing pauses, when it ends by a fault. */
export class EmbeddedHub implements Startable {
  readonly #options: EmbeddedHubOptions;
  readonly #faults = new RepeatSampler();
  readonly #threads: RestartedThread<HubThread>;
  #sampling: Promise<HubSample | undefined> | undefined;
  /** Once a free port was taken it stays: the other nodes know it. */
  #port: number;

  constructor(options: EmbeddedHubOptions) {
    this.#options = options;
    this.#port = options.port;
    const { host, prefix, logger, problems, createWorker } = options;
    this.#threads = new RestartedThread<HubThread>({
      name: 'federation.hub',
      subject: 'The MQTT hub of this node',
      logger,
      problems,
      healthyMs: stableMs,
      retriesFirstStart: false,
      thread: () => ({
        url: workerUrl('hub-worker', import.meta.url),
        data: { host, prefix, port: this.#port },
        mostRequests,
        stopMs,
        ...(createWorker && { createWorker }),
        toError: ({ code, message }) => cannotListen(host, this.#port, code, message),
        reports: { refused: (refused) => this.#refused(refused) },
        onReady: ({ port }) => {
          this.#port = port;
          logger.info('federation.hubListening', 'The MQTT hub is listening.', { host, port });
        },
      }),
      problem: ({ startFailure }) => ({
        id: problemId,
        severity: 'crit',
        title: 'The MQTT hub of this node stopped',
        detail: `${startFailure?.error.message ?? 'Its thread ended unexpectedly; the log has the details.'} It is started again by itself. Until then the nodes do not reach each other.`,
        view: '/settings',
      }),
    });
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return this.#threads.thread?.isReady === true ? this.#port : undefined;
  }

  /** How often the thread was started again. */
  get restarts(): number {
    return this.#threads.restarts;
  }

  /** @throws SignalboxError `CONFLICT` when the port cannot be listened on */
  async start(): Promise<void> {
    await this.#threads.launch()?.started;
  }

  stop(): Promise<void> {
    return this.#threads.stop();
  }

  /** What the hub is doing; undefined while it does not run. Everybody who asks at once gets one answer. */
  sample(): Promise<HubSample | undefined> {
    const { thread } = this.#threads;
    if (thread?.isReady !== true) return Promise.resolve(undefined);
    this.#sampling ??= thread
      .ask('sample', undefined)
      // It has ended instead, and does nothing.
      .catch(() => undefined)
      .finally(() => {
        this.#sampling = undefined;
      });
    return this.#sampling;
  }

  #refused({ refusal, detail, client }: HubThread['reports']['refused']): void {
    const suppressed = this.#faults.take(`${refusal}/${client ?? ''}`);
    if (suppressed !== undefined)
      this.#options.logger.warn('federation.hubRefused', 'The MQTT hub refused a client.', { refusal, detail, client, suppressed });
  }
}

function cannotListen(host: string, port: number, code: string, message: string): SignalboxError {
  const why =
    code === 'EADDRINUSE'
      ? `Another program already listens on ${host} port ${port}. Choose another federation.port, or join the other node's hub with federation.mode external.`
      : `The MQTT hub cannot listen on ${host} port ${port}: ${message}.`;
  return new SignalboxError('CONFLICT', why, { executed: 'no' });
}
