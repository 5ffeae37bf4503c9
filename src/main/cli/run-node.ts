import { shortNodeId } from '../../common/ids.ts';
import { createNode, type SignalboxNode } from '../node/node.ts';
import type { Output } from './output.ts';

export interface RunNodeOptions {
  readonly out: Output;
  readonly dataFolder: string;
  /** Settings for this run, by key. */
  readonly overrides: Record<string, unknown>;
  readonly consoleFolder: string | undefined;
  /** Says more of the node once it runs, before the last line. */
  readonly onStarted?: (node: SignalboxNode) => Promise<void>;
}

/**
 * Runs a node until SIGINT or SIGTERM. A restart that a client asks for stops the node and starts it again in this
 * process, so that whoever watches the process sees no end.
 */
export async function runNode(options: RunNodeOptions): Promise<void> {
  const { out } = options;
  const stop = new StopRequest();
  try {
    do {
      const node = await createNode({
        dataFolder: options.dataFolder,
        mode: 'headless',
        overrides: options.overrides,
        onRestart: () => stop.restart(),
        ...(options.consoleFolder !== undefined && { consoleFolder: options.consoleFolder }),
        ...(process.resourcesPath !== undefined && { resourcesPath: process.resourcesPath }),
      });
      try {
        await node.start();
        await announce(out, node, options);
        await stop.wanted();
      } finally {
        await node.stop();
      }
      if (out.json) out.jsonLine({ event: 'stopped', nodeId: node.nodeId, restart: stop.again });
      else out.line(stop.again ? 'The node restarts.' : 'The node has stopped.');
    } while (stop.take());
  } finally {
    stop.dispose();
  }
}

async function announce(out: Output, node: SignalboxNode, { dataFolder, consoleFolder, onStarted }: RunNodeOptions): Promise<void> {
  const url = node.http.url;
  const setup = node.accounts.hasAdmin ? undefined : await node.setupLinks.create();
  const fingerprint = node.http.certificateFacts?.fingerprint;
  const setupUrl = setup === undefined || url === undefined ? null : url + setup.path;
  if (out.json) {
    const name = node.config.get('node.name');
    out.jsonLine({ event: 'started', nodeId: node.nodeId, name, url: url ?? null, fingerprint: fingerprint ?? null, setupUrl, dataFolder });
    await onStarted?.(node);
    return;
  }
  out.fields([
    ['node', `${node.config.get('node.name')} (${shortNodeId(node.nodeId)})`],
    ['console', consoleFolder === undefined ? `not served; programs connect to ${url ?? '-'}` : (url ?? 'off: http.enabled is false')],
    ...(fingerprint === undefined ? [] : [['fingerprint', `${fingerprint} (browsers and programs compare it)`] as const]),
    ['data', dataFolder],
  ]);
  if (setupUrl !== null) {
    out.line();
    if (consoleFolder === undefined) out.line('There is no administrator yet. Add one with: signalbox users add NAME --role admin');
    else {
      out.line('There is no administrator yet. This link makes one; it is good once, for 24 hours:');
      out.line(`  ${setupUrl}`);
    }
  }
  await onStarted?.(node);
  out.line();
  out.line('Stop with Ctrl-C.');
}

/** Why the running node should end: a signal of the operating system, or a restart. */
class StopRequest {
  #again = false;
  #ended = false;
  #resolve: (() => void) | undefined;
  readonly #onSignal = () => {
    this.#ended = true;
    this.#again = false;
    this.#resolve?.();
  };

  constructor() {
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
  }

  /** True when the node is to start again. */
  get again(): boolean {
    return this.#again;
  }

  restart(): void {
    if (this.#ended) return;
    this.#again = true;
    this.#resolve?.();
  }

  /** Resolves at a signal or a restart, also one that came before. */
  wanted(): Promise<void> {
    if (this.#ended || this.#again) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether to go round again; a signal that came while the node stopped ends it. */
  take(): boolean {
    const again = this.#again && !this.#ended;
    this.#again = false;
    return again;
  }

  dispose(): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
  }
}
