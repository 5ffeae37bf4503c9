import { SignalboxError } from '../../common/errors.ts';
import type { DemoState } from '../../preload/api.ts';
import type { DemoCluster } from '../cli/demo/demo-cluster.ts';
import type { SignalboxNode } from '../node/node.ts';
import type { Logger } from '../node/telemetry/index.ts';

/** Nodes of the demo beside the one that the window shows (ui.md 4.10). */
const nodes = 3;

export interface DemoHostOptions {
  readonly logger: Logger;
  /** The window is to show another node: that of the demo, or its own again. */
  readonly onSwitch: () => void;
}

/**
 * The demo inside the application: whole nodes in this process with data folders of their own, and one more that stands in for the
 * window's node. The own node goes on beside it: neither its settings nor its cluster are touched, so there is nothing to put back.
 */
export class DemoHost {
  readonly #options: DemoHostOptions;
  #cluster: DemoCluster | undefined;
  #state: DemoState = 'off';
  /** Starting and stopping, one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: DemoHostOptions) {
    this.#options = options;
  }

  get state(): DemoState {
    return this.#state;
  }

  /** The node that the window shows while the demo runs. */
  get guest(): Promise<SignalboxNode> | undefined {
    return this.#state === 'running' ? this.#cluster?.guest : undefined;
  }

  /**
   * Starts the demo; harmless while it runs.
   *
   * @param name what the window's node is called in it
   * @throws SignalboxError `INTERNAL` when a node of it does not start; nothing of it is left then
   */
  start(name: string): Promise<void> {
    return this.#alone(async () => {
      if (this.#state === 'running') return;
      this.#state = 'starting';
      // Loaded only here: whoever never sees the demo does not pay for it.
      const { DemoCluster } = await import('../cli/demo/demo-cluster.ts');
      const cluster = new DemoCluster({ nodes, traffic: true, consoleFolder: undefined, guest: name });
      try {
        await cluster.start();
      } catch (error) {
        this.#state = 'off';
        await cluster.stop();
        throw new SignalboxError('INTERNAL', `The demo did not start: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      this.#cluster = cluster;
      this.#state = 'running';
      this.#options.logger.info('shell.demo.started', 'The demo runs.', { nodes });
      cluster.failed.catch((error: unknown) => this.#failed(cluster, error));
      this.#options.onSwitch();
    });
  }

  /** Ends the demo and all that it left; harmless while there is none. */
  stop(): Promise<void> {
    return this.#alone(async () => {
      const cluster = this.#cluster;
      if (cluster === undefined) return;
      this.#state = 'off';
      this.#cluster = undefined;
      this.#options.onSwitch();
      await cluster.stop();
      this.#options.logger.info('shell.demo.stopped', 'The demo has ended.');
    });
  }

  #failed(cluster: DemoCluster, error: unknown): void {
    if (this.#cluster !== cluster) return;
    this.#options.logger.error('shell.demo.failed', 'A node of the demo did not come back, so the demo ends.', { error });
    this.stop().catch((fault: unknown) => this.#options.logger.error('shell.demo.not-stopped', 'The demo did not end.', { error: fault }));
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(act);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}
