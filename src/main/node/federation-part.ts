import type { NodeStatus } from '../../common/contract/node.ts';
import { toErrorShape } from '../../common/errors.ts';
import type { Config } from './config/index.ts';
import { type ClusterView, EmbeddedHub, Federation, type LinkTarget, readLinkTarget } from './federation/index.ts';
import type { NodeIdentity } from './identity/index.ts';
import { isLoopback } from './loopback.ts';
import type { PeerStanding } from './peers/oversight.ts';
import { RetryDelay } from './retry-delay.ts';
import type { AuditSink } from './router/index.ts';
import { stateOf } from './services/node.ts';
import type { Startable } from './startable.ts';
import type { Store } from './store/index.ts';
import type { Logs, Metrics, Problems } from './telemetry/index.ts';

const hubProblem = 'federation.hubNotListening';
const startProblem = 'federation.notStarted';

export interface FederationPartOptions {
  readonly config: Config;
  readonly identity: NodeIdentity;
  /** The cluster this node belongs to; undefined while it is in none. */
  readonly cluster: () => ClusterView | undefined;
  readonly version: string;
  readonly capabilities: () => readonly string[];
  /** Calls running on this node. */
  readonly load: () => number;
  /** How far other nodes are trusted. */
  readonly standing: PeerStanding;
  readonly store: Store;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly problems: Problems;
  readonly audit: AuditSink;
}

/** Federation as the settings want it: over links alone, with the embedded broker, or with another one. */
export class FederationPart implements Startable {
  readonly federation: Federation;
  /** The embedded broker; undefined unless this node is the hub. */
  readonly hub: EmbeddedHub | undefined;
  readonly #options: FederationPartOptions;
  readonly #delay = new RetryDelay();
  #failure: string | null = null;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FederationPartOptions) {
    this.#options = options;
    if (options.config.get('federation.mode') === 'hub') this.hub = this.#createHub();
    this.federation = this.#createFederation();
  }

  /** Never throws: a hub that cannot listen, or a start that cannot be counted, is a problem of the node and not its end. */
  async start(): Promise<void> {
    try {
      await this.hub?.start();
    } catch (error) {
      this.#hubFailed(toErrorShape(error).message);
    }
    await this.#startFederation();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.federation.stop();
    await this.hub?.stop();
  }

  /** For `node.status`; none unless this node is the hub. */
  listeners(): NodeStatus['listeners'] {
    if (this.hub === undefined) return [];
    const { config } = this.#options;
    const port = this.hub.port ?? null;
    return [
      {
        name: 'mqtt hub',
        address: config.get('federation.host'),
        port: port ?? config.get('federation.port'),
        state: port === null ? 'failed' : 'listening',
        detail: port === null ? this.#failure : `mqtt://${config.get('federation.host')}:${port}`,
      },
    ];
  }

  #createHub(): EmbeddedHub {
    const { config, logs, problems } = this.#options;
    return new EmbeddedHub({
      host: config.get('federation.host'),
      port: config.get('federation.port'),
      prefix: config.get('federation.prefix'),
      logger: logs.logger('mqtt-hub'),
      problems,
    });
  }

  #createFederation(): Federation {
    const { config, identity, cluster, version, capabilities, load, standing, store, logs, metrics, problems, audit } = this.#options;
    return new Federation({
      nodeId: identity.nodeId,
      identity,
      cluster,
      version,
      self: () => ({ name: config.get('node.name'), capabilities: capabilities(), health: stateOf(problems), load: load() }),
      prefix: config.get('federation.prefix'),
      // A hub that does not listen is no broker; links go on without it.
      usesBroker: () => config.get('federation.mode') !== 'off' && this.#failure === null,
      target: () => this.#target(),
      keepaliveSeconds: config.get('federation.keepaliveSeconds'),
      isBrokerLocal: () => isLoopback(this.#brokerHost()),
      acceptUnsigned: () => config.get('federation.acceptUnsigned'),
      unsignedRole: () => config.get('federation.unsignedRole'),
      standing,
      store,
      logger: logs.logger('federation'),
      metrics,
      problems,
      audit,
    });
  }

  /** Where messages come from: the hub's own door, or the broker that is joined. */
  #brokerHost(): string {
    const { config } = this.#options;
    if (this.hub !== undefined) return config.get('federation.host');
    return new URL(config.get('federation.brokerUrl')).hostname.replace(/^\[(.*)\]$/, '$1');
  }

  #target(): Promise<LinkTarget> {
    const { config } = this.#options;
    if (this.hub !== undefined)
      return Promise.resolve({ url: `mqtt://${config.get('federation.host')}:${this.hub.port ?? config.get('federation.port')}` });
    return readLinkTarget({
      url: config.get('federation.brokerUrl'),
      username: config.get('federation.username'),
      passwordFile: config.get('federation.passwordFile'),
      caFile: config.get('federation.caFile'),
      certFile: config.get('federation.certFile'),
      keyFile: config.get('federation.keyFile'),
      pin: config.get('federation.pin'),
    });
  }

  /** Without a stored epoch nobody could tell this start from the last, so the others have to wait until there is room again. */
  async #startFederation(): Promise<void> {
    const { logs, problems } = this.#options;
    try {
      await this.federation.start();
      problems.clear(startProblem);
    } catch (error) {
      if (this.#stopped) return;
      logs.logger('federation').error('federation.notStarted', 'This start of the node could not be stored.', { error });
      problems.raise({
        id: startProblem,
        severity: 'crit',
        title: 'Other nodes cannot be reached: this start of the node could not be stored',
        detail: `${toErrorShape(error).message} The node tries again by itself.`,
        view: '/nodes',
      });
      this.#timer = setTimeout(() => void this.#startFederation(), this.#delay.nextMs());
    }
  }

  #hubFailed(message: string): void {
    const { logs, problems } = this.#options;
    this.#failure = message;
    logs.logger('mqtt-hub').error('federation.hubNotListening', 'The MQTT hub of this node does not run.', { message });
    problems.raise({
      id: hubProblem,
      severity: 'crit',
      title: 'The MQTT hub of this node does not run, so no other node can be reached',
      detail: message,
      view: '/settings',
    });
  }
}
