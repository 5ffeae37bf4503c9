import type { Logger } from '../../telemetry/index.ts';
import type { Communicator } from '../types.ts';
import { healthLimits } from './limits.ts';
import type { HealthReport } from './messages.ts';

export interface HeartbeatsOptions {
  readonly communicator: Pick<Communicator, 'send'>;
  /** Ids of those that acknowledge and are not removed. */
  readonly receivers: () => readonly string[];
  /** What this node says of itself now. */
  readonly report: () => HealthReport;
  readonly heartbeatMs: number;
  readonly logger: Logger;
  /** For tests; 0 to 1. */
  readonly random?: () => number;
}

/** Says to every peer how this node is, every half minute or so: its acknowledgement tells how long the way takes and that it is open. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  start(): void {
    this.beat();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Sends one to every peer now, and plans the next. */
  beat(): void {
    const { receivers, heartbeatMs, random = Math.random } = this.#options;
    for (const nodeId of receivers()) this.beatTo(nodeId);
    const jitter = 1 - healthLimits.heartbeatJitter + 2 * healthLimits.heartbeatJitter * random();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.beat(), heartbeatMs * jitter).unref();
  }

  /** Sends one to a peer. One that still waits is replaced: only the newest says how this node is. */
  beatTo(nodeId: string): void {
    const { communicator, report, heartbeatMs, logger } = this.#options;
    const ttlSeconds = Math.max(1, Math.ceil((heartbeatMs * 2) / 1_000));
    communicator.send(nodeId, report(), { priority: 'Low', ttlSeconds, supersedes: 'HealthReport' }).catch((error: unknown) => {
      // It may have gone or been removed this moment; its absence is noticed by its own silence.
      logger.debug('peers.heartbeatNotSent', 'A heartbeat could not be sent.', { nodeId, error });
    });
  }
}
