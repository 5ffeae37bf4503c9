import type { Limits } from '../../../common/limits.ts';
import type { ClientSink } from './types.ts';

const lookEveryMs = 250;

/** A client whose events wait, and what is to be done about it. */
export interface SlowClient {
  readonly sink: ClientSink;
  /** It takes data again. */
  resume(): void;
  /** It is given up: close code 1013. */
  giveUp(reason: string): void;
}

interface Watch {
  readonly sinceMs: number;
  lastBytes: number;
}

/**
 * Looks after clients that do not read: they get their events when they catch up, and are closed when they do not
 * (security.md row 12: 4 MiB, or 30 s). One timer for all of them, none while there are none.
 */
export class SlowClients {
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  readonly #watched = new Map<SlowClient, Watch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Limits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  watch(client: SlowClient): void {
    if (!this.#watched.has(client)) this.#watched.set(client, { sinceMs: this.#nowMs(), lastBytes: client.sink.bufferedBytes });
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  forget(client: SlowClient): void {
    this.#watched.delete(client);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const [client, watch] of [...this.#watched]) {
      const bytes = client.sink.bufferedBytes;
      if (bytes <= this.#limits.pausedSocketBytes) {
        this.forget(client);
        client.resume();
      } else if (bytes > this.#limits.socketBufferBytes && bytes >= watch.lastBytes) {
        client.giveUp(`more than ${this.#limits.socketBufferBytes} bytes wait unread`);
      } else if (this.#nowMs() - watch.sinceMs >= this.#limits.slowClientMs) {
        client.giveUp(`nothing was caught up for ${this.#limits.slowClientMs / 1_000} s`);
      } else watch.lastBytes = bytes;
    }
  }
}
