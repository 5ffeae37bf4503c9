import type { NodeStatus } from '../../common/contract/node.ts';
import { toErrorShape } from '../../common/errors.ts';
import type { HttpListener } from './http/index.ts';
import type { Startable } from './startable.ts';
import type { Logger, Problems } from './telemetry/index.ts';

type ListenerStatus = NodeStatus['listeners'][number];

export interface HttpPartOptions {
  readonly http: HttpListener;
  /** Setting `http.enabled`. */
  readonly enabled: boolean;
  /** False: a port that is taken is a problem of the node, not its end; the desktop window works without it. */
  readonly required: boolean;
  readonly host: string;
  readonly port: number;
  /** Plain HTTP where other machines reach it, because setting `http.tls` is off. */
  readonly plainBeyondLoopback: boolean;
  readonly problems: Problems;
  readonly logger: Logger;
}

/** The HTTP listener as a part of the node: on, off, or failed without taking the node down. */
export class HttpPart implements Startable {
  readonly #options: HttpPartOptions;
  #failure: string | null = null;

  constructor(options: HttpPartOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError of the listener, when the node is of no use without it */
  async start(): Promise<void> {
    const { http, enabled, required, problems, logger, plainBeyondLoopback, host } = this.#options;
    if (!enabled) return;
    try {
      await http.start();
      if (plainBeyondLoopback)
        problems.raise({
          id: 'http.plain',
          severity: 'warn',
          title: 'The console listens without TLS beyond this machine',
          detail: `Whoever is on the way to ${host} reads passwords and tokens, and can change what is sent. Set http.tls to auto and restart: the node has a certificate of its own.`,
          view: '/settings?section=network',
        });
    } catch (error) {
      if (required) throw error;
      this.#failure = toErrorShape(error).message;
      logger.error('http.notListening', 'Browsers and the command line cannot reach this node.', { error });
      problems.raise({
        id: 'http.notListening',
        severity: 'warn',
        title: 'Browsers and the command line cannot reach this node',
        detail: this.#failure,
        view: '/settings',
      });
    }
  }

  async stop(): Promise<void> {
    await this.#options.http.stop();
  }

  /** For `node.status`. */
  status(): ListenerStatus {
    const { http, enabled, host, port } = this.#options;
    const address = http.address;
    if (address !== undefined) {
      const tls = http.certificateFacts;
      return {
        name: 'http',
        address: address.host,
        port: address.port,
        state: 'listening',
        detail: http.url ?? null,
        ...(tls !== undefined && { tls: { ...tls } }),
      };
    }
    if (this.#failure !== null) return { name: 'http', address: host, port, state: 'failed', detail: this.#failure };
    return { name: 'http', address: null, port: null, state: 'off', detail: enabled ? null : 'Turned off by http.enabled.' };
  }
}
