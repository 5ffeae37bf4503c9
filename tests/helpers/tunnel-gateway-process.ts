/**
 * A gateway in a process of its own: `node tunnel-gateway-process.ts OPTIONS` with JSON of `GatewayProcessOptions`. Tells its parent its ports,
 * answers what it is asked, and must end by itself once it was told to stop.
 */
import { existsSync, readdirSync } from 'node:fs';
import { Gateway } from '../../src/main/node/tunnel/gateway/gateway.ts';
import { testCertificate, testCertificateKey } from './test-certificate.ts';
import type { GatewayFigures, GatewayProcessOptions } from './tunnel-processes.ts';

const { agentsPort, publicPort, tokens, graceMs, linkTiming } = JSON.parse(process.argv[2] ?? '') as GatewayProcessOptions;
const descriptorsFolder = '/proc/self/fd';
const note = () => undefined;
let signedIn = 0;

const gateway = new Gateway({
  nodeId: 'n1gateway',
  version: '0.0.0',
  agents: {
    host: '127.0.0.1',
    port: agentsPort,
    certificate: { certificate: testCertificate, key: testCertificateKey },
    allowPlain: false,
  },
  public: {
    host: '127.0.0.1',
    port: publicPort,
    tls: undefined,
    domain: 'gateway.test',
  },
  tcpPorts: [],
  tokens,
  routes: [],
  logger: { trace: note, debug: note, info: note, warn: note, error: note, fatal: note },
  onTokenUsed: () => {
    signedIn++;
  },
  graceMs,
  linkTiming,
});
await gateway.start();

function figures(): GatewayFigures {
  globalThis.gc?.();
  return {
    sessions: gateway.sessions.length,
    links: gateway.sessions.reduce((sum, { links }) => sum + links, 0),
    signedIn,
    signIns: gateway.signIns,
    nonces: gateway.nonces,
    totals: gateway.totals,
    rssBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed,
    resources: process.getActiveResourcesInfo().length,
    descriptors: existsSync(descriptorsFolder) ? readdirSync(descriptorsFolder).length : 0,
  };
}

process.on('message', async (message: 'figures' | 'stop') => {
  if (message === 'figures') process.send?.({ figures: figures() });
  else {
    await gateway.stop();
    // The channel to the parent is the last thing that holds this process.
    process.disconnect();
  }
});
process.send?.({ agentsPort: gateway.agentsAddress?.port, publicPort: gateway.publicAddress?.port });
