import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CallLoad, CallLoadResult, LoadOrder, SetReceived, SinkLoad } from './load-process.ts';

/** A process of its own that makes load, so that server and load do not share a thread. */
export class Load {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), { serialization: 'advanced' });
  }

  calls(load: Omit<CallLoad, 'kind'>): Promise<CallLoadResult> {
    return this.#order({ kind: 'calls', ...load }) as Promise<CallLoadResult>;
  }

  /** Connects subscribers; {@link setReceived} tells when all of them have the marked event. */
  async openSink(load: Omit<SinkLoad, 'kind'>): Promise<void> {
    await this.#order({ kind: 'sink', ...load });
  }

  async closeSink(): Promise<void> {
    await this.#order({ kind: 'close' });
  }

  /** Resolves when every subscriber has got the marked event of a set that is yet to be published. */
  setReceived(): Promise<SetReceived> {
    return this.#answer('set-received') as Promise<SetReceived>;
  }

  end(): void {
    this.#child.kill();
  }

  #order(order: LoadOrder): Promise<unknown> {
    const answer = this.#answer('result');
    this.#child.send(order);
    return answer;
  }

  #answer(kind: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: { readonly kind: string; readonly result?: unknown }) => {
        if (message.kind !== kind) return;
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        resolve(message.result);
      };
      const onExit = (code: number | null) => reject(new Error(`the load process ended with ${code}`));
      this.#child.on('message', onMessage);
      this.#child.once('exit', onExit);
    });
  }
}
