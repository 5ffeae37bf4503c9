import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNode, type SignalboxNode } from '../../node/node.ts';
import { addReplicas, beginQueues } from './demo-brokers.ts';
import { bringTogether, linkPortOf, personAt } from './demo-membership.ts';
import type { DemoNode } from './demo-node.ts';
import { DemoTraffic } from './demo-traffic.ts';
import { DemoTunnel } from './demo-tunnel.ts';
import { createMemorySecrets } from './memory-secrets.ts';

interface Site {
  readonly name: string;
  readonly capabilities: readonly string[];
}

const sites: readonly Site[] = [
  { name: 'press-07', capabilities: ['press', 'edge'] },
  { name: 'mill-02', capabilities: ['mill', 'edge'] },
  { name: 'depot-gw', capabilities: ['depot'] },
];

/** More are joined by the MQTT broker alone: every member links with every other, and one processor proves them all. */
const mostMembers = 8;

/** The depot, or whoever is last. */
const gatewayIndex = 2;

const portSettings = ['http.port', 'federation.port', 'links.port', 'broker.port', 'gateway.agentsPort', 'gateway.publicPort'] as const;
type Ports = Readonly<Record<(typeof portSettings)[number], number>>;
const anyPort = Object.fromEntries(portSettings.map((key) => [key, 0])) as Ports;

export interface DemoClusterOptions {
  readonly nodes: number;
  readonly traffic: boolean;
  readonly consoleFolder: string | undefined;
  /** Name of one more node, which only the window of the desktop application is connected to; the traffic leaves it alone. */
  readonly guest?: string;
}

/** Whole nodes in this process, each with a data folder of its own that goes with it; the first runs the MQTT broker and leads the cluster. */
export class DemoCluster {
  readonly #options: DemoClusterOptions;
  readonly #running: SignalboxNode[] = [];
  readonly #described: DemoNode[] = [];
  readonly #restarts = new Set<Promise<void>>();
  // The keys end with the demo, so that nothing of theirs has to be protected.
  readonly #secrets = createMemorySecrets();
  #guest: Promise<SignalboxNode> | undefined;
  #replicas: Promise<void> = Promise.resolve();
  #folder = '';
  #stopping = false;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when a node that was restarted does not come back. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#fail = reject;
  });
  #traffic: DemoTraffic | undefined;
  #tunnel: DemoTunnel | undefined;

  constructor(options: DemoClusterOptions) {
    this.#options = options;
  }

  get nodes(): readonly DemoNode[] {
    return this.#described;
  }

  get hubUrl(): string {
    return `mqtt://127.0.0.1:${this.#running[0]?.hub?.port}`;
  }

  /** The nodes are members of a cluster, and the first ones keep queues. */
  get isCluster(): boolean {
    return this.#options.nodes <= mostMembers;
  }

  /** The guest, or its restart; undefined when none was asked for. */
  get guest(): Promise<SignalboxNode> | undefined {
    return this.#guest;
  }

  /** @throws Error of the node that did not start; {@link stop} ends those that did */
  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-'));
    for (let index = 0; index < this.#options.nodes; index++) await this.#startNode(index);
    const { guest, nodes } = this.#options;
    if (guest !== undefined) {
      this.#guest = this.#startGuest(nodes, { name: guest, capabilities: [] });
      await this.#guest;
    }
    if (this.isCluster) {
      await bringTogether(this.#running);
      await this.#keepQueues(this.#running.slice(0, nodes));
      await this.#expose();
    }
    if (this.#options.traffic) {
      this.#traffic = new DemoTraffic(this.#described, { withQueues: this.isCluster });
      await this.#traffic.start();
      this.#tunnel?.visit(() => (this.#stopping ? undefined : this.#running[0]));
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#traffic?.stop();
    await this.#tunnel?.stop();
    await Promise.all(this.#restarts);
    // The broker's node last, so that the others can say good-bye.
    for (const node of this.#running.toReversed()) await node.stop();
    await this.#replicas;
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  /** The queues are there at once, their copies a moment later: whoever looks sees them come. */
  async #keepQueues([first, ...others]: readonly SignalboxNode[]): Promise<void> {
    if (first === undefined) return;
    const groupId = await beginQueues(first);
    this.#replicas = addReplicas(others, groupId);
  }

  /** A service beside the first node answers at the gateway of another. One that cannot is missing in the picture. */
  async #expose(): Promise<void> {
    const [first] = this.#running;
    const gateway = this.#running[this.#gatewayIndex];
    if (first === undefined || gateway === undefined) return;
    this.#tunnel = new DemoTunnel();
    await this.#tunnel.start(first, gateway).catch((error: unknown) => {
      first.logs.logger('node').warn('demo.no_tunnel', 'The tunnel of the demo could not be made.', { error });
    });
  }

  get #gatewayIndex(): number {
    return Math.min(gatewayIndex, this.#options.nodes - 1);
  }

  async #startNode(index: number): Promise<void> {
    const site = sites[index] ?? { name: `node-${String(index + 1).padStart(2, '0')}`, capabilities: ['edge'] };
    const dataFolder = join(this.#folder, site.name);
    const node = await this.#create(index, site, dataFolder, anyPort);
    const url = node.http.url ?? '';
    const { path } = await node.setupLinks.create();
    this.#described.push({ nodeId: node.nodeId, name: site.name, url, setupUrl: url + path, dataFolder });
  }

  #startGuest(index: number, site: Site, ports: Ports = anyPort): Promise<SignalboxNode> {
    return this.#create(index, site, join(this.#folder, 'guest'), ports, { 'http.enabled': false });
  }

  async #create(
    index: number,
    site: Site,
    dataFolder: string,
    ports: Ports,
    beside: Readonly<Record<string, boolean>> = {
      'broker.enabled': this.isCluster,
      'gateway.enabled': this.isCluster && index === this.#gatewayIndex,
    },
  ): Promise<SignalboxNode> {
    const { consoleFolder } = this.#options;
    const joins = index === 0 ? { 'federation.mode': 'hub' } : { 'federation.mode': 'external', 'federation.brokerUrl': this.hubUrl };
    const node = await createNode({
      dataFolder,
      mode: index < this.#options.nodes ? 'headless' : 'desktop',
      secrets: this.#secrets,
      overrides: {
        'node.name': site.name,
        'node.capabilities': [...site.capabilities],
        ...ports,
        ...beside,
        ...joins,
        // What is nearby is none of the demo's business.
        'links.discovery': 'off',
        // The nodes are all of the person who runs the demo. Members say by their roles what they may do.
        'federation.unsignedRole': 'admin',
      },
      onRestart: () => this.#restartLater(index, site, dataFolder),
      ...(consoleFolder !== undefined && { consoleFolder }),
      // Set when the installed program runs, as a command or as a window.
      ...(process.resourcesPath !== undefined && { resourcesPath: process.resourcesPath }),
    });
    this.#running[index] = node;
    await node.start();
    return node;
  }

  #restartLater(index: number, site: Site, dataFolder: string): void {
    const restart = this.#restart(index, site, dataFolder).catch(this.#fail);
    this.#restarts.add(restart);
    void restart.finally(() => this.#restarts.delete(restart));
  }

  /** The same node again, where it was. */
  async #restart(index: number, site: Site, dataFolder: string): Promise<void> {
    const before = this.#running[index];
    if (before === undefined || this.#stopping) return;
    const ports = await portsOf(before);
    if (index === this.#options.nodes) {
      this.#guest = before.stop().then(() => this.#startGuest(index, site, ports));
      await this.#guest;
      return;
    }
    await before.stop();
    if (this.#stopping) return;
    await this.#create(index, site, dataFolder, ports);
  }
}

/** Where a node listens, so that others find it there again after a restart. */
async function portsOf(node: SignalboxNode): Promise<Ports> {
  const principal = personAt(node);
  const broker = await node.router.call('brokers.status', {}, { principal });
  const gateway = await node.router.call('gateway.status', {}, { principal });
  return {
    'http.port': node.http.address?.port ?? 0,
    'federation.port': node.hub?.port ?? 0,
    'links.port': await linkPortOf(node),
    'broker.port': broker.port ?? 0,
    'gateway.agentsPort': gateway.agents.port ?? 0,
    'gateway.publicPort': gateway.public.port ?? 0,
  };
}
