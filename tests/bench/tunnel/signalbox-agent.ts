/** Our agent in a process of its own, with its inspector, as a node has it. Takes the gateway's port and the service's. */
import { Agent } from '../../../src/main/node/tunnel/agent/index.ts';
import { Inspector } from '../../../src/main/node/tunnel/inspector/index.ts';
import { agentName, benchToken } from './systems.ts';

const [gatewayPort, servicePort] = process.argv.slice(2).map(Number);
const inspector = new Inspector({ publish: () => undefined });
let told = false;
const agent = new Agent({
  agentId: agentName,
  gateway: { url: `ws://127.0.0.1:${gatewayPort}`, ...benchToken, legacy: false, verify: 'token' },
  kind: 'http',
  target: { host: '127.0.0.1', port: servicePort ?? 0 },
  hostHeader: 'target',
  access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
  publicPort: null,
  links: 1,
  nodeId: undefined,
  software: 'bench',
  observer: inspector.observer({ tunnelId: agentName, agentId: agentName, kind: 'http' }),
  onChange: () => {
    if (told || agent.status().state !== 'up') return;
    told = true;
    process.send?.('up');
  },
});
agent.start();
process.on('disconnect', () => process.exit());
