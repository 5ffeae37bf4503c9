import { type ClientRequest, request as httpRequest } from 'node:http';
import type { SignalboxNode } from '../../node/node.ts';
import { settledGateway } from '../tunnel/gateway-status.ts';
import { personAt } from './demo-membership.ts';
import { DemoService } from './demo-service.ts';
import { DemoTimers } from './demo-timers.ts';

const visitEveryMs = 900;
/** A visitor that watches readings goes after so long. */
const watchMs = 12_000;
/** Token, sign-in, both with several nodes on one processor. */
const createTimeoutMs = 30_000;
const tunnelName = 'press';

interface Visit {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const visits: readonly Visit[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/api/status' },
  { method: 'POST', path: '/api/orders', body: JSON.stringify({ part: 'flange', quantity: 120 }) },
  { method: 'GET', path: '/api/orders?page=1&token=demo' },
  { method: 'GET', path: '/api/status' },
  { method: 'GET', path: '/favicon.ico' },
  { method: 'POST', path: '/api/orders', body: JSON.stringify({ part: 'spindle' }) },
];

/** A service of one node of the demo, exposed through the gateway of another, and visitors from outside. */
export class DemoTunnel {
  readonly #service = new DemoService();
  readonly #timers = new DemoTimers();
  readonly #running = new Set<ClientRequest>();
  #count = 0;

  /**
   * Makes the tunnel, once the gateway of `at` runs.
   *
   * @throws SignalboxError of a node that cannot expose the service
   */
  async start(agent: SignalboxNode, at: SignalboxNode): Promise<void> {
    await settledGateway(at);
    const port = await this.#service.start();
    const principal = personAt(agent);
    const { tunnelId } = await agent.router.call(
      'tunnels.create',
      { agentId: tunnelName, gateway: { nodeId: at.nodeId }, target: { host: '127.0.0.1', port } },
      { principal, timeoutMs: createTimeoutMs },
    );
    // What passes here is nobody's secret: the screen shows what it can do.
    await agent.router.call(
      'tunnels.update',
      { tunnelId, capture: { level: 'bodies', maxBodyBytes: 65_536, redactedHeaders: [] } },
      { principal },
    );
  }

  /** Lets visitors come, as soon as the tunnel has an address. @param nodeNow the node that keeps the tunnel; another object after a restart */
  visit(nodeNow: () => SignalboxNode | undefined): void {
    this.#timers.every(visitEveryMs, () => {
      const node = nodeNow();
      if (node !== undefined) void this.#visit(node);
    });
  }

  async stop(): Promise<void> {
    this.#timers.stop();
    for (const request of this.#running) request.destroy();
    await this.#service.stop();
  }

  /** The demo goes on whatever a single visit does; its errors are part of the picture. */
  async #visit(node: SignalboxNode): Promise<void> {
    const url = await addressAt(node).catch(() => undefined);
    if (url === undefined || this.#timers.stopped) return;
    const index = this.#count++;
    // Now and then somebody stays and watches.
    if (index % 30 === 3) this.#send(url, { method: 'GET', path: '/readings' }, watchMs);
    const visit = visits[index % visits.length];
    if (visit !== undefined) this.#send(url, visit);
  }

  #send(url: URL, { method, path, body }: Visit, leaveAfterMs?: number): void {
    const request = httpRequest({
      method,
      path,
      // The names below localhost are this machine, also where no resolver says so.
      host: '127.0.0.1',
      port: url.port === '' ? 80 : Number(url.port),
      headers: {
        Host: url.host,
        Accept: 'application/json, text/html',
        'User-Agent': 'demo-visitor',
        Cookie: 'visit=demo',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    this.#running.add(request);
    request.on('error', () => undefined);
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.resume();
    });
    request.on('close', () => this.#running.delete(request));
    if (leaveAfterMs !== undefined) this.#timers.after(leaveAfterMs, () => request.destroy());
    request.end(body);
  }
}

/** Where the tunnel of the demo answers now; undefined while it does not. */
async function addressAt(node: SignalboxNode): Promise<URL | undefined> {
  const { tunnels } = await node.router.call('tunnels.list', {}, { principal: personAt(node) });
  const url = tunnels.find(({ agentId }) => agentId === tunnelName)?.publicUrls[0];
  return url === undefined ? undefined : new URL(url);
}
