import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../../../common/errors.ts';
import { workerUrl } from '../../store/worker-location.ts';
import type { Logger } from '../../telemetry/index.ts';
import { gatewayLimits } from './limits.ts';
import type { FromGatewayWorker, GatewayAnswers, GatewayRequest, GatewayWorkerData, ToGatewayWorker } from './worker-messages.ts';

/** Three semi-spaces of 8 MB: a tenth less work for each small request than with the default, and no more for bulk (`npm run bench -- tunnel`). */
const youngGenerationMb = 24;

export interface GatewayThreadOptions {
  readonly data: GatewayWorkerData;
  readonly logger: Logger;
  /** All but answers. */
  readonly onMessage: (message: Exclude<FromGatewayWorker, { type: 'answer' }>) => void;
  /** It has ended without being asked to. @param fault what it threw, if anything */
  readonly onExit: (code: number, fault: unknown) => void;
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: SignalboxError) => void;
}

/** The thread of a gateway, from its start to its end, and what it is asked. */
export class GatewayThread {
  readonly #options: GatewayThreadOptions;
  readonly #worker: Worker;
  readonly #gone: Promise<void>;
  readonly #asked = new Map<number, Asked>();
  #nextId = 1;
  #fault: unknown;
  #stopping = false;

  constructor(options: GatewayThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(workerUrl('gateway-worker', import.meta.url), {
      workerData: options.data,
      name: 'gateway',
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    this.#worker.on('message', (message: FromGatewayWorker) => {
      if (message.type === 'answer') this.#answered(message.id, message.answer);
      else options.onMessage(message);
    });
    this.#worker.once('error', (error) => {
      this.#fault = error;
      options.logger.error('gateway.workerFailed', 'The thread of the gateway met a fault.', { error });
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#abandon();
        resolve();
        if (!this.#stopping) options.onExit(code, this.#fault);
      });
    });
  }

  /** @throws SignalboxError `INTERNAL` when the thread ends before it answers */
  ask<K extends GatewayRequest['what']>(request: Extract<GatewayRequest, { what: K }>): Promise<GatewayAnswers[K]> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.post({ type: 'ask', id, request });
    });
  }

  post(message: ToGatewayWorker): void {
    this.#worker.postMessage(message);
  }

  /** Lets the gateway drain, and ends the thread when it does not in time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.post({ type: 'stop' });
    const timer = setTimeout(() => {
      this.#options.logger.error('gateway.stopLate', 'The gateway did not stop in time and was ended.', {});
      void this.#worker.terminate();
    }, gatewayLimits.stopMs);
    await this.#gone;
    clearTimeout(timer);
  }

  #answered(id: number, answer: unknown): void {
    this.#asked.get(id)?.resolve(answer);
    this.#asked.delete(id);
  }

  #abandon(): void {
    for (const { reject } of this.#asked.values())
      reject(new SignalboxError('INTERNAL', 'The gateway of this node has stopped.', { executed: 'maybe' }));
    this.#asked.clear();
  }
}
