import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RequestLoadOrder {
  readonly port: number;
  /** As the Host header has it. */
  readonly host: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface RequestLoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Message =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'result'; readonly result: RequestLoadResult }
  | { readonly kind: 'failed'; readonly message: string };

/** Makes small requests over so many connections at a time, outside of this process. */
export interface RequestLoad {
  /** With its version. */
  readonly name: string;
  /** @param measuring called when everything is warm and counting begins */
  run(order: RequestLoadOrder, measuring?: () => void): Promise<RequestLoadResult>;
  stop(): void;
}

/** A load of our own, for machines without wrk. It takes as much of the processor as a fast tunnel does, and so hides how fast that is. */
export class OwnLoad implements RequestLoad {
  readonly name = 'our own load';
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./request-load-process.ts', import.meta.url)));
  }

  run(order: RequestLoadOrder, measuring: () => void = () => undefined): Promise<RequestLoadResult> {
    return new Promise((resolve, reject) => {
      const hear = (message: Message) => {
        if (message.kind === 'measuring') {
          measuring();
          return;
        }
        this.#child.off('message', hear);
        this.#child.off('exit', gone);
        if (message.kind === 'result') resolve(message.result);
        else reject(new Error(`small requests: ${message.message}`));
      };
      const gone = () => reject(new Error('the process that makes small requests has ended'));
      this.#child.on('message', hear);
      this.#child.once('exit', gone);
      this.#child.send(order);
    });
  }

  stop(): void {
    this.#child.kill();
  }
}
