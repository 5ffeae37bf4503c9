/**
 * Agents in a process of their own: `node tunnel-agent-process.ts OPTIONS` with JSON of `AgentProcessOptions`. Tells its parent when all
 * tunnels are up for the first time, answers what it is asked, and must end by itself once it was told to stop.
 */
import { Agent } from '../../src/main/node/tunnel/agent/index.ts';
import type { AgentProcessOptions } from './tunnel-processes.ts';

const {
  url,
  tokenId,
  secret,
  agentIds,
  kind,
  target,
  links,
  legacy,
  linkTiming = {},
} = JSON.parse(process.argv[2] ?? '') as AgentProcessOptions;
const [host = '', port] = target.split(':');
let told = false;

function changed(): void {
  const statuses = agents.map((agent) => agent.status());
  if (told || statuses.some(({ state, openLinks }) => state !== 'up' || openLinks < links)) return;
  told = true;
  process.send?.({ places: statuses.map(({ place }) => place) });
}

const agents = agentIds.map(
  (agentId) =>
    new Agent({
      agentId,
      gateway: { url, tokenId, secret, legacy, verify: 'token' },
      kind,
      target: { host, port: Number(port) },
      hostHeader: 'target',
      access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
      publicPort: null,
      links,
      nodeId: undefined,
      software: '0.0.0',
      linkTiming,
      onChange: changed,
    }),
);
for (const agent of agents) agent.start();

process.on('message', async (message: 'rss' | 'statuses' | 'stop') => {
  if (message === 'rss') {
    globalThis.gc?.();
    process.send?.({ rssBytes: process.memoryUsage.rss() });
  } else if (message === 'statuses') process.send?.({ statuses: agents.map((agent) => agent.status()) });
  else {
    await Promise.all(agents.map((agent) => agent.stop()));
    // The channel to the parent is the last thing that holds this process.
    process.disconnect();
  }
});
