import { MessageChannelMain, type WebFrameMain } from 'electron';
import type { ErrorCode } from '../../common/errors.ts';
import type { Principal } from '../../common/roles.ts';
import { noticeChannels } from '../../preload/channels.ts';
import { createNode, type SignalboxNode } from '../node/node.ts';
import type { NodeOptions } from '../node/node-foundation.ts';
import { attachMessagePort } from '../node/router/index.ts';
import type { Logger } from '../node/telemetry/index.ts';

export interface NodeHostOptions {
  /** What the node is made with, at the first start and at every restart. */
  readonly node: Omit<NodeOptions, 'onRestart'>;
  readonly logger: Logger;
  /** The node could not start, or not start again. */
  readonly onFailure: (error: unknown) => void;
  /** A node that windows show in place of this one, while there is one. */
  readonly instead?: () => Promise<SignalboxNode> | undefined;
}

/** Runs the node in this process and connects the window to it. */
export class NodeHost {
  readonly #options: NodeHostOptions;
  /** How to end the connection of each window: a page that asks again has lost the one before. */
  readonly #connections = new Map<number, () => void>();
  /** The running node, or its start. Rejected while there is none. */
  #node: Promise<SignalboxNode> | undefined;
  #isUp = false;
  #stopped = false;

  constructor(options: NodeHostOptions) {
    this.#options = options;
  }

  /** True while a node is running here. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Starts the node. A failure is told to `onFailure` and to whoever waits for a connection. */
  async start(): Promise<void> {
    this.#node = this.#launch();
    await this.#node.catch(this.#options.onFailure);
  }

  /**
   * Gives a page a port to the node, as the local user. Waits for a node that is starting.
   *
   * @throws SignalboxError of the failed start
   */
  async connect(webContentsId: number, frame: WebFrameMain): Promise<void> {
    const node = await (this.#options.instead?.() ?? this.#node);
    if (node === undefined || frame.isDestroyed()) return;
    this.#connections.get(webContentsId)?.();
    const { port1, port2 } = new MessageChannelMain();
    const client = attachMessagePort(node.router, port1, { principal: () => localPrincipal(node) });
    this.#connections.set(webContentsId, () => {
      client.closed();
      port1.close();
    });
    frame.postMessage(noticeChannels.port, null, [port2]);
  }

  /** Ends the connection of a window that was closed. */
  forget(webContentsId: number): void {
    this.#connections.get(webContentsId)?.();
    this.#connections.delete(webContentsId);
  }

  /** Writes a refusal of the shell into the node's audit table; one that is starting writes it then, one that failed never. */
  recordRefusal(act: string, code: ErrorCode, detail: string): void {
    this.#node?.then(
      ({ audit }) =>
        audit.record({
          principal: { user: 'unknown', roles: [], via: 'ipc' },
          act,
          target: null,
          params: {},
          outcome: 'refused',
          code,
          detail,
          durationMs: null,
        }),
      () => undefined,
    );
  }

  /** Name of the node; undefined while there is none. */
  async name(): Promise<string | undefined> {
    const node = await this.#node?.catch(() => undefined);
    return node?.config.get('node.name');
  }

  /** Stops the node for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const node = await this.#node?.catch(() => undefined);
    await node?.stop();
  }

  async #launch(): Promise<SignalboxNode> {
    const node = await createNode({ ...this.#options.node, onRestart: (reason) => void this.#restart(reason) });
    await node.start();
    this.#isUp = true;
    return node;
  }

  /** In place: the process and its window stay, connections end with `bye` and the page asks for a new one. */
  async #restart(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#options.logger.info('shell.node.restart', 'The node restarts.', { reason });
    const before = this.#node;
    this.#node = (async () => {
      const old = await before;
      this.#isUp = false;
      await old?.stop();
      return await this.#launch();
    })();
    await this.#node.catch(this.#options.onFailure);
  }
}

/** Whoever sits at this computer; the role follows the setting at once. */
function localPrincipal(node: SignalboxNode): Principal {
  return { user: `local@${node.nodeId}`, roles: [node.config.get('node.localUserRole')], via: 'ipc' };
}
