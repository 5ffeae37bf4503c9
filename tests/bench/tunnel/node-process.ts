/**
 * A whole node that is the gateway of its own tunnel, both in their threads. Takes its folder and the service's port; says the public port, and
 * how late the event loop of its main thread was since it was asked last.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { createMemoryTransport } from '../../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../../src/common/client/node-client.ts';
import { createNode } from '../../../src/main/node/node.ts';
import { attachMemory } from '../../../src/main/node/router/index.ts';
import { principalWith } from '../../helpers/router-fixture.ts';
import { agentName } from './systems.ts';

/** Of the timer that measures; what is beyond it is delay. */
const resolutionMs = 1;
const lookMs = 50;

const [folder = '', servicePort = ''] = process.argv.slice(2);
const node = await createNode({
  dataFolder: folder,
  mode: 'headless',
  overrides: {
    ...{ 'node.name': 'bench', 'http.port': 0, 'links.port': 0, 'links.discovery': 'off' },
    ...{ 'gateway.enabled': true, 'gateway.agentsPort': 0, 'gateway.publicPort': 0, 'gateway.domain': 'localhost' },
  },
  onRestart: () => undefined,
  environment: {},
});
await node.start();
const { client: transport, node: end } = createMemoryTransport();
attachMemory(node.router, end, { principal: () => principalWith('admin') });
const client = new NodeClient({ connect: () => Promise.resolve(transport) });
while ((await client.call('gateway.status', {})).state !== 'running') await pause(lookMs);
const target = { host: '127.0.0.1', port: Number(servicePort) };
const { tunnelId } = await client.call('tunnels.create', { agentId: agentName, gateway: { nodeId: node.nodeId }, target });
const find = async () => (await client.call('tunnels.list', {})).tunnels.find((tunnel) => tunnel.tunnelId === tunnelId);
while ((await find())?.state !== 'up') await pause(lookMs);

const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
process.on('message', () => {
  process.send?.({ loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs) });
  delay.reset();
});
process.on('disconnect', () => process.exit());
process.send?.(Number(new URL((await find())?.publicUrls[0] ?? '').port));
