import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../../../common/errors.ts';
import { RetryDelay } from '../../retry-delay.ts';
import type { Startable } from '../../startable.ts';
import { type Logger, type Problems, RepeatSampler } from '../../telemetry/index.ts';
import { workerUrl } from '../../threads/index.ts';
import type { FromHub, HubOptions, HubSample, ToHub } from './hub-protocol.ts';

const problemId = 'federation.hubStopped';
/** A hub that ran this long has recovered: the next fault is a new one. */
const stableMs = 10_000;
/** A thread that does not end when it is asked to is ended. */
const stopMs = 2_000;

export interface EmbeddedHubOptions extends HubOptions {
  readonly logger: Logger;
  readonly problems: Problems;
  /** How the thread is started; tests keep hold of it. */
  readonly createWorker?: (options: HubOptions) => Worker;
}

/** The embedded MQTT broker as the node sees it: a thread that is started again, with growing pauses, when it ends by a fault. */
export class EmbeddedHub implements Startable {
  readonly #options: EmbeddedHubOptions;
  readonly #faults = new RepeatSampler();
  readonly #delay = new RetryDelay();
  #sampling: Promise<HubSample | undefined> | undefined;
  #resolveSample: (sample: HubSample | undefined) => void = () => undefined;
  #worker: Worker | undefined;
  #port: number | undefined;
  #listening = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;

  constructor(options: EmbeddedHubOptions) {
    this.#options = options;
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return this.#listening ? this.#port : undefined;
  }

  /** How often the thread was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** @throws SignalboxError `CONFLICT` when the port cannot be listened on */
  start(): Promise<void> {
    return this.#launch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#post({ type: 'stop' });
    const timer = setTimeout(() => void worker.terminate(), stopMs);
    await gone;
    clearTimeout(timer);
  }

  /** What the hub is doing; undefined while it does not run. Everybody who asks at once gets one answer. */
  sample(): Promise<HubSample | undefined> {
    if (!this.#listening) return Promise.resolve(undefined);
    if (this.#sampling === undefined) {
      this.#sampling = new Promise((resolve) => {
        this.#resolveSample = resolve;
      });
      this.#post({ type: 'sample' });
    }
    return this.#sampling;
  }

  #launch(): Promise<void> {
    const { host, prefix, port, createWorker = startWorker } = this.#options;
    // Once a free port was taken it stays: the other nodes know it.
    const worker = createWorker({ host, prefix, port: this.#port ?? port });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let failure: SignalboxError | undefined;
      worker.on('message', (message: FromHub) => {
        if (message.type === 'listening') {
          this.#port = message.port;
          this.#listening = true;
          this.#options.logger.info('federation.hubListening', 'The MQTT hub is listening.', { host, port: message.port });
          this.#options.problems.clear(problemId);
          resolve();
        } else if (message.type === 'failed') failure = cannotListen(host, this.#port ?? port, message.code, message.message);
        else this.#receive(message);
      });
      worker.once('error', (error) =>
        this.#options.logger.error('federation.hubFailed', 'The thread of the MQTT hub met a fault.', { error }),
      );
      const launched = performance.now();
      worker.once('exit', () => {
        this.#ended(performance.now() - launched, failure);
        reject(failure ?? cannotListen(host, this.#port ?? port, 'EXIT', 'the thread ended'));
      });
    });
  }

  #receive(message: FromHub): void {
    if (message.type === 'sampled') this.#sampled(message.sample);
    else if (message.type === 'refused') {
      const { refusal, detail, client } = message;
      const suppressed = this.#faults.take(`${refusal}/${client ?? ''}`);
      if (suppressed !== undefined)
        this.#options.logger.warn('federation.hubRefused', 'The MQTT hub refused a client.', { refusal, detail, client, suppressed });
    }
  }

  #ended(ranMs: number, failure: SignalboxError | undefined): void {
    const wasListening = this.#listening;
    this.#listening = false;
    this.#worker = undefined;
    this.#sampled(undefined);
    // A first start that fails is its caller's matter; a hub that ran is brought back.
    if (this.#stopped || (!wasListening && this.#restarts === 0)) return;
    if (ranMs > stableMs) this.#delay.reset();
    const waitMs = this.#delay.nextMs();
    this.#options.logger.error('federation.hubStopped', 'The MQTT hub stopped and is started again.', { waitMs, failure });
    this.#options.problems.raise({
      id: problemId,
      severity: 'crit',
      title: 'The MQTT hub of this node stopped',
      detail: `${failure?.message ?? 'Its thread ended unexpectedly; the log has the details.'} It is started again by itself. Until then the nodes do not reach each other.`,
      view: '/settings',
    });
    this.#timer = setTimeout(() => {
      this.#restarts++;
      // A failure comes here again by way of the thread's end.
      this.#launch().catch(() => undefined);
    }, waitMs);
  }

  #sampled(sample: HubSample | undefined): void {
    this.#resolveSample(sample);
    this.#sampling = undefined;
  }

  #post(message: ToHub): void {
    this.#worker?.postMessage(message);
  }
}

function startWorker(workerData: HubOptions): Worker {
  return new Worker(workerUrl('hub-worker', import.meta.url), { workerData, name: 'mqtt hub' });
}

function cannotListen(host: string, port: number, code: string, message: string): SignalboxError {
  const why =
    code === 'EADDRINUSE'
      ? `Another program already listens on ${host} port ${port}. Choose another federation.port, or join the other node's hub with federation.mode external.`
      : `The MQTT hub cannot listen on ${host} port ${port}: ${message}.`;
  return new SignalboxError('CONFLICT', why, { executed: 'no' });
}
