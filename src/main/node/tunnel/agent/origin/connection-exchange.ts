import { performance } from 'node:perf_hooks';
import type { HeaderPairs, ResetCode, StreamEvents, TunnelStream } from '../../link/types.ts';
import type { ExchangeEnd, ExchangeObserver } from '../request-observer.ts';
import type { ServiceFigures } from '../service-figures.ts';
import { RawPipe } from './raw-pipe.ts';
import type { ServiceDialer } from './service-dialer.ts';

const noHeaders: HeaderPairs = [];
const nothing = Buffer.alloc(0);

/** A raw connection of the gateway (kinds tcp and tls), carried to the local service. */
export class ConnectionExchange implements StreamEvents {
  readonly #dialer: ServiceDialer;
  readonly #figures: ServiceFigures;
  readonly #stream: TunnelStream;
  readonly #observer: ExchangeObserver | undefined;
  readonly #startedMs = performance.now();
  #pipe: RawPipe | undefined;
  /** What came before the service was connected; at most the credit of the stream. */
  #waiting: Uint8Array[] = [];
  #endedEarly = false;
  #over = false;

  constructor(dialer: ServiceDialer, figures: ServiceFigures, stream: TunnelStream, observer: ExchangeObserver | undefined) {
    this.#dialer = dialer;
    this.#figures = figures;
    this.#stream = stream;
    this.#observer = observer;
  }

  start(): void {
    void this.#connect();
  }

  onData(chunk: Uint8Array): void {
    if (this.#pipe !== undefined) this.#pipe.onData(chunk);
    else if (!this.#over) this.#waiting.push(chunk);
  }

  onEnd(trailers: HeaderPairs): void {
    if (this.#pipe !== undefined) this.#pipe.onEnd(trailers);
    else this.#endedEarly = true;
  }

  onReset(code: ResetCode, reason: string): void {
    if (this.#pipe !== undefined) this.#pipe.onReset(code, reason);
    else if (!this.#over) this.#ended({ kind: 'reset', code, reason });
  }

  onDrain(): void {
    this.#pipe?.onDrain();
  }

  async #connect(): Promise<void> {
    const outcome = await this.#dialer.dial();
    if ('failure' in outcome) {
      const { code, message } = outcome.failure;
      this.#figures.serviceDown(message);
      if (this.#over) return;
      this.#stream.reset(code, message);
      this.#ended({ kind: 'reset', code, reason: message });
      return;
    }
    const { service } = outcome;
    if (this.#over) {
      service.socket.destroy();
      return;
    }
    this.#figures.serviceUp();
    this.#observer?.responseHead({ status: 200, headers: noHeaders });
    this.#stream.respond({ status: 200, headers: noHeaders });
    const pipe = new RawPipe(service, this.#stream, {
      fromService: (chunk) => {
        this.#observer?.responseData(chunk);
        this.#figures.bytesFromService(chunk.length);
      },
      toService: (chunk) => {
        this.#observer?.requestData(chunk);
        this.#figures.bytesToService(chunk.length);
      },
      complete: () => this.#ended({ kind: 'complete' }),
      broken: (code, reason) => this.#ended({ kind: 'reset', code, reason }),
    });
    this.#pipe = pipe;
    pipe.start(nothing);
    for (const chunk of this.#waiting.splice(0)) pipe.onData(chunk);
    if (this.#endedEarly) pipe.onEnd(noHeaders);
  }

  #ended(end: ExchangeEnd): void {
    this.#over = true;
    this.#waiting = [];
    this.#figures.exchangeEnded(performance.now() - this.#startedMs, 0, end);
    this.#observer?.ended(end, noHeaders);
  }
}
